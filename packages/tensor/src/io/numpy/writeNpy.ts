// Writing NumPy's .npy and .npz files.

import type { DType } from '../../dtype.ts';
import type { AnyTensor } from '../../tensor.ts';
import { writeZip } from '../zip/writeZip.ts';

const descr: Readonly<Record<DType, string>> = { float32: '<f4', int32: '<i4', bool: '|b1' };

/** Where the numbers begin: a multiple of this, so that they may be mapped into memory. */
const alignment = 64;

/**
 * An .npy file of a tensor, version 1.0, as numpy.save writes it.
 *
 * @example
 * const bytes = writeNpy(tensor([[1, 2], [3, 4]]));
 */
export const writeNpy = ({ dtype, shape, data }: AnyTensor): Uint8Array => {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const text = `{'descr': '${descr[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + text.length + 1) / alignment) * alignment;
  const bytes = new Uint8Array(start + data.byteLength).fill(0x20, 10, start);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[start - 1] = 0x0a; // the header ends in a new line
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
};

/**
 * An .npz file of tensors by name, uncompressed, as numpy.savez writes it; below 4 GiB.
 *
 * @example
 * const bytes = writeNpz(parameters(model));
 */
export const writeNpz = (tensors: ReadonlyMap<string, AnyTensor>): Uint8Array =>
  writeZip(new Map([...tensors].map(([name, tensor]) => [`${name}.npy`, writeNpy(tensor)])));
