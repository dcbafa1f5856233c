// What losses share: how the losses of single elements become one number, and how shapes are checked.

import { ShapeError, sameShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { div } from './arithmetic.ts';
import { sum } from './reduce.ts';

/** Options of every loss. */
export interface LossOptions {
  /** 'mean' over what counts, 'sum', or 'none': one number for each. Default 'mean'. */
  readonly reduction?: 'mean' | 'sum' | 'none';
}

/** The losses of all elements, reduced as asked; the mean divides by `counted`, by default their number. */
export const reduced = (
  losses: Tensor,
  reduction: 'mean' | 'sum' | 'none' = 'mean',
  counted: number = losses.size,
): Tensor => {
  if (reduction === 'none') return losses;
  return reduction === 'sum' ? sum(losses) : div(sum(losses), counted);
};

/** Refuses a pair of different shapes. */
export const checkPair = (where: string, x: Tensor, target: Tensor): void => {
  if (!sameShape(x.shape, target.shape))
    throw new ShapeError(`${where}: ${x} with target ${target}; shapes must be equal.`);
};
