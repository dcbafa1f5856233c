// Transformer-XL's relative positions: the score's term between the query and the distance of the key. The memory of earlier segments is a matter
// of which keys are given.

import { add, matmul, mul, reshape, ShapeError, type Tensor } from '@heed/tensor';
import { type ByDistance, byDistance } from '../bias.ts';

/** What `transformerXlBias` is computed from. */
export interface TransformerXlOptions {
  /** [heads, distances, depth]: row r belongs to distance j − p = r − (keys − 1), so the first is the farthest key behind the last query. */
  readonly relative: Tensor;
  /** v, [heads, depth]: added to queries for this term. */
  readonly positionBias: Tensor;
  readonly keys: number;
  /** The attention's; default 1/√depth. */
  readonly scale?: number;
}

/** [heads, depth] → [heads, 1, depth], for queries [batch, heads, queries, depth]. */
const byHead = (query: Tensor, bias: Tensor): Tensor => {
  const [heads, depth] = [query.shape[1] ?? 0, query.shape[3] ?? 0];
  if (query.rank !== 4 || bias.shape.join() !== `${heads},${depth}`)
    throw new ShapeError(
      `Transformer-XL: a bias ${bias} of queries ${query}; expected [heads, depth] of [batch, heads, queries, depth].`,
    );
  return reshape(bias, [heads, 1, depth]);
};

/** q + u: queries [batch, heads, queries, depth] with a learned vector [heads, depth] of each head, for the term with the keys' content. */
export const withContentBias = (query: Tensor, contentBias: Tensor): Tensor =>
  add(query, byHead(query, contentBias));

/**
 * Terms (b) and (d) of Transformer-XL's score, scale · (q + v)·r of the distance j − p: a bias by distance of each query. The whole score is
 * `attention` of q + u with this bias; its "shift" is how a bias by distance is read. Keys after the query take the last row and are to be masked. Differentiable.
 * Dai 2019 (arXiv:1901.02860), §3.3: their R of distance i − j is row keys − 1 − (i − j).
 *
 * @example
 * const bias = transformerXlBias(q, { relative, positionBias: v, keys });
 * attention(withContentBias(q, u), k, values, { bias, mask: causal() });
 */
export const transformerXlBias = (query: Tensor, options: TransformerXlOptions): ByDistance => {
  const { relative, positionBias, keys, scale = 1 / Math.sqrt(query.shape.at(-1) ?? 1) } = options;
  const products = matmul(add(query, byHead(query, positionBias)), relative, { transposeB: true });
  return byDistance(mul(products, scale), { first: 1 - keys });
};
