// attentionWeights: the matrix of weights for those who must see it, whole or of chosen heads and queries, computed from queries and keys
// anew: kernels never store it.

import { exp, gather, integers, noGrad, sub, Tensor } from '@heed/tensor';
import { type AttentionOptions, attentionRequest } from './attention.ts';
import { biasAt } from './biasParts.ts';
import { dense } from './dense.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import { maskedScores } from './scores.ts';
import { allows } from './tiles.ts';

/** Options of `attentionWeights`. */
export interface AttentionWeightsOptions extends Omit<AttentionOptions, 'kernel' | 'dropout'> {
  /** Which heads, in this order. Default: all. */
  readonly heads?: readonly number[];
  /** Which queries, in this order. Default: all. */
  readonly queries?: readonly number[];
  /** Of the whole call [batch, heads, queries], from `attentionWithLogSumExp`: saves the sum of the row. Without gradient then. */
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

/** Bias of chosen rows, −∞ where hidden, [batch, heads, queries, keys]: read number by number, for few rows. */
const chosenBias = (request: AttentionRequest, chosen: Chosen, shape: readonly number[]): Tensor => {
  const sizes = sizesOf(request);
  const { mask, bias } = request;
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const [batches, heads, queries, keys] = shape as [number, number, number, number];
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < queries; i++)
        for (let key = 0; key < keys; key++, index++) {
          const place = { batch, head: chosen.heads?.[h] ?? h, query: chosen.queries?.[i] ?? i, key };
          if (mask !== undefined && !allows(mask, place, sizes)) data[index] = -Infinity;
          else if (bias !== undefined) data[index] = biasAt(bias, place, sizes);
        }
  return new Tensor('float32', shape, data);
};

/** The request of chosen heads and queries alone, its mask inside its bias; keys are not repeated unless heads are chosen. */
const chosenRequest = (request: AttentionRequest, chosen: Chosen): AttentionRequest => {
  const { batch, heads, kvHeads, keys } = sizesOf(request);
  const keyHeads = chosen.heads?.map((head) => Math.floor(head / (heads / kvHeads)));
  const query = pick(pick(request.query, 1, chosen.heads), 2, chosen.queries);
  const shape = [batch, query.shape[1] as number, query.shape[2] as number, keys]; // rank 4
  return {
    ...request,
    query,
    key: pick(request.key, 1, keyHeads),
    value: pick(request.value, 1, keyHeads),
    mask: undefined,
    bias: chosenBias(request, chosen, shape),
    sinks: request.sinks && pick(request.sinks, 0, chosen.heads),
  };
};

/** exp(score − logSumExp); where nothing is seen the latter is −∞, and any finite number in its place leaves 0. */
const weightsFrom = (request: AttentionRequest, logSumExp: Tensor): Tensor => {
  const { batch, heads, queries } = sizesOf(request);
  const finite = logSumExp.data.map((l) => (l === -Infinity ? 0 : l));
  return exp(sub(maskedScores(request), new Tensor('float32', [batch, heads, queries, 1], finite)));
};

/**
 * The weights softmax(score + bias, under mask): [batch, heads, queries, keys], each row summing to 1 (with sinks: to less; 0 where nothing is seen).
 * Of chosen heads and queries it costs what they cost: one query over n keys n products, whatever the others are (but for additive scores). Whatever kernel
 * computed the attention. Without dropout. Differentiable where all is wanted and no `logSumExp` given.
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
  if (heads === undefined && queries === undefined)
    return logSumExp === undefined ? dense.weights(request) : noGrad(() => weightsFrom(request, logSumExp));
  return noGrad(() => {
    const part = chosenRequest(request, chosen);
    if (logSumExp === undefined) return dense.weights(part);
    return weightsFrom(part, pick(pick(logSumExp, 1, heads), 2, queries));
  });
};
