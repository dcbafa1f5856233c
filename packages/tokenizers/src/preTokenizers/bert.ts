// BERT's words: white space is dropped, every punctuation mark is a word of its own.
import { isPunctuation, isWhitespace } from '../characters.ts';
import { inSteps, type PreTokenizer } from './preTokenizer.ts';

/**
 * Cuts at white space and around every punctuation mark (`BertPreTokenizer`).
 *
 * @example bertPreTokenizer()([alignedText('Hi, you!')]).map((part) => part.text); //=> ['Hi', ',', 'you', '!']
 */
export function bertPreTokenizer(): PreTokenizer {
  return inSteps({ cut: words });
}

function words(text: string): number[] {
  const ranges: number[] = [];
  let start = 0;
  for (let at = 0; at < text.length; ) {
    const codePoint = text.codePointAt(at) ?? 0;
    const after = at + (codePoint > 0xffff ? 2 : 1);
    const punctuation = isPunctuation(codePoint);
    if (punctuation || isWhitespace(codePoint)) {
      if (start < at) ranges.push(start, at);
      if (punctuation) ranges.push(at, after);
      start = after;
    }
    at = after;
  }
  if (start < text.length) ranges.push(start, text.length);
  return ranges;
}
