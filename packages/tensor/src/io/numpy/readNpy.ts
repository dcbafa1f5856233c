// Reading NumPy's .npy and .npz files: numbers and booleans of any width, order of bytes and order of axes.

import { CheckpointError } from '../../checkpointError.ts';
import { sizeOf } from '../../shape.ts';
import type { AnyTensor } from '../../tensor.ts';
import { storedTensor } from '../storedTensor.ts';
import { gathered, rowMajor } from '../strided.ts';
import { readZip } from '../zip/readZip.ts';
import { readNumpyHeader } from './numpyHeader.ts';

/** What to read of an .npz file. */
export interface NpzOptions {
  /** Which arrays are wanted. Default: all. */
  readonly wanted?: (name: string) => boolean;
  /** What the file is called in errors. Default 'npz'. */
  readonly file?: string;
  /** Bytes that all arrays together may unpack to. Default: 64 MiB or 64 times the file, whichever is more. */
  readonly limit?: number;
}

/** A copy in which the bytes of each number of `width` bytes stand the other way round. */
const swapped = (bytes: Uint8Array, width: number): Uint8Array => {
  const result = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += width)
    for (let byte = 0; byte < width; byte++) result[at + byte] = bytes[at + width - 1 - byte] as number; // within
  return result;
};

/**
 * The array of an .npy file. float16 to float64 become float32, integers int32 (see `wideIntegers`), bool bool; row-major whatever it was.
 * Python objects, records, texts, dates and complex numbers are refused.
 *
 * @example
 * const embeddings = readNpy(await folder.read('embeddings.npy'));
 */
export const readNpy = (given: Uint8Array, { file = 'npy' }: { readonly file?: string } = {}): AnyTensor => {
  const whole = new Uint8Array(given.buffer, given.byteOffset, given.byteLength); // a Buffer's slice() would not copy
  const { type, bigEndian, fortran, shape, start } = readNumpyHeader(whole, file);
  const needed = sizeOf(shape) * type.bytes;
  const data = whole.subarray(start);
  if (data.byteLength !== needed)
    throw new CheckpointError(
      `${file}: ${data.byteLength} bytes of numbers for shape [${shape.join(', ')}] of ${type.bytes} bytes each; expected ${needed}. It is cut off, or has bytes behind its end.`,
    );
  const native = bigEndian ? swapped(data, type.bytes) : data;
  const strides = fortran ? rowMajor([...shape].reverse()).reverse() : rowMajor(shape);
  const bytes = gathered(file, native, type.bytes, { shape, strides, offset: 0 });
  return storedTensor(`${file}: the array`, type, { shape, bytes });
};

/**
 * The arrays of an .npz file (numpy.savez, savez_compressed) by name.
 *
 * @example
 * const arrays = await readNpz(await folder.read('weights.npz'));
 */
export const readNpz = async (
  bytes: Uint8Array,
  { wanted = () => true, file = 'npz', limit }: NpzOptions = {},
): Promise<Map<string, AnyTensor>> => {
  const tensors = new Map<string, AnyTensor>();
  for (const [member, entry] of readZip(bytes, { file, ...(limit !== undefined && { limit }) })) {
    const name = member.replace(/\.npy$/, '');
    if (name !== member && wanted(name))
      tensors.set(name, readNpy(await entry.read(), { file: `${file}/${member}` }));
  }
  return tensors;
};
