// Along one axis: a part of it, and room around it; each the other's derivative. All dtypes; gradients for float32.

import type { DType } from '../dtype.ts';
import { defineOp } from '../op.ts';
import { axisOf, type Shape, ShapeError, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { type Arranged, byDtype, type Source } from './byDtype.ts';
import { type Blocks, copyBlocks, room } from './move.ts';

/** Blocks around an axis: how many before it, and how many elements an index of it spans. */
export const around = (shape: Shape, axis: number): readonly [outer: number, inner: number] => [
  sizeOf(shape.slice(0, axis)),
  sizeOf(shape.slice(axis + 1)),
];

/** Indices start, start + step, …: `count` of them. */
interface Part {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** How the part is copied out of the whole: runs of blocks, along the shorter of the two ways. */
const blocksOf = (whole: Shape, { axis, start, step, count }: Part): Blocks[] => {
  const [outer, inner] = around(whole, axis);
  const extent = whole[axis] as number; // axis < rank
  const length = step === 1 ? count * inner : inner;
  const rows = { count: outer, length, sourceStep: extent * inner, targetStep: count * inner };
  if (step === 1) return [{ ...rows, sourceStart: start * inner, targetStart: 0 }];
  if (count < outer)
    return Array.from({ length: count }, (_, i) => ({
      ...rows,
      sourceStart: (start + i * step) * inner,
      targetStart: i * inner,
    }));
  return Array.from({ length: outer }, (_, row) => ({
    count,
    length,
    sourceStart: (row * extent + start) * inner,
    sourceStep: step * inner,
    targetStart: row * count * inner,
    targetStep: inner,
  }));
};

const sliced = <D extends DType>(x: Source<D>, part: Part): Arranged<D> => {
  const shape = x.shape.map((extent, at) => (at === part.axis ? part.count : extent));
  const data = room(x.dtype, sizeOf(shape));
  for (const blocks of blocksOf(x.shape, part)) copyBlocks<D>(x.data, data, blocks);
  return { shape, data };
};

const sliceOp = defineOp<readonly [Tensor], Part>({
  name: 'slice',
  forward: ([x], part) => sliced(x, part),
  backward: (gradient, { inputs: [x], options: part }) => [place(gradient, { ...part, shape: x.shape })],
});

const taken = (x: Tensor, part: Part): Tensor => sliceOp([x], part);

/** Zeros of a shape with x at the places that `slice` reads. */
const placeOp = defineOp<readonly [Tensor], Part & { readonly shape: Shape }>({
  name: 'place',
  forward: ([x], { shape, ...part }) => {
    const data = room('float32', sizeOf(shape));
    data.fill(0);
    for (const { count, length, ...from } of blocksOf(shape, part))
      copyBlocks<'float32'>(x.data, data, {
        count,
        length,
        sourceStart: from.targetStart,
        sourceStep: from.targetStep,
        targetStart: from.sourceStart,
        targetStep: from.sourceStep,
      });
    return { shape, data };
  },
  backward: (gradient, { options: { shape: _, ...part } }) => [taken(gradient, part)],
});

const place = (x: Tensor, part: Part & { readonly shape: Shape }): Tensor => placeOp([x], part);

/**
 * Indices start ≤ i < end of an axis, every step-th of them; negative ones count from the end. Default end: all that follow. A negative
 * step walks down, from start while i > end: `slice(x, 0, -1, undefined, -1)` is x backwards, NumPy's x[::-1].
 *
 * @example
 * slice(tensor([0, 1, 2, 3, 4]), 0, 1, undefined, 2).toArray(); //=> [1, 3]
 */
export const slice = <D extends DType>(
  x: Tensor<D>,
  axis: number,
  start: number,
  end?: number,
  step = 1,
): Tensor<D> => {
  const at = axisOf('slice', axis, x.rank);
  const extent = x.shape[at] as number; // at < rank
  if (!Number.isInteger(step) || step === 0)
    throw new ShapeError(`slice: step ${step}; expected an integer other than 0.`);
  const beyond = step > 0 ? extent : -1;
  const first = start < 0 ? start + extent : start;
  const last = end === undefined ? beyond : end < 0 ? end + extent : end;
  const [low, high] = step > 0 ? [first, last] : [last + 1, first + 1];
  if (!Number.isInteger(first) || !Number.isInteger(last) || low < 0 || high > extent || low > high)
    throw new ShapeError(
      `slice: ${start} to ${end ?? (step > 0 ? extent : 'the first')} of axis ${axis} of ${x}, which has ${extent} indices.`,
    );
  const part = { axis: at, start: first, step, count: Math.ceil((high - low) / Math.abs(step)) };
  return byDtype(
    x,
    (one) => taken(one, part),
    () => sliced(x, part),
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
