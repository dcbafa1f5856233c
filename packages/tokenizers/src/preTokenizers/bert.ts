// BERT's words: white space is dropped, every punctuation mark is a word of its own.
import { widthAt } from '../alignedText.ts';
import { isPunctuation, isWhitespace } from '../characters.ts';
import { characterClasses } from '../patterns/characterClasses.ts';
import { inSteps, type PreTokenizer } from './preTokenizer.ts';

/**
 * Cuts at white space and around every punctuation mark (`BertPreTokenizer`).
 *
 * @example bertPreTokenizer()([alignedText('Hi, you!')]).map((part) => part.text); //=> ['Hi', ',', 'you', '!']
 */
export function bertPreTokenizer(): PreTokenizer {
  return inSteps({ cut: words() });
}

const mark = 1;
const space = 2;

function words(): (text: string) => number[] {
  const classAt = characterClasses((codePoint) =>
    isPunctuation(codePoint) ? mark : isWhitespace(codePoint) ? space : 0,
  );
  return (text) => {
    const ranges: number[] = [];
    let start = 0;
    for (let at = 0; at < text.length; ) {
      const kind = classAt(text, at);
      const after = at + widthAt(text, at);
      if (kind !== 0) {
        if (start < at) ranges.push(start, at);
        if (kind === mark) ranges.push(at, after);
        start = after;
      }
      at = after;
    }
    if (start < text.length) ranges.push(start, text.length);
    return ranges;
  };
}
