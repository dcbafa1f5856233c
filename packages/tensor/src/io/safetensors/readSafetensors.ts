// Reading safetensors files: a checked header, then views on the bytes.

import type { AnyTensor } from '../../tensor.ts';
import { storedTensor } from '../storedTensor.ts';
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
 * an error (see `wideIntegers`).
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
  for (const { name, type, shape, begin, end } of entries)
    if (wanted(name))
      tensors.set(
        name,
        storedTensor(`${file}: tensor ${JSON.stringify(name)}`, type, {
          shape,
          bytes: bytes.subarray(start + begin, start + end),
        }),
      );
  return tensors;
};

/** The texts that a safetensors file says about itself. */
export const readSafetensorsMetadata = (bytes: Uint8Array, file = 'safetensors'): Map<string, string> =>
  readHeader(plainBytes(bytes), file).metadata;
