// safetensors: a header of JSON that says where each tensor lies, then the bytes. Nothing is trusted: every offset is checked before
// anything is allocated. Format: https://github.com/huggingface/safetensors#format.

import { CheckpointError } from '../checkpointError.ts';
import type { DType } from '../dtype.ts';
import { sizeOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { bfloat16ToFloat32, float16ToFloat32, fromFloat8E4M3, fromFloat8E5M2 } from './numberFormats.ts';

/** Bytes a number, and how to make a tensor of it. Keys are the format's dtype names. */
interface StoredType {
  readonly bytes: number;
  decode(data: Uint8Array<ArrayBuffer>, name: string): { readonly dtype: DType; readonly data: Float32Array | Int32Array | Uint8Array };
}

const floats = (data: Float32Array) => ({ dtype: 'float32' as const, data });
const integers = (data: Int32Array) => ({ dtype: 'int32' as const, data });

/** A view of the bytes as wider numbers; a copy only where they do not lie on a multiple of their size. */
const view = <T>(make: new (buffer: ArrayBuffer, offset: number, length: number) => T, bytes: Uint8Array<ArrayBuffer>, size: number): T => {
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new make(aligned.buffer, aligned.byteOffset, bytes.byteLength / size);
};

const narrowed = (values: BigInt64Array | BigUint64Array | Uint32Array, name: string): Int32Array =>
  Int32Array.from(values as ArrayLike<bigint | number> as ArrayLike<number>, (value) => {
    const number = Number(value);
    if (number !== (number | 0)) throw new CheckpointError(`tensor ${JSON.stringify(name)}: ${value} does not fit int32, the integers of tensors. Convert the file, or leave this tensor out.`);
    return number;
  });

const types: Readonly<Record<string, StoredType>> = {
  F64: { bytes: 8, decode: (data) => floats(Float32Array.from(view(Float64Array, data, 8))) },
  F32: { bytes: 4, decode: (data) => floats(view(Float32Array, data, 4)) },
  F16: { bytes: 2, decode: (data) => floats(float16ToFloat32(view(Uint16Array, data, 2))) },
  BF16: { bytes: 2, decode: (data) => floats(bfloat16ToFloat32(view(Uint16Array, data, 2))) },
  F8_E4M3: { bytes: 1, decode: (data) => floats(Float32Array.from(data, fromFloat8E4M3)) },
  F8_E5M2: { bytes: 1, decode: (data) => floats(Float32Array.from(data, fromFloat8E5M2)) },
  I64: { bytes: 8, decode: (data, name) => integers(narrowed(view(BigInt64Array, data, 8), name)) },
  U64: { bytes: 8, decode: (data, name) => integers(narrowed(view(BigUint64Array, data, 8), name)) },
  U32: { bytes: 4, decode: (data, name) => integers(narrowed(view(Uint32Array, data, 4), name)) },
  I32: { bytes: 4, decode: (data) => integers(view(Int32Array, data, 4)) },
  I16: { bytes: 2, decode: (data) => integers(Int32Array.from(view(Int16Array, data, 2))) },
  U16: { bytes: 2, decode: (data) => integers(Int32Array.from(view(Uint16Array, data, 2))) },
  I8: { bytes: 1, decode: (data) => integers(Int32Array.from(view(Int8Array, data, 1))) },
  U8: { bytes: 1, decode: (data) => integers(Int32Array.from(data)) },
  BOOL: { bytes: 1, decode: (data) => ({ dtype: 'bool', data: data.map((byte) => (byte === 0 ? 0 : 1)) }) },
};

interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Longest header that is read: the limit of the original library. */
const longestHeader = 100_000_000;

const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);

const readEntry = (file: string, name: string, value: unknown): Entry => {
  const fail = (what: string): never => {
    throw new CheckpointError(`${file}: tensor ${JSON.stringify(name)}: ${what}`);
  };
  if (value === null || typeof value !== 'object') return fail(`its entry is ${JSON.stringify(value)}; expected an object.`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(types, dtype)) return fail(`dtype ${JSON.stringify(dtype)}; expected one of ${Object.keys(types).join(', ')}.`);
  if (!isNumbers(shape)) return fail(`shape ${JSON.stringify(shape)}; expected integers from 0.`);
  if (!isNumbers(offsets) || offsets.length !== 2) return fail(`data_offsets ${JSON.stringify(offsets)}; expected two integers from 0.`);
  const type = types[dtype] as StoredType; // own key
  const [begin, end] = offsets as [number, number];
  const needed = shape.reduce((product, extent) => product * extent, type.bytes);
  if (!Number.isSafeInteger(needed) || end - begin !== needed)
    return fail(`${end - begin} bytes for ${dtype}[${shape.join(', ')}]; expected ${needed}.`);
  return { name, type, shape, begin, end };
};

/** Keys that stand twice in a JSON object would be lost in parsing: found by counting the tensors' own entries. */
const countEntries = (header: string): number => header.match(/"data_offsets"\s*:/g)?.length ?? 0;

const readHeader = (bytes: Uint8Array, file: string): { readonly entries: Entry[]; readonly start: number; readonly metadata: Map<string, string> } => {
  if (bytes.byteLength < 8) throw new CheckpointError(`${file}: ${bytes.byteLength} bytes; a safetensors file begins with 8 bytes of header length.`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(longestHeader, bytes.byteLength - 8)))
    throw new CheckpointError(`${file}: its header claims ${length} bytes; the file has ${bytes.byteLength - 8} after the length (limit ${longestHeader}). It is cut off, or no safetensors file.`);
  const start = 8 + Number(length);
  let header: string;
  let json: unknown;
  try {
    header = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start));
    json = JSON.parse(header);
  } catch (cause) {
    throw new CheckpointError(`${file}: its header is not JSON (${cause instanceof Error ? cause.message : cause}).`);
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw new CheckpointError(`${file}: its header is no JSON object.`);
  const { __metadata__: meta, ...tensors } = json as Record<string, unknown>;
  if (meta !== undefined && (meta === null || typeof meta !== 'object' || Object.values(meta).some((value) => typeof value !== 'string')))
    throw new CheckpointError(`${file}: __metadata__ is ${JSON.stringify(meta)?.slice(0, 80)}; expected an object of texts.`);
  const entries = Object.entries(tensors).map(([name, value]) => readEntry(file, name, value));
  const inTexts = Object.values(meta ?? {}).reduce((sum: number, text) => sum + countEntries(String(text)), 0);
  if (countEntries(header) - inTexts > entries.length) throw new CheckpointError(`${file}: a tensor's name stands twice in the header.`);
  return { entries, start, metadata: new Map(Object.entries((meta ?? {}) as Record<string, string>)) };
};

/** The tensors must cover the data exactly: no gap, no overlap, nothing behind. */
const checkCover = (entries: readonly Entry[], length: number, file: string): void => {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw new CheckpointError(`${file}: tensor ${JSON.stringify(name)} begins at byte ${begin} of the data; expected ${at} (${begin < at ? 'it overlaps the one before' : 'bytes that belong to no tensor'}).`);
    at = end;
  }
  if (at !== length) throw new CheckpointError(`${file}: the tensors need ${at} bytes of data, the file has ${length}. It is cut off, or has bytes behind its end.`);
};

/** What to read of a safetensors file. */
export interface SafetensorsOptions {
  /** Which tensors are wanted. Default: all. */
  readonly wanted?: (name: string) => boolean;
  /** What the file is called in errors. */
  readonly file?: string;
}

/**
 * Tensors of a safetensors file, by name, in the order of the header. F64, F16, BF16 and F8 become float32; integers int32 (one that does
 * not fit is an error); BOOL bool. float32 and int32 share the file's memory where it is aligned.
 *
 * @example
 * const tensors = readSafetensors(await folder.read('model.safetensors'));
 */
export const readSafetensors = (bytes: Uint8Array, { wanted = () => true, file = 'safetensors' }: SafetensorsOptions = {}): Map<string, AnyTensor> => {
  const { entries, start } = readHeader(bytes, file);
  checkCover(entries, bytes.byteLength - start, file);
  const tensors = new Map<string, AnyTensor>();
  for (const { name, type, shape, begin, end } of entries) {
    if (!wanted(name)) continue;
    const { dtype, data } = type.decode(bytes.subarray(start + begin, start + end) as Uint8Array<ArrayBuffer>, name);
    tensors.set(name, new Tensor<DType>(dtype, shape, data));
  }
  return tensors;
};

/** The texts that a safetensors file says about itself. */
export const readSafetensorsMetadata = (bytes: Uint8Array, file = 'safetensors'): Map<string, string> => readHeader(bytes, file).metadata;

const written: Readonly<Record<DType, string>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

/**
 * A safetensors file of tensors by name. Names are sorted within each dtype, widest first, so that equal tensors give equal files and all data
 * lie aligned.
 *
 * @example
 * const bytes = writeSafetensors(parameters(model));
 */
export const writeSafetensors = (tensors: ReadonlyMap<string, AnyTensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array => {
  const rank = ({ dtype }: AnyTensor) => (dtype === 'bool' ? 1 : 0);
  const ordered = [...tensors].sort(([a, x], [b, y]) => rank(x) - rank(y) || (a < b ? -1 : 1));
  const header: Record<string, unknown> = Object.keys(metadata).length === 0 ? {} : { __metadata__: metadata };
  let at = 0;
  for (const [name, tensor] of ordered) {
    if (name === '__metadata__') throw new CheckpointError('writeSafetensors: a tensor is named __metadata__, which the format keeps for itself.');
    const end = at + tensor.data.byteLength;
    header[name] = { dtype: written[tensor.dtype], shape: tensor.shape, data_offsets: [at, end] };
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + at).fill(0x20, 8 + json.length, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(json, 8);
  let place = 8 + padded;
  for (const [, { data, shape }] of ordered) {
    if (sizeOf(shape) !== data.length) throw new CheckpointError('writeSafetensors: a tensor whose data do not fit its shape.');
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return bytes;
};
