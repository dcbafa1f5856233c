// Arranging elements: nothing is computed, elements change places. All dtypes; gradients for float32.

import type { DataOf, DType } from '../dtype.ts';
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
import { copyBlocks, expandedData, permutedData, room } from './move.ts';

/** Runs a differentiable op on float32 and the plain rearrangement on other dtypes. */
const byDtype = <D extends DType>(
  x: Tensor<D>,
  differentiable: (x: Tensor) => Tensor,
  rearrange: () => { readonly shape: Shape; readonly data: DataOf<D> },
): Tensor<D> => {
  if (x.dtype === 'float32') return differentiable(x as Tensor) as Tensor<DType> as Tensor<D>;
  const { shape, data } = rearrange();
  return new Tensor(x.dtype, shape, data);
};

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

/** What is rearranged, of any dtype. */
interface Source<D extends DType = DType> {
  readonly shape: Shape;
  readonly data: DataOf<D>;
  readonly dtype: D;
}

/** The outcome. */
interface Arranged<D extends DType = DType> {
  readonly shape: number[];
  readonly data: DataOf<D>;
}

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

/** Blocks around an axis: how many before it, and how many elements an index of it spans. */
const around = (shape: Shape, axis: number): readonly [outer: number, inner: number] => [
  sizeOf(shape.slice(0, axis)),
  sizeOf(shape.slice(axis + 1)),
];

interface SliceOptions {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

const sliced = <D extends DType>(x: Source<D>, { axis, start, end }: SliceOptions): Arranged<D> => {
  const shape = x.shape.map((extent, at) => (at === axis ? end - start : extent));
  const [count, inner] = around(x.shape, axis);
  const extent = x.shape[axis] as number; // axis < rank
  const length = (end - start) * inner;
  const data = room(x.dtype, count * length);
  copyBlocks(x.data, data, {
    count,
    length,
    sourceStart: start * inner,
    sourceStep: extent * inner,
    targetStart: 0,
    targetStep: length,
  });
  return { shape, data };
};

const sliceOp = defineOp<readonly [Tensor], SliceOptions>({
  name: 'slice',
  forward: ([x], options) => sliced(x, options),
  backward: (gradient, { inputs: [x], options: { axis, start, end } }) => [
    pad(gradient, axis, { before: start, after: (x.shape[axis] as number) - end }),
  ], // axis < rank
});

/** Indices start ≤ i < end of an axis; negative ones count from the end. Default end: the last. */
export const slice = <D extends DType>(
  x: Tensor<D>,
  axis: number,
  start: number,
  end?: number,
): Tensor<D> => {
  const at = axisOf('slice', axis, x.rank);
  const extent = x.shape[at] as number; // at < rank
  const first = start < 0 ? start + extent : start;
  const last = end === undefined ? extent : end < 0 ? end + extent : end;
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || last > extent || first > last)
    throw new ShapeError(
      `slice: ${start} to ${end ?? extent} of axis ${axis} of ${x}, which has ${extent} indices.`,
    );
  const options = { axis: at, start: first, end: last };
  return byDtype(
    x,
    (one) => sliceOp([one], options),
    () => sliced(x, options),
  );
};

/** What `pad` adds to an axis. */
export interface PadOptions {
  /** Indices before the first; negative: so many taken away. Default 0. */
  readonly before?: number;
  /** Indices behind the last; negative: so many taken away. Default 0. */
  readonly after?: number;
  /** What they hold. Default 0. */
  readonly value?: number;
}

type Margin = Required<PadOptions> & { readonly axis: number };

const padded = <D extends DType>(x: Source<D>, { axis, before, after, value }: Margin): Arranged<D> => {
  const shape = x.shape.map((extent, at) => (at === axis ? before + extent + after : extent));
  const [count, inner] = around(x.shape, axis);
  const length = (x.shape[axis] as number) * inner; // axis < rank
  const data = room(x.dtype, sizeOf(shape));
  data.fill(value);
  copyBlocks(x.data, data, {
    count,
    length,
    sourceStart: 0,
    sourceStep: length,
    targetStart: before * inner,
    targetStep: length + (before + after) * inner,
  });
  return { shape, data };
};

const padOp = defineOp<readonly [Tensor], Margin>({
  name: 'pad',
  forward: ([x], margin) => padded(x, margin),
  backward: (gradient, { inputs: [x], options: { axis, before } }) => [
    slice(gradient, axis, before, before + (x.shape[axis] as number)),
  ], // axis < rank
});

/**
 * Further indices before and behind an axis, filled with a value. Negative numbers take indices away.
 *
 * @example
 * pad(tensor([1, 2]), 0, { before: 1, value: 9 }).toArray(); //=> [9, 1, 2]
 */
export const pad = <D extends DType>(
  x: Tensor<D>,
  axis: number,
  { before = 0, after = 0, value = 0 }: PadOptions,
): Tensor<D> => {
  const at = axisOf('pad', axis, x.rank);
  const extent = x.shape[at] as number; // at < rank
  if (
    !Number.isInteger(before) ||
    !Number.isInteger(after) ||
    extent + Math.min(0, before) + Math.min(0, after) < 0
  )
    throw new ShapeError(
      `pad: ${before} before and ${after} after axis ${axis} of ${x}; expected integers that take away at most its ${extent} indices.`,
    );
  const cut = before < 0 || after < 0 ? slice(x, at, Math.max(0, -before), extent + Math.min(0, after)) : x;
  const margin = { axis: at, before: Math.max(0, before), after: Math.max(0, after), value };
  return byDtype(
    cut,
    (one) => padOp([one], margin),
    () => padded(cut, margin),
  );
};

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
