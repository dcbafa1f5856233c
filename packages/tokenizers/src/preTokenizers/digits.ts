// Sets numbers apart.
import { isNumeric } from '../characters.ts';
import { characterPattern } from './cut.ts';
import type { PreTokenizer } from './preTokenizer.ts';
import { split } from './split.ts';

/**
 * Cuts around numbers (general category N), or, with `individual`, around every digit (`Digits`).
 *
 * @example digits({ individual: true })([alignedText('a12')]).map((part) => part.text); //=> ['a', '1', '2']
 */
export function digits(options: { individual: boolean }): PreTokenizer {
  return split(characterPattern(isNumeric), { behavior: options.individual ? 'isolated' : 'contiguous' });
}
