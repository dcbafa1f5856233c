// storedTensor: the bytes of one tensor in a file, as a tensor; and the exact values of integers that a tensor cannot hold.

import { CheckpointError } from '../checkpointError.ts';
import type { DType } from '../dtype.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { type StoredType, storedTypes, view } from './storedTypes.ts';

/** How the wide integers of a tensor are read again. */
const wideData = new WeakMap<AnyTensor, () => BigInt64Array | BigUint64Array>();

const wideReaders = new Map<
  StoredType | undefined,
  (bytes: Uint8Array<ArrayBuffer>) => BigInt64Array | BigUint64Array
>([
  [storedTypes.I64, (bytes) => view(BigInt64Array, bytes, 8)],
  [storedTypes.U64, (bytes) => view(BigUint64Array, bytes, 8)],
  [storedTypes.U32, (bytes) => BigInt64Array.from(view(Uint32Array, bytes, 4), BigInt)],
]);

/**
 * The tensor of `shape` whose numbers `bytes` holds, little-endian and row-major; as many as the shape needs, which the caller has checked.
 * Shares memory where it can. `place` is what errors call it.
 */
export const storedTensor = (
  place: string,
  type: StoredType,
  { shape, bytes: given }: { readonly shape: readonly number[]; readonly bytes: Uint8Array },
): AnyTensor => {
  const bytes = given as Uint8Array<ArrayBuffer>; // readers of files hand no shared memory
  const decoded = type.decode(bytes);
  if (typeof decoded === 'object') return new Tensor<DType>(decoded.dtype, shape, decoded.data);
  const tensor = Tensor.absent(
    'int32',
    shape,
    `${place} holds ${decoded}, which does not fit int32. Its exact values: wideIntegers(tensor).`,
  );
  const read = wideReaders.get(type);
  if (read !== undefined) wideData.set(tensor, () => read(bytes));
  return tensor;
};

/**
 * The exact values of an integer tensor that was read from a file, also where they do not fit int32 and its data cannot be had otherwise.
 *
 * @example
 * wideIntegers(checkpoint.get('position_ids')); //=> BigInt64Array [9007199254740993n]
 */
export const wideIntegers = (tensor: AnyTensor): BigInt64Array | BigUint64Array => {
  const read = wideData.get(tensor);
  if (read !== undefined) return read();
  if (tensor.dtype !== 'int32')
    throw new CheckpointError(`wideIntegers: given ${tensor}; expected a tensor of integers.`);
  return BigInt64Array.from(tensor.data, BigInt);
};
