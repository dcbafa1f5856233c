// Gradients of the tiled kernel: the weights of a block of query rows are computed again from q and k, never stored. The block has all
// its keys at hand, so they are normalized anew: exp(score − logSumExp) would carry the rounding of a float32 log-sum-exp (1e-3 at 1e4).

import { add, concat, matmul, mul, reshape, slice, softmax, sub, sum, type Tensor, tanh } from '@heed/tensor';
import { biasGradient } from './bias.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import { dropoutFactors, maskedScores, type Part, scaledScores } from './scores.ts';

/** What the forward pass left, and the gradient that arrives. */
export interface FlashSaved {
  readonly output: Tensor;
  readonly gradient: Tensor;
}

/** Query rows computed at once: memory is rows × keys, and products of this height run at full speed. */
const rowsAtOnce = 64;

/** Derivative of softcap · tanh(s / softcap): 1 − tanh². */
const throughSoftcap = (request: AttentionRequest, part: Part, gradient: Tensor): Tensor => {
  const { softcap } = request;
  if (softcap === undefined) return gradient;
  const bounded = tanh(mul(scaledScores(request, part), 1 / softcap));
  return mul(gradient, sub(1, mul(bounded, bounded)));
};

/**
 * dQ, dK, dV and, if wanted, the bias's gradient. Dao 2022 (arXiv:2205.14135), algorithm 4, with
 * D = rowsum(dO ∘ O) and P = softmax(S): dV = Pᵀ dO, dS = P ∘ (dO Vᵀ − D), dQ = scale · dS K, dK = scale · dSᵀ Q.
 */
export const flashBackward = (
  request: AttentionRequest,
  saved: FlashSaved,
  biasWanted: boolean,
): readonly (Tensor | undefined)[] => {
  const sizes = sizesOf(request);
  const { batch, heads, kvHeads, queries, keys, depth, valueDepth } = sizes;
  const { query, key, value, dropout, bias } = request;
  const group = heads / kvHeads;
  const deltas = sum(mul(saved.gradient, saved.output), [-1], { keepDims: true });
  const queryParts: Tensor[] = [];
  let keyGradient: Tensor | undefined;
  let valueGradient: Tensor | undefined;
  const biases = biasWanted && bias !== undefined ? biasGradient(bias, sizes) : undefined;
  for (let start = 0; start < queries; start += rowsAtOnce) {
    const end = Math.min(queries, start + rowsAtOnce);
    const part: Part = { queries: [start, end], keys: [0, keys] };
    const rows = (x: Tensor) => slice(x, 2, start, end);
    const stack = (x: Tensor, width: number) => reshape(x, [batch, kvHeads, group * (end - start), width]);
    const unstack = (x: Tensor, width: number) => reshape(x, [batch, heads, end - start, width]);
    const upstream = stack(rows(saved.gradient), valueDepth);
    const weights = softmax(maskedScores(request, part));
    const factors =
      dropout === undefined ? undefined : dropoutFactors(request, dropout.rate, dropout.source, part);
    const kept = factors === undefined ? weights : mul(weights, factors);
    const valuePart = matmul(stack(kept, keys), upstream, { transposeA: true });
    const weightGradient = unstack(matmul(upstream, value, { transposeB: true }), keys);
    const dropped = factors === undefined ? weightGradient : mul(weightGradient, factors);
    const scoreGradient = mul(weights, sub(dropped, rows(deltas)));
    biases?.add(scoreGradient, part);
    const scaled = stack(mul(throughSoftcap(request, part, scoreGradient), request.scale), keys);
    queryParts.push(unstack(matmul(scaled, key), depth));
    const keyPart = matmul(scaled, stack(rows(query), depth), { transposeA: true });
    keyGradient = keyGradient === undefined ? keyPart : add(keyGradient, keyPart);
    valueGradient = valueGradient === undefined ? valuePart : add(valueGradient, valuePart);
  }
  return [
    queryParts.length === 0 ? undefined : concat(queryParts, 2),
    keyGradient,
    valueGradient,
    ...(bias === undefined ? [] : [biases?.finish()]),
  ];
};
