// Along one axis: cut, put together, add to. All dtypes; gradients for float32.

import type { DType } from '../dtype.ts';
import { defineOp } from '../op.ts';
import { axisOf, type Shape, ShapeError, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { reshape } from './arrange.ts';
import { type Arranged, byDtype, type Source } from './byDtype.ts';
import { copyBlocks, room } from './move.ts';

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
