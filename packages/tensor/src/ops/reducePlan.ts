// Which axes a reduction takes, and the shapes before and after.

import { axisOf, type Shape, ShapeError, sizeOf } from '../shape.ts';
import type { AnyTensor } from '../tensor.ts';

/** Options of every reduction. */
export interface ReduceOptions {
  /** Keep reduced axes with extent 1. Default false. */
  readonly keepDims?: boolean;
}

/** What is reduced: axes, and the shapes with them at extent 1 and with them gone (or kept, if asked). */
export interface ReducePlan {
  /** The reduced axes, rising. */
  readonly axes: readonly number[];
  /** The shape with reduced axes of extent 1. */
  readonly kept: Shape;
  readonly result: Shape;
  readonly count: number;
}

/** Checks the axes of a reduction. */
export const plan = (
  where: string,
  x: AnyTensor,
  axes: readonly number[] | undefined,
  { keepDims = false }: ReduceOptions,
): ReducePlan => {
  const chosen = new Set((axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf(where, axis, x.rank)));
  if (axes !== undefined && chosen.size < axes.length)
    throw new ShapeError(`${where}: axes [${axes.join(', ')}] of ${x} name one axis twice.`);
  const kept = x.shape.map((extent, axis) => (chosen.has(axis) ? 1 : extent));
  const result = keepDims ? kept : x.shape.filter((_, axis) => !chosen.has(axis));
  return {
    axes: [...chosen].sort((a, b) => a - b),
    kept,
    result,
    count: sizeOf(x.shape.filter((_, axis) => chosen.has(axis))),
  };
};
