// Sums of all elements up to each place of an axis.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { axisOf, stridesOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

interface Options {
  readonly axis: number;
  /** Sums from each place to the end instead: the derivative of sums up to it. */
  readonly reverse: boolean;
}

const cumsumOp = defineOp<readonly [Tensor], Options>({
  name: 'cumsum',
  forward: ([x], { axis, reverse }) => {
    const inner = stridesOf(x.shape)[axis] as number; // axis < rank, here and below
    const extent = x.shape[axis] as number;
    const block = extent * inner;
    const data = allocate(x.size);
    const step = reverse ? -inner : inner;
    for (let start = 0; start < x.size; start += block)
      for (let j = 0; j < inner; j++) {
        let at = start + j + (reverse ? block - inner : 0);
        let total = 0; // float64: a float32 running sum drifts
        for (let i = 0; i < extent; i++, at += step) {
          total += x.data[at] as number; // inside the axis
          data[at] = total;
        }
      }
    return { shape: x.shape, data };
  },
  backward: (gradient, { options: { axis, reverse } }) => [running(gradient, { axis, reverse: !reverse })],
});

const running = (x: Tensor, options: Options): Tensor => cumsumOp([x], options);

/**
 * Running sums along an axis, summed in float64.
 *
 * @example
 * cumsum(tensor([1, 2, 3]), 0).toArray(); //=> [1, 3, 6]
 */
export const cumsum = (x: Tensor, axis: number): Tensor =>
  running(x, { axis: axisOf('cumsum', axis, x.rank), reverse: false });
