// Scores as values: how a query and a key are compared. All but the additive one are a scaled dot product of other queries and keys, so that
// every kernel computes them; the additive one is no product, and is given to the kernel as a bias.

import {
  add,
  concat,
  div,
  matmul,
  maximum,
  mul,
  norm,
  recompute,
  reshape,
  ShapeError,
  slice,
  type Tensor,
  tanh,
} from '@heed/tensor';

/** How a query and a key are compared. */
export type Scores =
  | { readonly kind: 'scaledDot' }
  | { readonly kind: 'unscaled' }
  | { readonly kind: 'cosine'; readonly temperature: Tensor | undefined }
  | { readonly kind: 'general'; readonly weight: Tensor }
  | ({ readonly kind: 'additive' } & AdditiveWeights);

/** What `additive` learns. */
export interface AdditiveWeights {
  /** [hidden, depth], or [heads, hidden, depth]. */
  readonly queryWeight: Tensor;
  /** [hidden, keyDepth], or [heads, hidden, keyDepth]. */
  readonly keyWeight: Tensor;
  /** [hidden], or [heads, hidden]. */
  readonly energy: Tensor;
}

/** q·k / √depth: the default. Vaswani 2017 (arXiv:1706.03762), equation 1. */
export const scaledDot = (): Scores => ({ kind: 'scaledDot' });

/** q·k as it is: T5, whose first values of the weights do the scaling. Raffel 2020 (arXiv:1910.10683). */
export const unscaled = (): Scores => ({ kind: 'unscaled' });

/**
 * Cosine of query and key, times `scale` (default 1) and, if given, a learned temperature [heads] (or [1] for all). A vector shorter than 1e-12 counts
 * as that long, so a vector of zeros has cosine 0. Henry 2020, query–key normalization (arXiv:2010.04245), §3.
 *
 * @example
 * attention(q, k, v, { scores: cosine(), scale: 10 });
 */
export const cosine = ({ temperature }: { readonly temperature?: Tensor } = {}): Scores => ({
  kind: 'cosine',
  temperature,
});

/**
 * q·W·k with a learned W [depth, keyDepth] or [heads, depth, keyDepth]: query and key may differ in depth. Unscaled.
 * Luong 2015 (arXiv:1508.04025), §3.1, 'general'.
 *
 * @example
 * attention(q, k, v, { scores: general(weight) });
 */
export const general = (weight: Tensor): Scores => ({ kind: 'general', weight });

/**
 * energy · tanh(W_q q + W_k k): query and key may differ in depth. Unscaled. Stores a [queries, keys] matrix, and [queries, keys, hidden] numbers of a
 * block of queries at a time. Bahdanau 2015 (arXiv:1409.0473), appendix A.1.2.
 *
 * @example
 * attention(q, k, v, { scores: additive({ queryWeight, keyWeight, energy }) });
 */
export const additive = (weights: AdditiveWeights): Scores => ({ kind: 'additive', ...weights });

/** Query and key whose dot product is the score. */
export interface Compared {
  readonly query: Tensor;
  readonly key: Tensor;
  /** Default of the factor of their product. */
  readonly scale: number;
}

const unit = (x: Tensor): Tensor => div(x, maximum(norm(x, [-1], { keepDims: true }), 1e-12));

const misfit = (name: string, given: string, expected: string): ShapeError =>
  new ShapeError(`attention: scores ${name}: ${given}; expected ${expected}.`);

/** Query [batch, heads, queries, depth] and key [batch, kvHeads, keys, keyDepth] as a dot product compares them; not of `additive`. */
export const compared = (
  query: Tensor,
  key: Tensor,
  scores: Exclude<Scores, { kind: 'additive' }>,
): Compared => {
  const depth = query.shape.at(-1) ?? 0;
  switch (scores.kind) {
    case 'scaledDot':
      return { query, key, scale: 1 / Math.sqrt(depth) };
    case 'unscaled':
      return { query, key, scale: 1 };
    case 'cosine': {
      const { temperature } = scores;
      if (temperature === undefined) return { query: unit(query), key: unit(key), scale: 1 };
      if (temperature.rank !== 1 || (temperature.size !== 1 && temperature.size !== query.shape[1]))
        throw misfit('cosine', `temperature ${temperature}`, `[${query.shape[1]}], one a head, or [1]`);
      return { query: mul(unit(query), reshape(temperature, [-1, 1, 1])), key: unit(key), scale: 1 };
    }
    case 'general': {
      const { weight } = scores;
      const fits = weight.shape.at(-2) === depth && weight.shape.at(-1) === key.shape.at(-1);
      if (!fits || !ofHeads(weight, 2, query))
        throw misfit(
          'general',
          `weight ${weight}`,
          `[${depth}, ${key.shape.at(-1)}], or one for each of ${query.shape[1]} heads`,
        );
      return { query: matmul(query, weight), key, scale: 1 };
    }
    default:
      return scores satisfies never;
  }
};

/** Whether a weight of so many axes is one for all heads, or one a head. */
const ofHeads = (weight: Tensor, rank: number, query: Tensor): boolean =>
  weight.rank === rank || (weight.rank === rank + 1 && weight.shape[0] === query.shape[1]);

/** Numbers of [queries, keys, hidden] held at once. */
const numbersAtOnce = 2 ** 20; // 4 MB

/** Projections of query and key into the hidden width, query heads by the key head they read. */
const projected = (query: Tensor, key: Tensor, { queryWeight, keyWeight, energy }: AdditiveWeights) => {
  const [batch, heads, queries, depth] = query.shape as [number, number, number, number]; // rank 4, checked
  const [, kvHeads, keys, keyDepth] = key.shape as [number, number, number, number]; // rank 4, checked
  const hidden = energy.shape.at(-1) ?? 0;
  const wide = (weight: Tensor, width: number) =>
    weight.shape.at(-2) === hidden && weight.shape.at(-1) === width;
  const fits = wide(queryWeight, depth) && wide(keyWeight, keyDepth);
  const byHead = [ofHeads(queryWeight, 2, query), ofHeads(keyWeight, 2, query), ofHeads(energy, 1, query)];
  if (!fits || byHead.includes(false))
    throw misfit(
      'additive',
      `queryWeight ${queryWeight}, keyWeight ${keyWeight}, energy ${energy}`,
      `[hidden, ${depth}], [hidden, ${keyDepth}], [hidden], or one of these for each of ${heads} heads`,
    );
  const group = heads / kvHeads;
  const q = matmul(query, queryWeight, { transposeB: true });
  const grouped = reshape(key, [batch, kvHeads, 1, keys, keyDepth]);
  const ownWeight = keyWeight.rank === 2 ? keyWeight : reshape(keyWeight, [kvHeads, group, hidden, keyDepth]);
  const k = matmul(grouped, ownWeight, { transposeB: true });
  return {
    q: reshape(q, [batch, kvHeads, group, queries, 1, hidden]),
    k: reshape(k, [batch, kvHeads, k.shape[2] as number, 1, keys, hidden]), // rank 5
    energy:
      energy.rank === 1 ? reshape(energy, [hidden, 1]) : reshape(energy, [kvHeads, group, 1, hidden, 1]),
  };
};

/** energy · tanh(W_q q + W_k k), [batch, heads, queries, keys]. Differentiable in all. */
export const additiveScores = (query: Tensor, key: Tensor, weights: AdditiveWeights): Tensor => {
  const { q, k, energy } = projected(query, key, weights);
  const [batch = 0, heads = 0, queries = 0] = query.shape;
  const keys = key.shape[2] as number; // rank 4, checked
  const hidden = weights.energy.shape.at(-1) as number; // checked
  const block = (start: number, end: number): Tensor => {
    const sums = tanh(add(end - start === queries ? q : slice(q, 3, start, end), k));
    return reshape(matmul(sums, energy), [batch, heads, end - start, keys]);
  };
  const rows = Math.max(1, Math.floor(numbersAtOnce / Math.max(1, batch * heads * keys * hidden)));
  if (rows >= queries) return block(0, queries);
  const parts: Tensor[] = [];
  for (let start = 0; start < queries; start += rows)
    parts.push(recompute(() => block(start, Math.min(queries, start + rows))));
  return concat(parts, 2);
};
