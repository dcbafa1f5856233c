// Cuts into pieces of a fixed number of characters.
import { type AlignedText, widthAt } from '../alignedText.ts';
import { eachPiece, type PreTokenizer } from './preTokenizer.ts';

/**
 * Cuts every `length` characters (code points); the last piece may be shorter (`FixedLength`).
 *
 * @example fixedLength(2)([alignedText('abc')]).map((part) => part.text); //=> ['ab', 'c']
 */
export function fixedLength(length: number): PreTokenizer {
  return eachPiece((piece) => {
    const parts: AlignedText[] = [];
    let start = 0;
    let count = 0;
    for (let at = 0; at < piece.length; ) {
      at += widthAt(piece.text, at);
      count += 1;
      if (count === length || at === piece.length) {
        parts.push(piece.slice(start, at));
        start = at;
        count = 0;
      }
    }
    return parts;
  });
}
