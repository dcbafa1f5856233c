// The dense kernel: the formula, made of tensor ops; the definition that the other kernels are held against.
// It stores the [queries, keys] matrix.

import { add, concat, logSumExp, mul, reshape, slice, softmax, type Tensor, zeros } from '@heed/tensor';
import { type AttentionKernel, type AttentionRequest, sizesOf } from './kernel.ts';
import { dropoutFactors, maskedScores, weightedValues } from './scores.ts';

/** Scores [batch, heads, queries, keys], and the sinks as one more column where there are some. */
const allScores = (request: AttentionRequest): Tensor => {
  const scores = maskedScores(request);
  const { sinks } = request;
  if (sinks === undefined) return scores;
  const { batch, heads, queries } = sizesOf(request);
  const column = add(zeros([batch, heads, queries, 1]), reshape(sinks, [heads, 1, 1]));
  return concat([scores, column], -1);
};

/** The columns of the keys. */
const ofKeys = (weights: Tensor, { key, sinks }: AttentionRequest): Tensor =>
  sinks === undefined ? weights : slice(weights, 3, 0, key.shape[2] as number); // rank 4

/** Attention as the formula says it. Its `weights` gives the matrix itself. */
export const dense: AttentionKernel & { weights(request: AttentionRequest): Tensor } = {
  name: 'dense',
  weights: (request) => ofKeys(softmax(allScores(request)), request),
  run(request) {
    const scores = allScores(request);
    const weights = ofKeys(softmax(scores), request);
    const { dropout } = request;
    const kept =
      dropout === undefined ? weights : mul(weights, dropoutFactors(request, dropout.rate, dropout.source));
    return { output: weightedValues(kept, request.value), logSumExp: logSumExp(scores, [-1]) };
  },
};
