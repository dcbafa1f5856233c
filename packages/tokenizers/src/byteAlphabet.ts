// The 256 visible characters that stand for bytes in byte-level vocabularies. It is an alphabet only: who uses it is in
// `preTokenizers/`, `normalizers/` and `decoders/`.

/**
 * The characters of the bytes 0 to 255, in order: printable bytes of Latin-1 stand for themselves, the others for U+0100 and
 * on (openai/gpt-2 src/encoder.py, `bytes_to_unicode`). All are one UTF-16 unit.
 *
 * @example byteCharacters()[0x20]; //=> 'Ġ'
 */
export function byteCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
}

/**
 * Bytes to characters of the alphabet, and back.
 *
 * @example byteAlphabet().spell('é'); //=> 'Ã©'
 */
export function byteAlphabet(): {
  /** The bytes of a text in UTF-8, as characters. */
  spell(text: string): string;
  /** Bytes as characters. */
  spellBytes(bytes: Uint8Array): string;
  /** The byte of a character's code, −1 if it is none of the alphabet. */
  byteOf(code: number): number;
} {
  const characters = byteCharacters();
  const bytes = new Int16Array(0x200).fill(-1);
  for (const [byte, character] of characters.entries()) bytes[character.charCodeAt(0)] = byte;
  const encoder = new TextEncoder();
  const spellBytes = (given: Uint8Array): string => {
    let spelled = '';
    for (const byte of given) spelled += characters[byte];
    return spelled;
  };
  return {
    spell: (text) => spellBytes(encoder.encode(text)),
    spellBytes,
    byteOf: (code) => (code < bytes.length ? (bytes[code] ?? -1) : -1),
  };
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
}
