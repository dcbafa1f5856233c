// Losses of numbers against numbers, both of one shape; their mean unless asked otherwise.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import type { Tensor } from '../tensor.ts';
import { abs, clamp, div, mul, square, sub } from './arithmetic.ts';
import { checkPair, type LossOptions, reduced } from './reduction.ts';

/** A loss of numbers against numbers. */
export type RegressionLoss = (x: Tensor, target: Tensor, options?: LossOptions) => Tensor;

/** (x − target)². PyTorch's MSELoss. */
export const meanSquaredError: RegressionLoss = (x, target, { reduction } = {}) => {
  checkPair('meanSquaredError', x, target);
  return reduced(square(sub(x, target)), reduction);
};

/** |x − target|. PyTorch's L1Loss. */
export const l1Loss: RegressionLoss = (x, target, { reduction } = {}) => {
  checkPair('l1Loss', x, target);
  return reduced(abs(sub(x, target)), reduction);
};

/** d² / 2 where |d| ≤ bound, else bound · (|d| − bound / 2). */
const huberOp = defineOp<readonly [Tensor], number>({
  name: 'huber',
  forward: ([difference], bound) => {
    const data = allocate(difference.size);
    const values = difference.data;
    for (let i = 0; i < data.length; i++) {
      const distance = Math.abs(values[i] as number); // one length
      data[i] = distance <= bound ? 0.5 * distance * distance : bound * (distance - 0.5 * bound);
    }
    return { shape: difference.shape, data };
  },
  backward: (gradient, { inputs: [difference], options: bound }) => [
    mul(gradient, clamp(difference, -bound, bound)),
  ],
});

/** Options of `huberLoss`. */
export interface HuberOptions extends LossOptions {
  /** Distance up to which the loss is a square; a positive number. Default 1. */
  readonly delta?: number;
}

/** With d = x − target: d² / 2 where |d| ≤ delta, else delta · (|d| − delta / 2). Huber 1964 (Annals of Mathematical Statistics 35). */
export const huberLoss = (x: Tensor, target: Tensor, { delta = 1, reduction }: HuberOptions = {}): Tensor => {
  checkPair('huberLoss', x, target);
  if (!(delta > 0)) throw new RangeError(`huberLoss: delta ${delta}; expected a positive number.`);
  return reduced(huberOp([sub(x, target)], delta), reduction);
};

/** Options of `smoothL1Loss`. */
export interface SmoothL1Options extends LossOptions {
  /** Distance up to which the loss is a square; 0 gives l1Loss. Default 1. */
  readonly beta?: number;
}

/** huberLoss / beta: slope 1 far from the target, whatever beta. Girshick 2015 (arXiv:1504.08083), equation 3, with beta 1. */
export const smoothL1Loss = (
  x: Tensor,
  target: Tensor,
  { beta = 1, reduction }: SmoothL1Options = {},
): Tensor => {
  checkPair('smoothL1Loss', x, target);
  if (!(beta >= 0)) throw new RangeError(`smoothL1Loss: beta ${beta}; expected a number from 0.`);
  if (beta === 0) return l1Loss(x, target, reduction === undefined ? {} : { reduction });
  return reduced(div(huberOp([sub(x, target)], beta), beta), reduction);
};
