// Turns byte tokens into the characters that they spell.
import type { Decoder } from './decoder.ts';

/**
 * Reads runs of `<0xHH>` tokens as UTF-8; a run that is not UTF-8 gives one U+FFFD a byte (`ByteFallback`).
 *
 * @example byteFallback()(['<0xC3>', '<0xA9>']); //=> ['é']
 */
export function byteFallback(): Decoder {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (tokens) => {
    const result: string[] = [];
    let bytes: number[] = [];
    const flush = (): void => {
      if (bytes.length > 0) result.push(...spelled(decoder, bytes));
      bytes = [];
    };
    for (const token of tokens) {
      const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
      if (byte === null) {
        flush();
        result.push(token);
      } else {
        bytes.push(Number.parseInt(byte[1] ?? '', 16));
      }
    }
    flush();
    return result;
  };
}

function spelled(decoder: TextDecoder, bytes: readonly number[]): string[] {
  try {
    return [decoder.decode(Uint8Array.from(bytes))];
  } catch {
    return bytes.map(() => '\ufffd');
  }
}
