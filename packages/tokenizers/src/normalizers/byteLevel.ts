// Spells a text in bytes.
import { byteAlphabet } from '../byteAlphabet.ts';
import type { Normalizer } from './normalizer.ts';

/**
 * Writes every byte of the UTF-8 form as a character of the byte alphabet (`ByteLevel`); the bytes of a character share its
 * place.
 *
 * @example byteLevelNormalizer()(alignedText('é!')).text; //=> 'Ã©!'
 */
export function byteLevelNormalizer(): Normalizer {
  const { spell } = byteAlphabet();
  const ascii = Array.from({ length: 128 }, (_, code) => spell(String.fromCharCode(code)));
  return (text) =>
    /^[!-~]*$/.test(text.text)
      ? text
      : text.map((codePoint) => {
          if (codePoint > 0x20 && codePoint < 0x7f) return undefined;
          return ascii[codePoint] ?? spell(String.fromCodePoint(codePoint));
        });
}
