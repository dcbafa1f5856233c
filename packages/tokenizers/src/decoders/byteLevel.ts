// Reads tokens spelled in bytes.
import { byteAlphabet } from '../byteAlphabet.ts';
import type { Decoder } from './decoder.ts';

/**
 * Puts the bytes of all tokens together and reads them as UTF-8; what is not UTF-8 becomes U+FFFD. A token with a character
 * outside the byte alphabet (an added token) stands for itself (`ByteLevel`).
 *
 * @example byteLevelDecoder()(['ĠÃ', '©']); //=> [' é']
 */
export function byteLevelDecoder(): Decoder {
  const { byteOf } = byteAlphabet();
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return (tokens) => {
    const parts = tokens.map((token) => {
      const bytes = Uint8Array.from(token, (character) => Math.max(0, byteOf(character.charCodeAt(0))));
      for (let k = 0; k < token.length; k++)
        if (byteOf(token.charCodeAt(k)) < 0) return encoder.encode(token);
      return bytes;
    });
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return [decoder.decode(bytes)];
  };
}
