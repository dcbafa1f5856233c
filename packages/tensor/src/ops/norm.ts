// Norms of vectors, and the cosine of the angle between two.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { abs, combine, div, maximum, mul } from './arithmetic.ts';
import { slow } from './arithmeticRuns.ts';
import { reshape } from './arrange.ts';
import { groupsOf } from './groups.ts';
import { max, sum } from './reduce.ts';
import { plan, type ReduceOptions, type ReducePlan } from './reducePlan.ts';

/** Options of `norm`. */
export interface NormOrder extends ReduceOptions {
  /** p of the p-norm: a positive number, or Infinity for the largest |x|. Default 2. */
  readonly order?: number;
}

const normOp = defineOp<readonly [Tensor], ReducePlan & { readonly order: number }>({
  name: 'norm',
  forward: ([x], { axes, result, order }) => {
    const { data, outer, count, inner } = groupsOf(x, axes);
    const out = allocate(sizeOf(result));
    for (let block = 0; block < outer; block++)
      for (let j = 0; j < inner; j++) {
        const start = block * count * inner + j;
        const end = start + count * inner;
        let total = 0; // float64: squares of large float32 numbers overflow float32
        if (order === 2)
          for (let at = start; at < end; at += inner) total += (data[at] as number) ** 2; // inside the groups, here and below
        else for (let at = start; at < end; at += inner) total += Math.abs(data[at] as number) ** order;
        out[block * inner + j] = order === 2 ? Math.sqrt(total) : total ** (1 / order);
      }
    return { shape: result, data: out };
  },
  // d‖x‖/dx = sign(x)·(|x| / ‖x‖)^(p − 1); 0 at 0.
  backward: (gradient, { inputs: [x], output, options: { kept, order } }) => {
    const whole = reshape(output, kept);
    const slope =
      order === 2
        ? combine(
            slow((value, norm) => (norm === 0 ? 0 : value / norm)),
            x,
            whole,
          )
        : combine(
            slow((value, norm) =>
              value === 0 ? 0 : Math.sign(value) * (Math.abs(value) / norm) ** (order - 1),
            ),
            x,
            whole,
          );
    return [mul(slope, reshape(gradient, kept))];
  },
});

/**
 * (Σ |x|ᵖ)^(1/p) over axes (default: all). Of no element 0; the gradient at a vector of zeros is 0. PyTorch's vector_norm.
 *
 * @example
 * norm(tensor([3, 4])).item(); //=> 5
 */
export const norm = (
  x: Tensor,
  axes?: readonly number[],
  { order = 2, ...options }: NormOrder = {},
): Tensor => {
  if (!(order > 0)) throw new RangeError(`norm: order ${order}; expected a positive number, or Infinity.`);
  if (order === Infinity) return max(abs(x), axes, options);
  return normOp([x], { ...plan('norm', x, axes, options), order });
};

/** Options of `cosineSimilarity`. */
export interface CosineOptions {
  /** The axis that holds the vectors. Default: the last. */
  readonly axis?: number;
  /** The least length that a vector is divided by. Default 1e-8. */
  readonly epsilon?: number;
}

/** a·b / (‖a‖ ‖b‖) of the vectors along an axis, all other axes broadcast. A vector of zeros has similarity 0 to all. */
export const cosineSimilarity = (
  a: Tensor,
  b: Tensor,
  { axis = -1, epsilon = 1e-8 }: CosineOptions = {},
): Tensor => {
  const unit = (x: Tensor): Tensor => div(x, maximum(norm(x, [axis], { keepDims: true }), epsilon));
  return sum(mul(unit(a), unit(b)), [axis]);
};
