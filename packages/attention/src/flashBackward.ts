// Gradients of attention without sinks, for kernels that have a forward pass only: weights are computed again from q and k, never stored, and
// normalized anew: exp(score − logSumExp) would carry the rounding of a float32 log-sum-exp (1e-3 at 1e4).

import type { Tensor } from '@heed/tensor';
import { type FlashSaved, headAttentionGradient } from './headAttentionGradient.ts';
import type { AttentionRequest } from './kernel.ts';
import { seenRows } from './seenRows.ts';

/**
 * dQ, dK, dV and, if wanted, the bias's gradient. Dao 2022 (arXiv:2205.14135), algorithm 4, with
 * D = rowsum(dO ∘ O) and P = softmax(S): dV = Pᵀ dO, dS = P ∘ (dO Vᵀ − D), dQ = scale · dS K, dK = scale · dSᵀ Q.
 * Tiles that the mask leaves empty are not visited.
 */
export const flashBackward = (
  request: AttentionRequest,
  saved: FlashSaved,
  biasWanted: boolean,
): readonly (Tensor | undefined)[] => {
  const [query, key, value, bias] = headAttentionGradient(request, saved, {
    ...{ parts: seenRows(request), biasWanted },
  });
  return request.bias === undefined ? [query, key, value] : [query, key, value, bias];
};
