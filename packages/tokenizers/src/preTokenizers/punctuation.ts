// Cuts at punctuation.
import { isPunctuation } from '../characters.ts';
import { characterPattern, type SplitBehavior } from './cut.ts';
import type { PreTokenizer } from './preTokenizer.ts';
import { split } from './split.ts';

/**
 * Cuts at every punctuation mark (`Punctuation`). `behavior` defaults to `'isolated'`.
 *
 * @example punctuation()([alignedText('a,b')]).map((part) => part.text); //=> ['a', ',', 'b']
 */
export function punctuation(behavior: SplitBehavior = 'isolated'): PreTokenizer {
  return split(characterPattern(isPunctuation), { behavior });
}
