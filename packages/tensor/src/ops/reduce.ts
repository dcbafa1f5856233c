// Reductions over axes.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { type Shape, ShapeError, sizeOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { combine, div, mul, sqrt, square, sub } from './arithmetic.ts';
import { reshape } from './arrange.ts';
import type { Run } from './broadcast.ts';
import { cast, equal, where } from './compare.ts';
import { extremesOf, groupsOf, logSumExpOf, sumGroups } from './groups.ts';
import { type IntegerTensor, integerExtreme, integerSum, isInteger } from './integerReduce.ts';
import { expandedData } from './move.ts';
import { plan, type ReduceOptions, type ReducePlan } from './reducePlan.ts';

const spread = (x: Tensor, full: Shape): Tensor =>
  new Tensor('float32', full, expandedData('float32', x.data, [x.shape, full]));

const sumOp = defineOp<readonly [Tensor], ReducePlan>({
  name: 'sum',
  forward: ([x], { axes, result }) => {
    const data = allocate(sizeOf(result));
    sumGroups(groupsOf(x, axes), data);
    return { shape: result, data };
  },
  backward: (gradient, { inputs: [x], options: { kept } }) => [spread(reshape(gradient, kept), x.shape)],
});

/** A reduction over axes (default: all) that leaves integers integers, and counts booleans. */
export interface Reduction {
  (x: Tensor, axes?: readonly number[], options?: ReduceOptions): Tensor;
  (x: IntegerTensor, axes?: readonly number[], options?: ReduceOptions): Tensor<'int32'>;
}

const reduction = (
  name: string,
  ofFloats: (x: Tensor, plan: ReducePlan) => Tensor,
  ofIntegers: (x: IntegerTensor, plan: ReducePlan) => Tensor<'int32'>,
): Reduction =>
  ((x: AnyTensor, axes?: readonly number[], options: ReduceOptions = {}): AnyTensor => {
    const planned = plan(name, x, axes, options);
    return isInteger(x) ? ofIntegers(x, planned) : ofFloats(x as Tensor, planned);
  }) as Reduction;

/**
 * Sum over axes (default: all), in float64. No element: 0. int32 gives int32, bool the number of those that are true; what does not fit 32
 * bits is a RangeError.
 */
export const sum: Reduction = reduction(
  'sum',
  (x, planned) => sumOp([x], planned),
  (x, planned) => integerSum(x, planned),
);

/** Mean over axes (default: all). No element: NaN. */
export const mean = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor =>
  div(sum(x, axes, options), plan('mean', x, axes, options).count);

const extremeOp = defineOp<readonly [Tensor], ReducePlan & { readonly sign: 1 | -1; readonly where: string }>(
  {
    name: 'extreme',
    forward: ([x], { axes, count, result, sign, where }) => {
      const data = allocate(sizeOf(result));
      if (count === 0 && data.length > 0)
        throw new ShapeError(
          `${where}: ${x} has no element along the reduced axes; there is no largest or smallest.`,
        );
      extremesOf(groupsOf(x, axes), data, sign);
      return { shape: result, data };
    },
    backward: (gradient, { inputs: [x], output, options: { axes, kept } }) => {
      const ties = cast(equal(x, reshape(output, kept)));
      const shares = div(ties, sum(ties, axes, { keepDims: true }));
      return [mul(shares, reshape(gradient, kept))];
    },
  },
);

/** Largest element over axes (default: all); equal ones share the gradient. NaN where there is one. */
export const max: Reduction = reduction(
  'max',
  (x, planned) => extremeOp([x], { ...planned, sign: 1, where: 'max' }),
  (x, planned) => integerExtreme('max', x, { ...planned, sign: 1 }),
);

/** Smallest element over axes (default: all); equal ones share the gradient. NaN where there is one. */
export const min: Reduction = reduction(
  'min',
  (x, planned) => extremeOp([x], { ...planned, sign: -1, where: 'min' }),
  (x, planned) => integerExtreme('min', x, { ...planned, sign: -1 }),
);

const weightRun = ({ a, b, out, aStart, bStart, outStart, aStep, bStep, length }: Run): void => {
  for (let i = 0; i < length; i++) {
    const value = a[aStart + i * aStep] as number; // inside the run
    out[outStart + i] = value === -Infinity ? 0 : Math.exp(value - (b[bStart + i * bStep] as number));
  }
};

const logSumExpOp = defineOp<readonly [Tensor], ReducePlan>({
  name: 'logSumExp',
  forward: ([x], { axes, result }) => {
    const data = allocate(sizeOf(result));
    logSumExpOf(groupsOf(x, axes), data);
    return { shape: result, data };
  },
  backward: (gradient, { inputs: [x], output, options: { kept } }) => [
    mul(combine(weightRun, x, reshape(output, kept)), reshape(gradient, kept)),
  ],
});

/** log Σ exp(x) over axes (default: all), without overflow. Where all are −∞: −∞, with gradient zero. */
export const logSumExp = (
  x: Tensor,
  axes?: number | readonly number[],
  options: ReduceOptions = {},
): Tensor => logSumExpOp([x], plan('logSumExp', x, typeof axes === 'number' ? [axes] : axes, options));

/** Σ (x − mean)² / (count − correction) over axes (default: all). correction 0 is the biased one, 1 Bessel's. Default 0. */
export const variance = (
  x: Tensor,
  axes?: readonly number[],
  options: ReduceOptions & { readonly correction?: number } = {},
): Tensor => {
  const { count } = plan('variance', x, axes, options);
  const centered = sub(x, mean(x, axes, { keepDims: true }));
  return div(sum(square(centered), axes, options), Math.max(0, count - (options.correction ?? 0)));
};

const rootOp = defineOp<readonly [Tensor]>({
  name: 'standardDeviation',
  forward: ([x]) => ({ shape: x.shape, data: sqrt(x).data }),
  backward: (gradient, { output }) => [where(equal(output, 0), 0, div(mul(gradient, 0.5), output))],
});

/** √variance, over axes (default: all); gradient 0 where all are equal. */
export const standardDeviation = (
  x: Tensor,
  axes?: readonly number[],
  options: ReduceOptions & { readonly correction?: number } = {},
): Tensor => rootOp([variance(x, axes, options)], undefined);
