// The product of elements over axes. Its derivative is a product too: of all others, right also where some are 0.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { permute, reshape } from './arrange.ts';
import { plan, type ReduceOptions } from './reducePlan.ts';

/** [groups, count] → [groups]. */
const rowProducts = defineOp<readonly [Tensor]>({
  name: 'prod',
  forward: ([x]) => {
    const [groups, count] = x.shape as [number, number]; // made by prod, here and below
    const data = allocate(groups);
    for (let group = 0; group < groups; group++) {
      let product = 1;
      for (let i = group * count; i < (group + 1) * count; i++) product *= x.data[i] as number;
      data[group] = product;
    }
    return { shape: [groups], data };
  },
  // The product of all others is that of those before times that of those behind.
  backward: (gradient, { inputs: [x] }) => {
    const [groups, count] = x.shape as [number, number];
    const data = allocate(x.size);
    for (let group = 0; group < groups; group++) {
      const [start, end] = [group * count, (group + 1) * count];
      let before = gradient.data[group] as number;
      for (let i = start; i < end; i++) {
        data[i] = before;
        before *= x.data[i] as number;
      }
      let behind = 1;
      for (let i = end - 1; i >= start; i--) {
        data[i] = (data[i] as number) * behind;
        behind *= x.data[i] as number;
      }
    }
    return [new Tensor('float32', x.shape, data)];
  },
});

/** Product over axes (default: all), in float64. No element: 1. */
export const prod = (x: Tensor, axes?: readonly number[], options: ReduceOptions = {}): Tensor => {
  const { axes: chosen, result, count } = plan('prod', x, axes, options);
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !chosen.includes(axis));
  const rows = reshape(permute(x, [...kept, ...chosen]), [sizeOf(result), count]);
  return reshape(rowProducts([rows], undefined), result);
};
