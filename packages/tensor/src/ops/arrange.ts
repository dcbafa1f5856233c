// Arranging elements: nothing is computed, elements change places. All dtypes; gradients for float32.

import type { DType } from '../dtype.ts';
import { defineOp } from '../op.ts';
import {
  axisOf,
  broadcastShapes,
  checkShape,
  describeShape,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
} from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { mul, sumTo } from './arithmetic.ts';
import { type Arranged, byDtype, type Source } from './byDtype.ts';
import { expandedData, permutedData } from './move.ts';

const reshapeOp = defineOp<readonly [Tensor], Shape>({
  name: 'reshape',
  forward: ([x], shape) => ({ shape, data: x.data }),
  backward: (gradient, { inputs: [x] }) => [reshape(gradient, x.shape)],
});

/** The same elements under another shape; one extent may be −1: what is left. Shares the data. */
export const reshape = <D extends DType>(x: Tensor<D>, shape: Shape): Tensor<D> => {
  const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const unknown = shape.filter((extent) => extent === -1).length;
  const full = shape.map((extent) => (extent === -1 ? x.size / known : extent));
  if (
    unknown > 1 ||
    full.some((extent) => !Number.isInteger(extent) || extent < 0) ||
    sizeOf(full) !== x.size
  )
    throw new ShapeError(
      `reshape: ${x} with ${x.size} elements as [${shape.join(', ')}]; expected extents whose product is ${x.size}, at most one of them −1.`,
    );
  return byDtype(
    x,
    (one) => reshapeOp([one], full),
    () => ({ shape: full, data: x.data }),
  );
};

const permuted = <D extends DType>(
  { shape, data, dtype }: Source<D>,
  axes: readonly number[],
): Arranged<D> => ({
  shape: axes.map((axis) => shape[axis] as number), // axes < rank
  data: permutedData(dtype, data, [shape, axes]),
});

const permuteOp = defineOp<readonly [Tensor], readonly number[]>({
  name: 'permute',
  forward: ([x], axes) => permuted(x, axes),
  backward: (gradient, { options: axes }) => [
    permute(
      gradient,
      axes.map((_, axis) => axes.indexOf(axis)),
    ),
  ],
});

/** Axes in another order: axis i of the result is axis axes[i] of x. */
export const permute = <D extends DType>(x: Tensor<D>, axes: readonly number[]): Tensor<D> => {
  const full = axes.map((axis) => axisOf('permute', axis, x.rank));
  if (full.length !== x.rank || new Set(full).size !== x.rank)
    throw new ShapeError(
      `permute: axes [${axes.join(', ')}] for ${x}; expected each of its ${x.rank} axes once.`,
    );
  return byDtype(
    x,
    (one) => permuteOp([one], full),
    () => permuted(x, full),
  );
};

/** Two axes exchanged; default the last two. */
export const transpose = <D extends DType>(x: Tensor<D>, a = -2, b = -1): Tensor<D> => {
  const [first, second] = [axisOf('transpose', a, x.rank), axisOf('transpose', b, x.rank)];
  return permute(
    x,
    x.shape.map((_, axis) => (axis === first ? second : axis === second ? first : axis)),
  );
};

const expandOp = defineOp<readonly [Tensor], Shape>({
  name: 'expand',
  forward: ([x], shape) => ({ shape, data: expandedData('float32', x.data, [x.shape, shape]) }),
  backward: (gradient, { inputs: [x] }) => [sumTo(gradient, x.shape)],
});

/** Broadcast to a shape, elements repeated. */
export const expand = <D extends DType>(x: Tensor<D>, shape: Shape): Tensor<D> => {
  const full = broadcastShapes('expand', x.shape, shape);
  if (!sameShape(full, shape))
    throw new ShapeError(`expand: ${x} does not broadcast to ${describeShape(shape, x.dtype)}.`);
  return byDtype(
    x,
    (one) => expandOp([one], full),
    () => ({ shape: full, data: expandedData(x.dtype, x.data, [x.shape, full]) }),
  );
};

/**
 * x laid out so many times along each axis; more counts than axes add axes in front (NumPy's tile, PyTorch's Tensor.repeat).
 *
 * @example
 * repeat(tensor([1, 2]), [2, 2]).toArray(); //=> [[1, 2, 1, 2], [1, 2, 1, 2]]
 */
export const repeat = <D extends DType>(x: Tensor<D>, counts: readonly number[]): Tensor<D> => {
  checkShape('repeat', counts);
  if (counts.length < x.rank)
    throw new ShapeError(
      `repeat: ${counts.length} counts for ${x}; expected one for each of its ${x.rank} axes, or more.`,
    );
  const shape = [...new Array<number>(counts.length - x.rank).fill(1), ...x.shape];
  const between = reshape(
    x,
    shape.flatMap((extent) => [1, extent]),
  );
  const repeated = expand(
    between,
    shape.flatMap((extent, axis) => [counts[axis] as number, extent]),
  ); // as many counts as axes, here and below
  return reshape(
    repeated,
    shape.map((extent, axis) => extent * (counts[axis] as number)),
  );
};

const triangle = (x: Tensor, keeps: (row: number, column: number) => boolean): Tensor => {
  const [rows, columns] = x.shape.slice(-2) as [number, number]; // rank ≥ 2, checked
  const data = Float32Array.from({ length: rows * columns }, (_, index) =>
    keeps(Math.floor(index / columns), index % columns) ? 1 : 0,
  );
  return mul(x, new Tensor('float32', [rows, columns], data));
};

/** Zeros above the diagonal (`offset` to its right) of the last two axes. */
export const tril = (x: Tensor, offset = 0): Tensor => {
  if (x.rank < 2) throw new ShapeError(`tril: ${x}; expected at least two axes.`);
  return triangle(x, (row, column) => column <= row + offset);
};

/** Zeros below the diagonal (`offset` to its right) of the last two axes. */
export const triu = (x: Tensor, offset = 0): Tensor => {
  if (x.rank < 2) throw new ShapeError(`triu: ${x}; expected at least two axes.`);
  return triangle(x, (row, column) => column >= row + offset);
};
