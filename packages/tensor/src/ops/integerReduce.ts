// Reductions of int32 and bool tensors to int32. No gradient.

import { ShapeError, sizeOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import type { Elements } from './broadcast.ts';
import { permutedData } from './move.ts';
import type { ReducePlan } from './reducePlan.ts';

/** What is reduced to int32. */
export type IntegerTensor = Tensor<'int32' | 'bool'>;

/** Whether a tensor is of integers or booleans. */
export const isInteger = (x: AnyTensor): x is IntegerTensor => x.dtype !== 'float32';

/** One number from each group, into `out`: from the elements `start` to `end` of `values`. */
export const reduceGroups = <Out extends Int32Array | Uint8Array>(
  x: IntegerTensor,
  { axes, count }: ReducePlan,
  to: { readonly out: Out; readonly one: (values: Elements, start: number, end: number) => number },
): Out => {
  const { out, one } = to;
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const values = permutedData(x.dtype, x.data, [x.shape, [...kept, ...axes]]);
  for (let group = 0; group < out.length; group++)
    out[group] = one(values, group * count, (group + 1) * count);
  return out;
};

const reduced = (
  x: IntegerTensor,
  plan: ReducePlan,
  one: (values: Elements, start: number, end: number) => number,
): Tensor<'int32'> =>
  new Tensor('int32', plan.result, reduceGroups(x, plan, { out: new Int32Array(sizeOf(plan.result)), one }));

/** Sum of each group; of booleans the number of those that are true. A sum beyond 32 bits is a RangeError. */
export const integerSum = (x: IntegerTensor, plan: ReducePlan): Tensor<'int32'> =>
  reduced(x, plan, (values, start, end) => {
    let total = 0; // exact: at most 2³¹ terms below 2³²
    for (let i = start; i < end; i++) total += values[i] as number; // inside the group
    if (total !== (total | 0))
      throw new RangeError(
        `sum: the sum ${total} of integers of ${x} does not fit 32 bits. Use cast to sum as float32.`,
      );
    return total;
  });

/** Largest (sign 1) or smallest (sign −1) of each group. */
export const integerExtreme = (
  where: string,
  x: IntegerTensor,
  plan: ReducePlan & { readonly sign: 1 | -1 },
): Tensor<'int32'> => {
  if (plan.count === 0 && sizeOf(plan.result) > 0)
    throw new ShapeError(
      `${where}: ${x} has no element along the reduced axes; there is no largest or smallest.`,
    );
  return reduced(x, plan, (values, start, end) => {
    let best = values[start] as number; // inside the group, here and below
    for (let i = start + 1; i < end; i++) {
      const value = values[i] as number;
      if (plan.sign * value > plan.sign * best) best = value;
    }
    return best;
  });
};
