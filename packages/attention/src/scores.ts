// scores: scale · q·kᵀ + bias under a mask, all of them; and the factors of dropout for the same places.

import {
  add,
  allocate,
  currentBackend,
  maskedFill,
  matmul,
  mul,
  type Random,
  reshape,
  Tensor,
  tanh,
} from '@heed/tensor';
import { biasPart } from './biasParts.ts';
import { hidden } from './hidden.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';

/** q·kᵀ, [batch, heads, queries, keys]. The heads of a group are stacked as rows of their key head, so that keys are never copied. */
const products = (request: AttentionRequest): Tensor => {
  const { batch, heads, kvHeads, queries, keys, depth } = sizesOf(request);
  const stacked = reshape(request.query, [batch, kvHeads, (heads / kvHeads) * queries, depth]);
  return reshape(matmul(stacked, request.key, { transposeB: true }), [batch, heads, queries, keys]);
};

/** Scores [batch, heads, queries, keys]: scaled, bounded, biased, and −∞ where hidden. */
export const maskedScores = (request: AttentionRequest): Tensor => {
  const { softcap, bias, mask } = request;
  const sizes = sizesOf(request);
  let scores = mul(products(request), request.scale);
  if (softcap !== undefined) scores = mul(tanh(mul(scores, 1 / softcap)), softcap);
  if (bias !== undefined)
    scores = add(scores, biasPart(bias, { queries: [0, sizes.queries], keys: [0, sizes.keys] }, sizes));
  return mask === undefined ? scores : maskedFill(scores, hidden(mask, sizes), Number.NEGATIVE_INFINITY);
};

/** The factors of dropout [batch, heads, queries, keys], 0 or 1 / (1 − rate): the same numbers for the same places, whoever asks. */
export const dropoutFactors = (request: AttentionRequest, rate: number, source: Random): Tensor => {
  const { batch, heads, queries, keys } = sizesOf(request);
  const out = allocate(batch * heads * queries * keys);
  const [low, high] = source.state();
  currentBackend().dropout({ x: undefined, out, key: [low, high], position: 0, rate });
  return new Tensor('float32', [batch, heads, queries, keys], out);
};

/** weights [batch, heads, queries, keys] · values, heads of a group stacked as rows of their key head. */
export const weightedValues = (weights: Tensor, value: Tensor): Tensor => {
  const [batch, heads, rows, columns] = weights.shape as [number, number, number, number]; // rank 4 by the contract
  const kvHeads = value.shape[1] as number; // rank 4
  const stacked = reshape(weights, [batch, kvHeads, (heads / kvHeads) * rows, columns]);
  return reshape(matmul(stacked, value), [batch, heads, rows, value.shape[3] as number]); // rank 4
};
