// Reductions over axes.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { axisOf, type Shape, ShapeError, sizeOf, stridesOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { add, div, exp, log, mul, sub, square } from './arithmetic.ts';
import { reshape } from './arrange.ts';
import { broadcastPlaces, sumDown } from './broadcast.ts';
import { cast, equal } from './compare.ts';

/** Options of every reduction. */
export interface ReduceOptions {
  /** Keep reduced axes with extent 1. Default false. */
  readonly keepDims?: boolean;
}

interface Plan {
  /** The shape with reduced axes of extent 1. */
  readonly kept: Shape;
  readonly result: Shape;
  readonly count: number;
}

const plan = (where: string, x: AnyTensor, axes: readonly number[] | undefined, { keepDims = false }: ReduceOptions): Plan => {
  const chosen = new Set((axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf(where, axis, x.rank)));
  const kept = x.shape.map((extent, axis) => (chosen.has(axis) ? 1 : extent));
  return { kept, result: keepDims ? kept : x.shape.filter((_, axis) => !chosen.has(axis)), count: x.size / Math.max(1, sizeOf(kept)) };
};

const spread = (x: Tensor, full: Shape): Tensor => {
  const places = broadcastPlaces(full, x.shape);
  const data = allocate(places.length);
  for (let i = 0; i < data.length; i++) data[i] = x.data[places[i] as number] as number; // places lie inside
  return new Tensor('float32', full, data);
};

const sumOp = defineOp<readonly [Tensor], Plan>({
  name: 'sum',
  forward: ([x], { kept, result }) => ({ shape: result, data: sumDown(x.data, x.shape, kept) }),
  backward: (gradient, { inputs: [x], options: { kept } }) => [spread(reshape(gradient, kept), x.shape)],
});

/** Sum over axes (default: all), in float64. No element: 0. */
export const sum = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor => sumOp([x], plan('sum', x, axes, options));

/** Mean over axes (default: all). No element: NaN. */
export const mean = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor => {
  const { count } = plan('mean', x, axes, options);
  return div(sum(x, axes, options), count);
};

const extremeOp = defineOp<readonly [Tensor], Plan & { readonly sign: number; readonly where: string }>({
  name: 'extreme',
  forward: ([x], { kept, result, sign, where }) => {
    const data = allocate(sizeOf(kept));
    if (x.size === 0 && data.length > 0) throw new ShapeError(`${where}: ${x} has no element along the reduced axes; there is no largest or smallest.`);
    data.fill(-sign * Number.POSITIVE_INFINITY);
    const places = broadcastPlaces(x.shape, kept);
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number; // one place an element
      const value = x.data[i] as number; // i < size
      if (sign * value > sign * (data[place] as number) || Number.isNaN(value)) data[place] = value;
    }
    return { shape: result, data };
  },
  backward: (gradient, { inputs: [x], output, options: { kept } }) => {
    const ties = cast(equal(x, reshape(output, kept)));
    const shares = div(ties, new Tensor('float32', kept, sumDown(ties.data, x.shape, kept)));
    return [mul(shares, reshape(gradient, kept))];
  },
});

/** Largest element over axes (default: all); equal ones share the gradient. NaN where there is one. */
export const max = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor => extremeOp([x], { ...plan('max', x, axes, options), sign: 1, where: 'max' });

/** Smallest element over axes (default: all); equal ones share the gradient. NaN where there is one. */
export const min = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor => extremeOp([x], { ...plan('min', x, axes, options), sign: -1, where: 'min' });

/** Place of the largest element along an axis (the first of equals): int32, the axis gone. */
export const argmax = (x: Tensor, axis = -1, options: ReduceOptions = {}): Tensor<'int32'> => {
  const at = axisOf('argmax', axis, x.rank);
  const { result } = plan('argmax', x, [at], options);
  const extent = x.shape[at] as number; // at < rank
  if (extent === 0) throw new ShapeError(`argmax: ${x} has no element along axis ${axis}.`);
  const inner = stridesOf(x.shape)[at] as number; // at < rank
  const data = new Int32Array(sizeOf(result));
  for (let index = 0; index < data.length; index++) {
    const start = Math.floor(index / inner) * extent * inner + (index % inner);
    let best = 0;
    for (let i = 1; i < extent; i++) if ((x.data[start + i * inner] as number) > (x.data[start + best * inner] as number)) best = i; // i < extent
    data[index] = best;
  }
  return new Tensor('int32', result, data);
};

/** log Σ exp(x) over axes (default: all), without overflow; −∞ where all are −∞. */
export const logSumExp = (x: Tensor, axes?: number | readonly number[], options: ReduceOptions = {}): Tensor => {
  const over = typeof axes === 'number' ? [axes] : axes;
  const top = max(x, over, { keepDims: true });
  const shift = new Tensor('float32', top.shape, top.data.map((value) => (Number.isFinite(value) ? value : 0)));
  const total = add(log(sum(exp(sub(x, shift)), over, { keepDims: true })), shift);
  return reshape(total, plan('logSumExp', x, over, options).result);
};

/** Σ (x − mean)² / (count − correction) over axes (default: all). correction 0 is the biased one, 1 Bessel's. Default 0. */
export const variance = (x: Tensor, axes?: readonly number[], options: ReduceOptions & { readonly correction?: number } = {}): Tensor => {
  const { count } = plan('variance', x, axes, options);
  const centered = sub(x, mean(x, axes, { keepDims: true }));
  return div(sum(square(centered), axes, options), Math.max(0, count - (options.correction ?? 0)));
};
