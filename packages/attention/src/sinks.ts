// Sinks: a learned logit per head that joins the denominator of the softmax and has no value, so that a head may look at nothing.
// Any kernel can add them to what it computed without them: weights with sinks are `shares` × those without.

import { allocate, mul, sub, sum, Tensor } from '@heed/tensor';

/** An output with its log-sum-exp, both with sinks in. */
export interface SinkResult {
  readonly output: Tensor;
  readonly logSumExp: Tensor;
  /** [batch, heads, queries, 1]: the part of the softmax that keys have, 1 / (1 + exp(sink − logSumExp without sinks)). */
  readonly shares: Tensor;
}

/**
 * Adds sinks [heads] to a result computed without them: output [batch, heads, queries, valueDepth] and logSumExp [batch, heads, queries].
 * A row that sees no key stays zero, its log-sum-exp is the sink. Without gradient. Xiao 2023 (arXiv:2309.17453), equation 2, with a learned logit.
 */
export const addSinks = (
  result: { readonly output: Tensor; readonly logSumExp: Tensor },
  sinks: Tensor,
): SinkResult => {
  const { output, logSumExp } = result;
  const [batch, heads, queries, valueDepth] = output.shape as [number, number, number, number]; // rank 4 by the contract
  const shares = allocate(logSumExp.size);
  const sums = allocate(logSumExp.size);
  const out = allocate(output.size);
  for (let row = 0; row < batch * heads * queries; row++) {
    const sink = sinks.data[Math.floor(row / queries) % heads] as number; // one a head
    const own = logSumExp.data[row] as number; // row < size
    const most = Math.max(own, sink);
    const total = most === -Infinity ? most : most + Math.log(Math.exp(own - most) + Math.exp(sink - most));
    const share = own === -Infinity ? 0 : Math.exp(own - total);
    sums[row] = total;
    shares[row] = share;
    for (let c = row * valueDepth; c < (row + 1) * valueDepth; c++)
      out[c] = share * (output.data[c] as number); // inside by the shape
  }
  return {
    output: new Tensor('float32', output.shape, out),
    logSumExp: new Tensor('float32', logSumExp.shape, sums),
    shares: new Tensor('float32', [batch, heads, queries, 1], shares),
  };
};

/** Gradient of the sinks: −Σ (1 − share) · gradient·output over batches and queries, since a sink takes from all values alike. */
export const sinkGradient = (shares: Tensor, output: Tensor, gradient: Tensor): Tensor => {
  const deltas = sum(mul(gradient, output), [-1], { keepDims: true });
  return sum(mul(sub(shares, 1), deltas), [0, 2, 3]);
};
