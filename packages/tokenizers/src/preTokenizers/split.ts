// Cuts at a pattern: the general pre-tokenizer of which several others are cases.
import type { Pattern } from '../patterns/pattern.ts';
import { cut, type SplitBehavior } from './cut.ts';
import { eachPiece, type PreTokenizer } from './preTokenizer.ts';

/**
 * Cuts at the matches of `pattern` (`Split` of tokenizer.json).
 *
 * @example split(literal('-'), { behavior: 'isolated' })([alignedText('a-b')]).map((part) => part.text); //=> ['a', '-', 'b']
 */
export function split(
  pattern: Pattern,
  options: { behavior: SplitBehavior; invert?: boolean },
): PreTokenizer {
  return eachPiece((piece) => cut(piece, pattern, options));
}
