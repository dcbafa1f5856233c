// What a normalizer is, and how several become one.
import type { AlignedText } from '../alignedText.ts';

/** The first stage: cleans a text (case, accents, white space, Unicode forms). */
export type Normalizer = (text: AlignedText) => AlignedText;

/**
 * Applies normalizers one after the other; none at all is the identity.
 *
 * @example normalizerSequence([lowercase, stripAccents])(alignedText('É')).text; //=> 'é' (only NFD sets accents apart)
 */
export function normalizerSequence(normalizers: readonly Normalizer[]): Normalizer {
  return (text) => normalizers.reduce((current, normalizer) => normalizer(current), text);
}
