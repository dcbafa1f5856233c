// BERT's words: white space is dropped, every punctuation mark is a word of its own.
import { type AlignedText, widthAt } from '../alignedText.ts';
import { isPunctuation, isWhitespace } from '../characters.ts';
import { eachPiece, type PreTokenizer } from './preTokenizer.ts';

/**
 * Cuts at white space and around every punctuation mark (`BertPreTokenizer`).
 *
 * @example bertPreTokenizer()([alignedText('Hi, you!')]).map((part) => part.text); //=> ['Hi', ',', 'you', '!']
 */
export function bertPreTokenizer(): PreTokenizer {
  return eachPiece((piece) => {
    const { text } = piece;
    const parts: AlignedText[] = [];
    let start = 0;
    for (let at = 0; at < text.length; ) {
      const codePoint = text.codePointAt(at) ?? 0;
      const after = at + widthAt(text, at);
      const punctuation = isPunctuation(codePoint);
      if (punctuation || isWhitespace(codePoint)) {
        parts.push(piece.slice(start, at));
        if (punctuation) parts.push(piece.slice(at, after));
        start = after;
      }
      at = after;
    }
    parts.push(piece.slice(start, text.length));
    return parts;
  });
}
