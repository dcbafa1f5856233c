// Along one axis: put together, and taken apart. All dtypes; gradients for float32.

import type { DType } from '../dtype.ts';
import { defineOp } from '../op.ts';
import { axisOf, ShapeError, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { reshape } from './arrange.ts';
import { type Arranged, byDtype, type Source } from './byDtype.ts';
import { copyBlocks, room } from './move.ts';
import { around, slice } from './slice.ts';

const joined = <D extends DType>(tensors: readonly Source<D>[], axis: number): Arranged<D> => {
  const [first] = tensors as [Source<D>]; // checked by concat
  const extent = tensors.reduce((sum, { shape }) => sum + (shape[axis] as number), 0); // axis < rank
  const shape = first.shape.map((own, at) => (at === axis ? extent : own));
  const [count, inner] = around(shape, axis);
  const data = room(first.dtype, sizeOf(shape));
  let offset = 0;
  for (const one of tensors) {
    const length = (one.shape[axis] as number) * inner; // axis < rank
    copyBlocks(one.data, data, {
      count,
      length,
      sourceStart: 0,
      sourceStep: length,
      targetStart: offset,
      targetStep: extent * inner,
    });
    offset += length;
  }
  return { shape, data };
};

const concatOp = defineOp<readonly Tensor[], number>({
  name: 'concat',
  forward: (tensors, axis) => joined(tensors, axis),
  backward: (gradient, { inputs, options: axis, needs }) => {
    let start = 0;
    return inputs.map((x, index) => {
      const from = start;
      start += x.shape[axis] as number; // axis < rank
      return needs(index) ? slice(gradient, axis, from, start) : undefined;
    });
  },
});

/** One behind the other along an axis; all other extents equal. */
export const concat = <D extends DType>(tensors: readonly Tensor<D>[], axis: number): Tensor<D> => {
  const [first] = tensors;
  if (first === undefined) throw new ShapeError('concat: no tensors; expected at least one.');
  const at = axisOf('concat', axis, first.rank);
  for (const one of tensors)
    if (
      one.dtype !== first.dtype ||
      one.rank !== first.rank ||
      one.shape.some((extent, place) => place !== at && extent !== first.shape[place])
    )
      throw new ShapeError(
        `concat: ${one} after ${first} along axis ${axis}; dtype and all other extents must be equal.`,
      );
  return byDtype(
    first,
    () => concatOp(tensors as readonly Tensor<DType>[] as readonly Tensor[], at),
    () => joined(tensors, at),
  );
};

/** Side by side along a new axis (default: the first); all of one shape. */
export const stack = <D extends DType>(tensors: readonly Tensor<D>[], axis = 0): Tensor<D> => {
  const at = axisOf('stack', axis, (tensors[0]?.rank ?? 0) + 1);
  return concat(
    tensors.map((x) => reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])),
    at,
  );
};

/**
 * Parts along an axis, in order: of the given sizes, or all of one size, the last one being the rest.
 *
 * @example
 * split(tensor([1, 2, 3]), 2, 0).map(String); //=> ['float32[2]', 'float32[1]']
 */
export const split = <D extends DType>(
  x: Tensor<D>,
  sizes: number | readonly number[],
  axis: number,
): Tensor<D>[] => {
  const at = axisOf('split', axis, x.rank);
  const extent = x.shape[at] as number; // at < rank
  if (typeof sizes === 'number' && !(Number.isInteger(sizes) && sizes > 0))
    throw new ShapeError(`split: parts of ${sizes}; expected a positive integer.`);
  const parts =
    typeof sizes === 'number'
      ? Array.from({ length: Math.max(1, Math.ceil(extent / sizes)) }, (_, part) =>
          Math.min(sizes, extent - part * sizes),
        )
      : sizes;
  const total = parts.reduce((a, b) => a + b, 0);
  if (total !== extent)
    throw new ShapeError(
      `split: sizes [${parts.join(', ')}] sum to ${total}; axis ${axis} of ${x} has ${extent}.`,
    );
  let start = 0;
  return parts.map((size) => {
    start += size;
    return slice(x, at, start - size, start);
  });
};
