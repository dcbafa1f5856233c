// Gradients of the tiled kernel: the weights of a block of query rows are computed again from q and k, never stored. The block has all
// its keys at hand, so they are normalized anew: exp(score − logSumExp) would carry the rounding of a float32 log-sum-exp (1e-3 at 1e4).

import {
  concat,
  matmul,
  mul,
  reshape,
  type Shape,
  slice,
  softmax,
  sub,
  sum,
  Tensor,
  tanh,
} from '@heed/tensor';
import { biasGradient } from './biasParts.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import { dropoutFactors, type Part, scaledScores } from './scores.ts';
import { tileScores } from './tileScores.ts';
import { tileSize, visits } from './visits.ts';

/** What the forward pass left, and the gradient that arrives. */
export interface FlashSaved {
  readonly output: Tensor;
  readonly gradient: Tensor;
}

/** Derivative of softcap · tanh(s / softcap): 1 − tanh². */
const throughSoftcap = (request: AttentionRequest, part: Part, gradient: Tensor): Tensor => {
  const { softcap } = request;
  if (softcap === undefined) return gradient;
  const bounded = tanh(mul(scaledScores(request, part), 1 / softcap));
  return mul(gradient, sub(1, mul(bounded, bounded)));
};

/** Adds a part [batch, heads, rows, width] to rows from `start` on of sums of the shape given. */
const addRows = (sums: Float32Array, shape: Shape, part: Tensor, start: number): void => {
  const [groups, length, width] = [
    (shape[0] as number) * (shape[1] as number),
    shape[2] as number,
    shape[3] as number,
  ]; // rank 4
  const size = part.size / Math.max(1, groups);
  for (let group = 0; group < groups; group++) {
    const to = (group * length + start) * width;
    for (let i = 0; i < size; i++)
      sums[to + i] = (sums[to + i] as number) + (part.data[group * size + i] as number); // inside by the shapes
  }
};

/** The weights of a block of rows, one tensor a visit: their softmax runs over all keys visited. */
const weightsOf = (
  request: AttentionRequest,
  queries: readonly [number, number],
): readonly { readonly part: Part; readonly weights: Tensor }[] => {
  const visited = visits(request, queries);
  const scores = visited.map(({ keys, masked }) => tileScores(request, { queries, keys }, masked));
  if (scores.length === 0) return [];
  const weights = softmax(scores.length === 1 ? (scores[0] as Tensor) : concat(scores, 3)); // one
  let at = 0;
  return visited.map(({ keys }) => {
    const start = at;
    at += keys[1] - keys[0];
    return { part: { queries, keys }, weights: scores.length === 1 ? weights : slice(weights, 3, start, at) };
  });
};

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
  const sizes = sizesOf(request);
  const { batch, heads, kvHeads, queries, depth, valueDepth } = sizes;
  const { query, key, value, dropout, bias } = request;
  const group = heads / kvHeads;
  const deltas = sum(mul(saved.gradient, saved.output), [-1], { keepDims: true });
  const biases = biasWanted && bias !== undefined ? biasGradient(bias, sizes) : undefined;
  const [querySums, keySums, valueSums] = [query, key, value].map(({ size }) => new Float32Array(size)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ]; // three
  for (let start = 0; start < queries; start += tileSize) {
    const end = Math.min(queries, start + tileSize);
    const rows = (x: Tensor) => slice(x, 2, start, end);
    const stack = (x: Tensor, width: number) => reshape(x, [batch, kvHeads, group * (end - start), width]);
    const unstack = (x: Tensor, width: number) => reshape(x, [batch, heads, end - start, width]);
    const [upstream, ownQuery] = [stack(rows(saved.gradient), valueDepth), stack(rows(query), depth)];
    const delta = rows(deltas);
    for (const { part, weights } of weightsOf(request, [start, end])) {
      const [first, last] = part.keys;
      const width = last - first;
      const ownKeys = (x: Tensor) => slice(x, 2, first, last);
      const factors =
        dropout === undefined ? undefined : dropoutFactors(request, dropout.rate, dropout.source, part);
      const kept = factors === undefined ? weights : mul(weights, factors);
      addRows(valueSums, value.shape, matmul(stack(kept, width), upstream, { transposeA: true }), first);
      const weightGradient = unstack(matmul(upstream, ownKeys(value), { transposeB: true }), width);
      const dropped = factors === undefined ? weightGradient : mul(weightGradient, factors);
      const scoreGradient = mul(weights, sub(dropped, delta));
      biases?.add(scoreGradient, part);
      const scaled = stack(mul(throughSoftcap(request, part, scoreGradient), request.scale), width);
      addRows(querySums, query.shape, unstack(matmul(scaled, ownKeys(key)), depth), start);
      addRows(keySums, key.shape, matmul(scaled, ownQuery, { transposeA: true }), first);
    }
  }
  return [
    new Tensor('float32', query.shape, querySums),
    new Tensor('float32', key.shape, keySums),
    new Tensor('float32', value.shape, valueSums),
    ...(bias === undefined ? [] : [biases?.finish()]),
  ];
};
