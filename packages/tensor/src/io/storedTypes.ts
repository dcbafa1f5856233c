// storedTypes: the element types of safetensors files, and how bytes become the numbers of tensors.

import type { DType } from '../dtype.ts';
import { bfloat16ToFloat32, float16ToFloat32, fromFloat8E4M3, fromFloat8E5M2 } from './numberFormats.ts';

/** Bytes a number, and how to make a tensor of it. Keys are the format's dtype names. */
export interface StoredType {
  readonly bytes: number;
  /** A number instead: one that does not fit. */
  decode(data: Uint8Array<ArrayBuffer>): Decoded | bigint | number;
}

/** Numbers as a tensor holds them. */
export interface Decoded {
  readonly dtype: DType;
  readonly data: Float32Array | Int32Array | Uint8Array;
}

const floats = (data: Float32Array) => ({ dtype: 'float32' as const, data });
const integers = (data: Int32Array) => ({ dtype: 'int32' as const, data });

/** A view of the bytes as wider numbers; a copy only where they do not lie on a multiple of their size. */
export const view = <T>(
  make: new (buffer: ArrayBuffer, offset: number, length: number) => T,
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
): T => {
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new make(aligned.buffer, aligned.byteOffset, bytes.byteLength / size);
};

/** Wide integers as int32; the first one that does not fit instead, where there is one. */
const narrowed = (values: BigInt64Array | BigUint64Array | Uint32Array): Decoded | bigint | number => {
  const data = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as bigint | number; // i < length
    const number = Number(value);
    if (number !== (number | 0)) return value;
    data[i] = number;
  }
  return integers(data);
};

/** By the names of the format. */
export const storedTypes: Readonly<Record<string, StoredType>> = {
  F64: { bytes: 8, decode: (data) => floats(new Float32Array(view(Float64Array, data, 8))) },
  F32: { bytes: 4, decode: (data) => floats(view(Float32Array, data, 4)) },
  F16: { bytes: 2, decode: (data) => floats(float16ToFloat32(view(Uint16Array, data, 2))) },
  BF16: { bytes: 2, decode: (data) => floats(bfloat16ToFloat32(view(Uint16Array, data, 2))) },
  F8_E4M3: { bytes: 1, decode: (data) => floats(Float32Array.from(data, fromFloat8E4M3)) },
  F8_E5M2: { bytes: 1, decode: (data) => floats(Float32Array.from(data, fromFloat8E5M2)) },
  I64: { bytes: 8, decode: (data) => narrowed(view(BigInt64Array, data, 8)) },
  U64: { bytes: 8, decode: (data) => narrowed(view(BigUint64Array, data, 8)) },
  U32: { bytes: 4, decode: (data) => narrowed(view(Uint32Array, data, 4)) },
  I32: { bytes: 4, decode: (data) => integers(view(Int32Array, data, 4)) },
  I16: { bytes: 2, decode: (data) => integers(Int32Array.from(view(Int16Array, data, 2))) },
  U16: { bytes: 2, decode: (data) => integers(Int32Array.from(view(Uint16Array, data, 2))) },
  I8: { bytes: 1, decode: (data) => integers(Int32Array.from(view(Int8Array, data, 1))) },
  U8: { bytes: 1, decode: (data) => integers(Int32Array.from(data)) },
  BOOL: { bytes: 1, decode: (data) => ({ dtype: 'bool', data: data.map((byte) => (byte === 0 ? 0 : 1)) }) },
};
