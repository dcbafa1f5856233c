// attentionWeights: the matrix of weights for those who must see it, whole or of chosen heads and queries, computed from queries and keys
// anew: kernels never store it.

import { add, concat, exp, gather, integers, noGrad, sub, Tensor } from '@heed/tensor';
import { type AttentionOptions, attentionRequest } from './attention.ts';
import { type Bias, type BiasSizes, biasTensor } from './bias.ts';
import { biasPart } from './biasParts.ts';
import { dense } from './dense.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import type { Mask } from './mask.ts';
import { wantsGradient } from './recordedKeys.ts';
import { maskedScores } from './scores.ts';
import { allows } from './tiles.ts';

/** Options of `attentionWeights`. */
export interface AttentionWeightsOptions extends Omit<AttentionOptions, 'kernel' | 'dropout'> {
  /** Which heads, in this order. Default: all. */
  readonly heads?: readonly number[];
  /** Which queries, in this order. Default: all. */
  readonly queries?: readonly number[];
  /** Of the whole call [batch, heads, queries], from `attentionWithLogSumExp`: saves the sum of the row. Not used where a gradient may be asked for. */
  readonly logSumExp?: Tensor;
}

/** Rows of an axis by index; all where none are asked for. */
const pick = (x: Tensor, axis: number, indices: readonly number[] | undefined): Tensor =>
  indices === undefined ? x : gather(x, integers(indices), axis);

const checkIndices = (what: string, indices: readonly number[] | undefined, count: number): void => {
  for (const index of indices ?? [])
    if (!Number.isInteger(index) || index < 0 || index >= count)
      throw new RangeError(
        `attentionWeights: ${what} ${index} of ${count}; expected whole numbers from 0 to ${count - 1}.`,
      );
};

interface Chosen {
  readonly heads: readonly number[] | undefined;
  readonly queries: readonly number[] | undefined;
}

/** −∞ where a mask hides something from chosen rows, else 0, [batch, heads, queries, keys]: read number by number, for few rows. */
const chosenMask = (mask: Mask, sizes: BiasSizes, chosen: Chosen): Tensor => {
  const { batch, keys } = sizes;
  const [heads, queries] = [chosen.heads?.length ?? sizes.heads, chosen.queries?.length ?? sizes.queries];
  const data = new Float32Array(batch * heads * queries * keys);
  let index = 0;
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < queries; i++)
        for (let key = 0; key < keys; key++, index++) {
          const place = { batch: b, head: chosen.heads?.[h] ?? h, query: chosen.queries?.[i] ?? i, key };
          if (!allows(mask, place, sizes)) data[index] = -Infinity;
        }
  return new Tensor('float32', [batch, heads, queries, keys], data);
};

/** Rows of an axis by index, unless there is but one for all. */
const pickOwn = (x: Tensor, axisFromEnd: number, indices: readonly number[] | undefined): Tensor => {
  const axis = x.rank - axisFromEnd;
  return axis < 0 || x.shape[axis] === 1 ? x : pick(x, axis, indices);
};

/** The bias of chosen rows, broadcastable to [batch, heads, queries, keys]. Differentiable. */
const chosenBias = (bias: Bias, sizes: BiasSizes, { heads, queries }: Chosen): Tensor => {
  if (bias instanceof Tensor) return pickOwn(pickOwn(bias, 3, heads), 2, queries);
  const rows = (from: number, to: number) =>
    biasPart(bias, { queries: [from, to], keys: [0, sizes.keys] }, sizes);
  const own =
    queries === undefined
      ? rows(0, sizes.queries)
      : concat(
          queries.map((query) => rows(query, query + 1)),
          2,
        );
  return pickOwn(own, 3, heads);
};

/** Both as one bias. */
const chosenTerms = (request: AttentionRequest, chosen: Chosen): Tensor | undefined => {
  const sizes = sizesOf(request);
  const mask = request.mask && chosenMask(request.mask, sizes, chosen);
  const bias = request.bias && chosenBias(request.bias, sizes, chosen);
  return mask === undefined || bias === undefined ? (mask ?? bias) : add(mask, bias);
};

/** The request of chosen heads and queries alone, its mask inside its bias; keys are not repeated unless heads are chosen. */
const chosenRequest = (request: AttentionRequest, chosen: Chosen): AttentionRequest => {
  const { heads, kvHeads } = sizesOf(request);
  const keyHeads = chosen.heads?.map((head) => Math.floor(head / (heads / kvHeads)));
  return {
    ...request,
    query: pick(pick(request.query, 1, chosen.heads), 2, chosen.queries),
    key: pick(request.key, 1, keyHeads),
    value: pick(request.value, 1, keyHeads),
    mask: undefined,
    bias: chosenTerms(request, chosen),
    sinks: request.sinks && pick(request.sinks, 0, chosen.heads),
  };
};

/** exp(score − logSumExp); where nothing is seen the latter is −∞, and any finite number in its place leaves 0. */
const weightsFrom = (request: AttentionRequest, logSumExp: Tensor): Tensor => {
  const { batch, heads, queries } = sizesOf(request);
  const finite = logSumExp.data.map((l) => (l === -Infinity ? 0 : l));
  return exp(sub(maskedScores(request), new Tensor('float32', [batch, heads, queries, 1], finite)));
};

const inputsOf = ({ query, key, bias, sinks }: AttentionRequest): readonly (Tensor | undefined)[] => [
  ...[query, key, bias && biasTensor(bias), sinks],
];

/**
 * The weights softmax(score + bias, under mask): [batch, heads, queries, keys], each row summing to 1 (with sinks: to less; 0 where nothing is seen).
 * Of chosen heads and queries it costs what they cost: one query over n keys n products, whatever the others are (but for additive scores). Whatever kernel
 * computed the attention. Without dropout. Differentiable.
 *
 * @example
 * attentionWeights(q, k, { mask: causal(), heads: [3], queries: [16_383] }); // [batch, 1, 1, keys]
 */
export const attentionWeights = (
  query: Tensor,
  key: Tensor,
  options: AttentionWeightsOptions = {},
): Tensor => {
  const { logSumExp, heads, queries, ...rest } = options;
  const request = attentionRequest(query, key, key, rest);
  const sizes = sizesOf(request);
  checkIndices('head', heads, sizes.heads);
  checkIndices('query', queries, sizes.queries);
  const chosen = { heads, queries };
  const part = heads === undefined && queries === undefined ? request : chosenRequest(request, chosen);
  // A log-sum-exp without its record would leave its part out of the gradient.
  if (logSumExp === undefined || wantsGradient(...inputsOf(request))) return dense.weights(part);
  return noGrad(() => weightsFrom(part, pick(pick(logSumExp, 1, heads), 2, queries)));
};
