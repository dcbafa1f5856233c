// The same elements in another order along axes. All dtypes; gradients for float32.

import type { DType } from '../dtype.ts';
import { axisOf, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { concat } from './alongAxis.ts';
import { expand, reshape } from './arrange.ts';
import { slice } from './slice.ts';

/**
 * Axes read backwards.
 *
 * @example
 * flip(tensor([1, 2, 3]), [0]).toArray(); //=> [3, 2, 1]
 */
export const flip = <D extends DType>(x: Tensor<D>, axes: readonly number[]): Tensor<D> => {
  const chosen = axes.map((axis) => axisOf('flip', axis, x.rank));
  if (new Set(chosen).size < chosen.length)
    throw new ShapeError(`flip: axes [${axes.join(', ')}] of ${x} name one axis twice.`);
  return chosen.reduce((part, axis) => slice(part, axis, -1, undefined, -1), x);
};

/**
 * Elements moved on by `shift` places along an axis; what leaves at the end comes in at the beginning.
 *
 * @example
 * roll(tensor([1, 2, 3]), 1, 0).toArray(); //=> [3, 1, 2]
 */
export const roll = <D extends DType>(x: Tensor<D>, shift: number, axis: number): Tensor<D> => {
  const at = axisOf('roll', axis, x.rank);
  if (!Number.isInteger(shift)) throw new RangeError(`roll: shift ${shift}; expected an integer.`);
  const extent = x.shape[at] as number; // at < rank
  const cut = extent === 0 ? 0 : ((-shift % extent) + extent) % extent;
  return cut === 0 ? x : concat([slice(x, at, cut), slice(x, at, 0, cut)], at);
};

/**
 * Each element of an axis so many times in a row.
 *
 * @example
 * repeatInterleave(tensor([1, 2]), 2, 0).toArray(); //=> [1, 1, 2, 2]
 */
export const repeatInterleave = <D extends DType>(x: Tensor<D>, count: number, axis: number): Tensor<D> => {
  const at = axisOf('repeatInterleave', axis, x.rank);
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`repeatInterleave: ${count} times; expected an integer from 0.`);
  const [before, behind] = [x.shape.slice(0, at + 1), x.shape.slice(at + 1)];
  const spread = expand(reshape(x, [...before, 1, ...behind]), [...before, count, ...behind]);
  return reshape(
    spread,
    x.shape.map((extent, place) => (place === at ? extent * count : extent)),
  );
};
