// Attention by calls of the engine: one a layer of intervals (runs.ts), whose results merge by their log-sum-exp, or one with a bit a key; and the
// gradients of layers.

import { add, allocate, mul, Tensor } from '@heed/tensor';
import { headAttention } from './headAttention.ts';
import { type FlashSaved, headAttentionGradient } from './headAttentionGradient.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import type { SeenRows } from './maskBits.ts';
import { scoreTerms } from './scoreTerms.ts';

/** What rows see as layers, at least one, no key in two of them; each in parts of the rows. */
export type Layers = readonly Iterable<SeenRows>[];

/** What the layers give together, and each layer's part of it. */
export interface EngineResult {
  /** [batch, heads, queries, valueDepth] */
  readonly output: Tensor;
  /** [batch, heads, queries] */
  readonly logSumExp: Tensor;
  /** For each layer [batch, heads, queries, 1], the share of the softmax that its keys have; undefined where there is one layer, or they are not wanted. */
  readonly layerShares: readonly Tensor[] | undefined;
}

interface Part {
  readonly out: Float32Array;
  readonly logSumExp: Float32Array;
}

const attend = (request: AttentionRequest, parts: Iterable<SeenRows>): Part => {
  const sizes = sizesOf(request);
  const { batch, heads, queries, keys, valueDepth } = sizes;
  const part = {
    out: allocate(batch * heads * queries * valueDepth),
    logSumExp: allocate(batch * heads * queries),
  };
  const { query, key, value, scale } = request;
  for (const { rows, visible, visibleBits, stride } of parts)
    headAttention({
      ...{ ...sizes, ...part, q: query.data, k: key.data, v: value.data, keyRoom: keys, scale },
      ...{ rows, visible, visibleBits, visibleStride: stride, terms: scoreTerms(request, rows) },
    });
  return part;
};

/** Adds a part to a sum of parts in place, each row by its share of the softmax. Milakov and Gimelshein 2018 (arXiv:1805.02867), §3.1. */
const mergeInto = (sum: Part, part: Part, width: number): void => {
  for (let row = 0; row < sum.logSumExp.length; row++) {
    const [a, b] = [sum.logSumExp[row] as number, part.logSumExp[row] as number]; // row < length
    if (b === -Infinity) continue;
    const most = Math.max(a, b);
    const total = most + Math.log(Math.exp(a - most) + Math.exp(b - most));
    const [aShare, bShare] = [Math.exp(a - total), Math.exp(b - total)];
    sum.logSumExp[row] = total;
    for (let at = row * width; at < (row + 1) * width; at++)
      sum.out[at] = aShare * (sum.out[at] as number) + bShare * (part.out[at] as number); // inside by the shape
  }
};

const shareOf = (own: Float32Array, total: Float32Array): Float32Array<ArrayBuffer> =>
  Float32Array.from(own, (one, row) => (one === -Infinity ? 0 : Math.exp(one - (total[row] as number)))); // of one length

/** Attention of a request whose rows see what layers say, its sinks left out. */
export const engineAttention = (
  request: AttentionRequest,
  [first, ...others]: Layers,
  sharesWanted: boolean,
): EngineResult => {
  const { batch, heads, queries, valueDepth } = sizesOf(request);
  const sum = attend(request, first ?? []); // one layer at least
  const wanted = sharesWanted && others.length > 0;
  const sums: Float32Array[] = wanted ? [sum.logSumExp.slice()] : [];
  for (const layer of others) {
    const part = attend(request, layer);
    if (wanted) sums.push(part.logSumExp);
    mergeInto(sum, part, valueDepth);
  }
  const rows = [batch, heads, queries];
  return {
    output: new Tensor('float32', [...rows, valueDepth], sum.out),
    logSumExp: new Tensor('float32', rows, sum.logSumExp),
    layerShares: wanted
      ? sums.map((own) => new Tensor('float32', [...rows, 1], shareOf(own, sum.logSumExp)))
      : undefined,
  };
};

/**
 * Gradients of query, key, value and, where it is wanted, bias. A layer's weights are its share × the weights it has alone, so its gradient is that of the layer alone for
 * share × gradient and the output of all: D = rowsum(dO ∘ O) is of all.
 */
export const engineGradient = (
  request: AttentionRequest,
  saved: FlashSaved,
  {
    layers,
    shares,
    biasWanted,
  }: {
    readonly layers: Layers;
    readonly shares: readonly Tensor[] | undefined;
    readonly biasWanted: boolean;
  },
): readonly (Tensor | undefined)[] => {
  const parts = layers.map((parts, index) => {
    const share = shares?.[index];
    const gradient = share === undefined ? saved.gradient : mul(saved.gradient, share);
    return headAttentionGradient(request, { output: saved.output, gradient }, { parts, biasWanted });
  });
  const [query, key, value, bias] = parts.reduce((a, b) => [
    ...([add(a[0], b[0]), add(a[1], b[1]), add(a[2], b[2])] as const),
    a[3] && b[3] && add(a[3], b[3]),
  ]);
  return request.bias === undefined ? [query, key, value] : [query, key, value, bias];
};
