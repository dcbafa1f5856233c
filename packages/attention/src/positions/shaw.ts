// Shaw's relative positions: learned vectors by clipped distance, added to keys and to values. The weights themselves are needed for the
// values' part, so it is computed as the dense kernel does; with vectors for keys alone any kernel does (`shawBias`).

import { add, matmul, mul, ShapeError, type Tensor } from '@heed/tensor';
import { type AttentionOptions, attentionRequest } from '../attention.ts';
import { type ByDistance, byDistance } from '../bias.ts';
import { dense } from '../dense.ts';
import { finiteKeys } from '../finiteKeys.ts';
import { dropoutFactors, weightedValues } from '../scores.ts';
import { sumByDistance } from './relative.ts';

/** Half of an odd number of distances: the farthest one that has a vector of its own. */
const farthest = (name: string, table: Tensor, width: number): number => {
  const distances = table.shape[0] ?? 0;
  if (table.rank !== 2 || distances % 2 === 0 || table.shape[1] !== width)
    throw new ShapeError(`${name}: ${table}; expected [2 · farthest + 1, ${width}].`);
  return (distances - 1) / 2;
};

/**
 * The term scale · q·a of the scores, a bias by distance of [batch, heads, queries, 2k + 1] numbers: a is the vector of `relativeKeys`
 * [2k + 1, depth] for the distance j − p of key from query, held between −k and k. `scale` is the attention's, by default 1/√depth.
 * Differentiable. Shaw 2018 (arXiv:1803.02155), equation 4, with its clipping.
 *
 * @example
 * attention(q, k, v, { bias: shawBias(q, relativeKeys) });
 */
export const shawBias = (
  query: Tensor,
  relativeKeys: Tensor,
  options: { readonly scale?: number | undefined } = {},
): ByDistance => {
  const depth = query.shape.at(-1) ?? 0;
  const first = -farthest('shawBias', relativeKeys, depth);
  const products = matmul(query, relativeKeys, { transposeB: true });
  return byDistance(mul(products, options.scale ?? 1 / Math.sqrt(depth)), { first });
};

/** Options of `shawAttention`. */
export interface ShawOptions extends Pick<AttentionOptions, 'mask' | 'scale' | 'softcap' | 'dropout'> {
  /** [2k + 1, depth], shared by the heads. Default: none. */
  readonly relativeKeys?: Tensor;
  /** [2k + 1, valueDepth], shared by the heads. */
  readonly relativeValues: Tensor;
}

/**
 * Attention whose values are v_j plus the vector of `relativeValues` for the distance j − p, and whose keys are k_j plus that of `relativeKeys`.
 * Shapes as `attention`; stores a [queries, keys] matrix. Differentiable in all. Shaw 2018 (arXiv:1803.02155), equations 3 and 4.
 *
 * @example
 * shawAttention(q, k, v, { relativeKeys, relativeValues, mask: causal() });
 */
export const shawAttention = (query: Tensor, key: Tensor, value: Tensor, options: ShawOptions): Tensor => {
  const { relativeKeys, relativeValues, ...rest } = options;
  const first = -farthest('shawAttention', relativeValues, value.shape.at(-1) ?? 0);
  const bias = relativeKeys === undefined ? undefined : shawBias(query, relativeKeys, { scale: rest.scale });
  const { request, mark } = finiteKeys(attentionRequest(query, key, value, { ...rest, bias }));
  const { dropout } = request;
  const weights = dense.weights(request);
  const kept =
    dropout === undefined ? weights : mul(weights, dropoutFactors(request, dropout.rate, dropout.source));
  const summed = sumByDistance(kept, { distances: relativeValues.shape[0] as number, first }); // rank 2
  return mark(add(weightedValues(kept, request.value), matmul(summed, relativeValues)));
};
