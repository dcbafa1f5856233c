// The dense kernel: the formula, made of tensor ops; the definition that the other kernels are held against.
// It stores the [queries, keys] matrix.

import { logSumExp, mul, noGrad, softmax, type Tensor } from '@heed/tensor';
import type { AttentionKernel, AttentionRequest } from './kernel.ts';
import { dropoutFactors, maskedScores, weightedValues } from './scores.ts';

/** Attention as the formula says it. Its `weights` gives the matrix itself. */
export const dense: AttentionKernel & { weights(request: AttentionRequest): Tensor } = {
  name: 'dense',
  weights: (request) => softmax(maskedScores(request)),
  run(request) {
    const scores = maskedScores(request);
    const weights = softmax(scores);
    const { dropout } = request;
    const kept =
      dropout === undefined ? weights : mul(weights, dropoutFactors(request, dropout.rate, dropout.source));
    return { output: weightedValues(kept, request.value), logSumExp: noGrad(() => logSumExp(scores, -1)) };
  },
};
