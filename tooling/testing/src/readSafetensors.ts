// A small safetensors reader for golden files, so that no test reads its expectations with the reader under test.
// Trusts its input: not for files from anywhere else.

/** One stored tensor; 64-bit integers come as plain numbers, booleans as 0 and 1, halves as float32. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint8Array;
}

const half = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

const decode = (dtype: string, bytes: ArrayBuffer): StoredTensor['data'] => {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes);
    case 'F64':
      return new Float64Array(bytes);
    case 'I32':
      return new Int32Array(bytes);
    case 'I64':
      return Float64Array.from(new BigInt64Array(bytes), Number);
    case 'U8':
    case 'BOOL':
      return new Uint8Array(bytes);
    case 'F16':
      return Float32Array.from(new Uint16Array(bytes), half);
    case 'BF16':
      return new Float32Array(Uint32Array.from(new Uint16Array(bytes), (bits) => bits << 16).buffer);
    default:
      throw new Error(`readSafetensors: dtype ${dtype} is not known here`);
  }
};

/**
 * All tensors of a safetensors file by name, and the `__metadata__` block.
 *
 * @example
 * const { tensors, metadata } = readSafetensors(readFileSync('expected.safetensors'));
 */
export const readSafetensors = (
  file: Uint8Array,
): { tensors: Map<string, StoredTensor>; metadata: Record<string, string> } => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const { __metadata__: metadata, ...entries } = header;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
    const bytes = file.slice(start + data_offsets[0], start + data_offsets[1]); // a copy: aligned
    const { buffer, byteOffset, byteLength } = new Uint8Array(bytes);
    tensors.set(name, {
      dtype,
      shape,
      data: decode(dtype, buffer.slice(byteOffset, byteOffset + byteLength)),
    });
  }
  return { tensors, metadata: (metadata ?? {}) as unknown as Record<string, string> };
};
