// Online softmax: the state (max, sum, output) of a block of keys, and the associative merge of two such states.

import {
  add,
  allocate,
  detach,
  div,
  equal,
  exp,
  full,
  log,
  max,
  maximum,
  mul,
  sub,
  sum,
  Tensor,
  where,
} from '@heed/tensor';

/** What a block of keys contributes to rows of attention; leading axes agree, and max and sum end in an axis of 1. */
export interface SoftmaxState {
  /** [..., rows, 1]: largest score; −∞ where the block shows nothing to the row. */
  readonly max: Tensor;
  /** [..., rows, 1]: Σ exp(score − max). */
  readonly sum: Tensor;
  /** [..., rows, valueDepth]: Σ exp(score − max)·value, not yet divided. */
  readonly output: Tensor;
}

/** max, but 0 where it is −∞, so that score − max is never ∞ − ∞. */
const finiteMax = (x: Tensor): Tensor => {
  const data = allocate(x.size);
  const source = x.data;
  for (let i = 0; i < source.length; i++) data[i] = source[i] === -Infinity ? 0 : (source[i] as number); // i < length
  return new Tensor('float32', x.shape, data);
};

/** Largest score of each row, −∞ of no keys; a constant, since a finished state does not depend on it. */
const largest = (scores: Tensor): Tensor =>
  scores.shape.at(-1) === 0
    ? full([...scores.shape.slice(0, -1), 1], Number.NEGATIVE_INFINITY)
    : detach(max(scores, [-1], { keepDims: true }));

/**
 * State of one block: its scores [..., rows, keys], −∞ where hidden, and what multiplies weights of that shape with its values. Of no keys it is the
 * neutral state of the merge. `sum` and `output` are differentiable.
 *
 * @example
 * softmaxBlock(matmul(q, k, { transposeB: true }), (weights) => matmul(weights, v));
 */
export const softmaxBlock = (scores: Tensor, weigh: (weights: Tensor) => Tensor): SoftmaxState => {
  const top = largest(scores);
  const weights = exp(sub(scores, finiteMax(top)));
  return { max: top, sum: sum(weights, [-1], { keepDims: true }), output: weigh(weights) };
};

/**
 * State of the union of two disjoint blocks; associative and commutative up to rounding. Differentiable. Milakov and Gimelshein 2018
 * (arXiv:1805.02867), §3.1; Dao 2022 (arXiv:2205.14135), §3.1. A finished result is a state too: max its log-sum-exp, sum 1.
 */
export const mergeSoftmax = (a: SoftmaxState, b: SoftmaxState): SoftmaxState => {
  const top = maximum(a.max, b.max);
  const finite = finiteMax(top);
  const aScale = exp(sub(a.max, finite));
  const bScale = exp(sub(b.max, finite));
  return {
    max: top,
    sum: add(mul(a.sum, aScale), mul(b.sum, bScale)),
    output: add(mul(a.output, aScale), mul(b.output, bScale)),
  };
};

/** Natural log of Σ exp(score), [..., rows, 1]: max + log(sum), −∞ where nothing was seen. */
export const stateLogSumExp = ({ max: top, sum: total }: SoftmaxState): Tensor => add(top, log(total));

/** Output of a finished state: output / sum, zeros where nothing was seen. */
export const finishSoftmax = (state: SoftmaxState): Tensor => {
  const seen = where(equal(state.sum, 0), 1, state.sum);
  return div(state.output, seen);
};
