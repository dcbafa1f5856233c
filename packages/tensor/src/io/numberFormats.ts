// Formats of numbers that files hold and tensors do not: decoded to float32 or int32.

/** float16 bits → number. IEEE 754: 5 exponent bits, 10 of fraction. */
export const fromFloat16 = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** float8 E4M3 ("fn": no infinity, one NaN) → number. Micikevicius 2022 (arXiv:2209.05433), table 1. */
export const fromFloat8E4M3 = (bits: number): number => {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 0xf;
  const fraction = bits & 7;
  if (exponent === 0xf && fraction === 7) return Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (1 + fraction / 8) * 2 ** (exponent - 7);
};

/** float8 E5M2 → number: the upper byte of a float16. */
export const fromFloat8E5M2 = (bits: number): number => fromFloat16(bits << 8);

/** A table of all values of a format, so that decoding is a look-up. */
const tableOf = (bits: number, decode: (code: number) => number): Float32Array =>
  Float32Array.from({ length: 2 ** bits }, (_, code) => decode(code));

let float16Table: Float32Array | undefined;

/** Decodes many float16 codes. */
export const float16ToFloat32 = (codes: Uint16Array): Float32Array => {
  float16Table ??= tableOf(16, fromFloat16);
  const table = float16Table;
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = table[codes[i] as number] as number; // i < length; 2^16 entries
  return values;
};

/** Decodes many bfloat16 codes: the upper halves of float32. */
export const bfloat16ToFloat32 = (codes: Uint16Array): Float32Array => {
  const bits = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) bits[i] = (codes[i] as number) << 16; // i < length
  return new Float32Array(bits.buffer);
};
