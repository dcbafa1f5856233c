// Puts tokens together whose words end in a mark.
import type { Decoder } from './decoder.ts';

/**
 * Makes every end-of-word mark a blank, and drops it in the last token (`BPEDecoder`).
 *
 * @example bytePairDecoder('</w>')(['lo', 'w</w>', 'er</w>']).join(''); //=> 'low er'
 */
export function bytePairDecoder(suffix: string): Decoder {
  return (tokens) =>
    tokens.map((token, index) => token.replaceAll(suffix, index === tokens.length - 1 ? '' : ' '));
}
