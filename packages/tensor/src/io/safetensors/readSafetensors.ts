// Reading safetensors files: a checked header, then views on the bytes.

import { CheckpointError } from '../../checkpointError.ts';
import type { DType } from '../../dtype.ts';
import { type AnyTensor, Tensor } from '../../tensor.ts';
import { storedTypes, view } from '../storedTypes.ts';
import { checkCover, readHeader } from './safetensorsHeader.ts';

/** The same bytes without the subclass: a Node Buffer's slice() would not copy. */
const plainBytes = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** What to read of a safetensors file. */
export interface SafetensorsOptions {
  /** Which tensors are wanted. Default: all. */
  readonly wanted?: (name: string) => boolean;
  /** What the file is called in errors. */
  readonly file?: string;
}

/**
 * Tensors of a safetensors file, by name, in the order of the header. F64, F16, BF16 and F8 become float32; integers int32; BOOL bool. float32
 * and int32 share the file's memory where it is aligned. A tensor with an integer beyond int32 is there with its shape; reading its data is
 * an error (see `readWideIntegers`).
 *
 * @example
 * const tensors = readSafetensors(await folder.read('model.safetensors'));
 */
export const readSafetensors = (
  given: Uint8Array,
  { wanted = () => true, file = 'safetensors' }: SafetensorsOptions = {},
): Map<string, AnyTensor> => {
  const bytes = plainBytes(given);
  const { entries, start } = readHeader(bytes, file);
  checkCover(entries, bytes.byteLength - start, file);
  const tensors = new Map<string, AnyTensor>();
  for (const { name, type, shape, begin, end } of entries) {
    if (!wanted(name)) continue;
    const decoded = type.decode(bytes.subarray(start + begin, start + end) as Uint8Array<ArrayBuffer>);
    if (typeof decoded === 'object') tensors.set(name, new Tensor<DType>(decoded.dtype, shape, decoded.data));
    else
      tensors.set(
        name,
        Tensor.absent(
          'int32',
          shape,
          `${file}: tensor ${JSON.stringify(name)} holds ${decoded}, which does not fit int32. Its exact values: readWideIntegers(bytes, name).`,
        ),
      );
  }
  return tensors;
};

/**
 * The exact values of a tensor of 64-bit integers (I64; or U64 below 2^63) of a safetensors file.
 *
 * @example
 * readWideIntegers(bytes, 'position_ids');
 */
export const readWideIntegers = (
  given: Uint8Array,
  name: string,
  { file = 'safetensors' }: Pick<SafetensorsOptions, 'file'> = {},
): BigInt64Array => {
  const bytes = plainBytes(given);
  const { entries, start } = readHeader(bytes, file);
  checkCover(entries, bytes.byteLength - start, file);
  const entry = entries.find((one) => one.name === name);
  if (entry === undefined || (entry.type !== storedTypes.I64 && entry.type !== storedTypes.U64))
    throw new CheckpointError(
      `${file}: ${entry === undefined ? 'there is no tensor' : 'no 64-bit integers in'} ${JSON.stringify(name)}. Its tensors: ${entries
        .slice(0, 8)
        .map((one) => one.name)
        .join(', ')}${entries.length > 8 ? ', …' : ''}.`,
    );
  return view(
    BigInt64Array,
    bytes.subarray(start + entry.begin, start + entry.end) as Uint8Array<ArrayBuffer>,
    8,
  );
};

/** The texts that a safetensors file says about itself. */
export const readSafetensorsMetadata = (bytes: Uint8Array, file = 'safetensors'): Map<string, string> =>
  readHeader(plainBytes(bytes), file).metadata;
