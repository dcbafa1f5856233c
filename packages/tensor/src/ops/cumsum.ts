// Sums of all elements up to each place of an axis.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { axisOf, stridesOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';

interface Options {
  readonly axis: number;
  /** Sums from each place to the end instead: the derivative of sums up to it. */
  readonly reverse: boolean;
}

/** out = the running sums of x. */
const sumUp = (x: AnyTensor, out: Float32Array | Int32Array, { axis, reverse }: Options): void => {
  const inner = stridesOf(x.shape)[axis] as number; // axis < rank, here and below
  const extent = x.shape[axis] as number;
  const block = extent * inner;
  const step = reverse ? -inner : inner;
  for (let start = 0; start < x.size; start += block)
    for (let j = 0; j < inner; j++) {
      let at = start + j + (reverse ? block - inner : 0);
      let total = 0; // float64: a float32 running sum drifts
      for (let i = 0; i < extent; i++, at += step) {
        total += x.data[at] as number; // inside the axis
        out[at] = total;
      }
    }
};

const cumsumOp = defineOp<readonly [Tensor], Options>({
  name: 'cumsum',
  forward: ([x], options) => {
    const data = allocate(x.size);
    sumUp(x, data, options);
    return { shape: x.shape, data };
  },
  backward: (gradient, { options: { axis, reverse } }) => [running(gradient, { axis, reverse: !reverse })],
});

const running = (x: Tensor, options: Options): Tensor => cumsumOp([x], options);

/** Running sums along an axis that leave integers integers. */
export interface RunningSum {
  (x: Tensor, axis: number): Tensor;
  (x: Tensor<'int32'>, axis: number): Tensor<'int32'>;
}

/**
 * Running sums along an axis, summed in float64; of int32 in 32 bits, wrapping around.
 *
 * @example
 * cumsum(tensor([1, 2, 3]), 0).toArray(); //=> [1, 3, 6]
 */
export const cumsum: RunningSum = ((x: AnyTensor, axis: number): AnyTensor => {
  const options = { axis: axisOf('cumsum', axis, x.rank), reverse: false };
  if (x.dtype === 'float32') return running(x as Tensor, options);
  const data = new Int32Array(x.size);
  sumUp(x, data, options);
  return new Tensor('int32', x.shape, data);
}) as RunningSum;
