// Cuts at a pattern: the general pre-tokenizer of which several others are cases.
import type { Pattern } from '../patterns/pattern.ts';
import { cutter, type SplitBehavior } from './cut.ts';
import { inSteps, type PreTokenizer } from './preTokenizer.ts';

/**
 * Cuts at the matches of `pattern` (`Split` of tokenizer.json).
 *
 * @example split(literal('-'), { behavior: 'isolated' })([alignedText('a-b')]).map((part) => part.text); //=> ['a', '-', 'b']
 */
export function split(
  pattern: Pattern,
  options: { behavior: SplitBehavior; invert?: boolean },
): PreTokenizer {
  return inSteps({ cut: cutter(pattern, options) });
}
