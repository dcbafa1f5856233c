// How SentencePiece writes a byte as a token.

/** The token of a byte. @example byteTokenName(0xe4); //=> '<0xE4>' */
export function byteTokenName(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
