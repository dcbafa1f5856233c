// Numbers and names in the binary format of WebAssembly (specification 2.0, chapter 5, "Binary Format"). Knows no instruction.

/** Unsigned LEB128 of a non-negative integer below 2³². */
export const unsigned = (value: number): number[] => {
  if (value >= 0 && value < 0x80) return [value]; // nearly all of them
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
export const float32 = (value: number): number[] => {
  scratch.setFloat32(0, value, true);
  return [scratch.getUint8(0), scratch.getUint8(1), scratch.getUint8(2), scratch.getUint8(3)];
};

const scratch = new DataView(new ArrayBuffer(4));

/** A vector constant within code: its sixteen bytes. The function that the code becomes part of says how it is had. */
export interface VectorConstant {
  readonly bytes: readonly number[];
}

/** Bytes as they are put together: pieces within pieces, so that putting together copies nothing. `flat` makes one list. */
export type Code = readonly (number | Code | VectorConstant)[];

const isConstant = (piece: Code | VectorConstant): piece is VectorConstant => !Array.isArray(piece);

/** The instruction that makes a vector constant. */
export const makeConstant = ({ bytes }: VectorConstant): Code => [0xfd, 12, ...bytes];

/** Puts all bytes of the code, in order, at the end of a list; in place of a vector constant those that `had` gives. */
export const append = (
  target: number[],
  code: Code,
  had: (constant: VectorConstant) => Code = makeConstant,
): void => {
  // By index: a module is made of some hundred thousand pieces, and is made before anything else can be computed.
  for (let i = 0; i < code.length; i++) {
    const piece = code[i] as number | Code | VectorConstant; // i < length
    if (typeof piece === 'number') target.push(piece);
    else if (isConstant(piece)) append(target, had(piece));
    else append(target, piece, had);
  }
};

/** The bytes of the code, in order. */
export const flat = (code: Code): number[] => {
  const bytes: number[] = [];
  append(bytes, code);
  return bytes;
};

/** A vector: its length, then its items. */
export const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items];

/** A name in UTF-8 (ours are ASCII), with its length. */
export const text = (name: string): number[] => [
  ...unsigned(name.length),
  ...[...name].map((letter) => letter.charCodeAt(0)),
];

/** A section: its number, its length in bytes, its content. */
export const section = (id: number, content: Code): Code => {
  const bytes = flat(content);
  return [id, ...unsigned(bytes.length), bytes];
};
