// ALiBi: scores fall in a straight line with distance, at another slope in each head. No table to learn, no limit of length.

import { mul, reshape, Tensor } from '@heed/tensor';
import { type ByDistance, byDistance } from '../bias.ts';

const powersOfTwo = (heads: number): number[] =>
  Array.from({ length: heads }, (_, head) => 2 ** ((-8 * (head + 1)) / heads));

/**
 * Slopes [heads]: 2^(−8(h + 1) / heads). Where heads is no power of two, those of the next lower one and then every other one of its double, as
 * in the authors' code. Press 2022 (arXiv:2108.12409), §3.
 *
 * @example
 * alibiSlopes(4).toArray(); //=> [0.25, 0.0625, 0.015625, 0.00390625]
 */
export const alibiSlopes = (heads: number): Tensor => {
  if (!Number.isInteger(heads) || heads < 1)
    throw new RangeError(`alibiSlopes: ${heads} heads; expected a whole number from 1.`);
  const lower = 2 ** Math.floor(Math.log2(heads));
  const between = powersOfTwo(2 * lower).filter((_, head) => head % 2 === 0);
  const slopes = [...powersOfTwo(lower), ...between.slice(0, heads - lower)];
  return new Tensor('float32', [heads], Float32Array.from(slopes));
};

/**
 * The bias −slope · |j − p| of a call with `queries` and `keys`, from slopes [heads]. O(queries + keys) numbers; differentiable in the slopes.
 *
 * @example
 * attention(q, k, v, { bias: alibi(alibiSlopes(8), { queries, keys }), mask: causal() });
 */
export const alibi = (
  slopes: Tensor,
  { queries, keys }: { readonly queries: number; readonly keys: number },
): ByDistance => {
  const first = 1 - keys;
  const far = Float32Array.from(
    { length: Math.max(1, queries + keys - 1) },
    (_, column) => -Math.abs(first + column),
  );
  const table = mul(reshape(slopes, [slopes.size, 1]), new Tensor('float32', [1, far.length], far));
  return byDistance(table, { first });
};
