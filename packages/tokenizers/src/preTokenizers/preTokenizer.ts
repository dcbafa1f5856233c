// What a pre-tokenizer is, and how several become one.
import type { AlignedText } from '../alignedText.ts';

/** The second stage: cuts pieces into smaller ones; a model then works on each piece by itself. */
export type PreTokenizer = (pieces: readonly AlignedText[]) => AlignedText[];

/**
 * A pre-tokenizer that cuts every piece by itself; empty pieces vanish.
 *
 * @example eachPiece((piece) => [piece.slice(0, 1), piece.slice(1, 3)])([alignedText('abc')]).length; //=> 2
 */
export function eachPiece(cut: (piece: AlignedText) => AlignedText[]): PreTokenizer {
  return (pieces) => {
    const result: AlignedText[] = [];
    for (const piece of pieces) {
      for (const part of cut(piece)) if (part.length > 0) result.push(part);
    }
    return result;
  };
}

/**
 * Applies pre-tokenizers one after the other; none at all leaves the pieces as they are.
 *
 * @example preTokenizerSequence([whitespaceSplit(), digits({ individual: true })])([alignedText('a 12')]).length; //=> 3
 */
export function preTokenizerSequence(preTokenizers: readonly PreTokenizer[]): PreTokenizer {
  return (pieces) =>
    preTokenizers.reduce<AlignedText[]>((current, preTokenizer) => preTokenizer(current), [...pieces]);
}
