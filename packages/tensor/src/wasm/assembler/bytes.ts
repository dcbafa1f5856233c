// Numbers and names in the binary format of WebAssembly (specification 2.0, chapter 5, "Binary Format"). Knows no instruction.

/** Unsigned LEB128 of a non-negative integer below 2³². */
export const unsigned = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
};

/** Signed LEB128 of an integer in [−2³¹, 2³²); values of 2³¹ and more are taken as their two's complement. */
export const signed = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
};

/** The four bytes of a float32, little-endian. */
export const float32 = (value: number): number[] => [...new Uint8Array(new Float32Array([value]).buffer)];

/** A vector: its length, then its items. */
export const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];

/** A name in UTF-8 (ours are ASCII), with its length. */
export const text = (name: string): number[] => [
  ...unsigned(name.length),
  ...[...name].map((letter) => letter.charCodeAt(0)),
];

/** A section: its number, its length in bytes, its content. */
export const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...unsigned(content.length),
  ...content,
];
