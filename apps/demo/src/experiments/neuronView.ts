// One query of one head, dimension by dimension: which of q's and k's numbers make the score, and so the weight. Vig 2019 (arXiv:1906.05714), "neuron view".

/** Queries and keys of one head. */
export interface HeadVectors {
  /** [n, depth] */
  readonly queries: Float32Array;
  /** [n, depth] */
  readonly keys: Float32Array;
  readonly depth: number;
}

/** A query against all keys. */
export interface NeuronView {
  /** [depth] */
  readonly query: Float32Array;
  /** n of [depth] */
  readonly keys: readonly Float32Array[];
  /** n of [depth], q ∘ k: the dot product is their sum. */
  readonly products: readonly Float32Array[];
  readonly dots: readonly number[];
  /** dot / √depth */
  readonly scores: readonly number[];
  /** softmax of the scores */
  readonly weights: readonly number[];
}

const softmax = (scores: readonly number[]): number[] => {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};

/** Everything between a query and its weights. `query` is a row of the vectors. */
export const neuronView = ({ queries, keys, depth }: HeadVectors, query: number): NeuronView => {
  const own = queries.subarray(query * depth, (query + 1) * depth);
  const rows = Array.from({ length: keys.length / depth }, (_, key) =>
    keys.subarray(key * depth, (key + 1) * depth),
  );
  const products = rows.map((row) => row.map((value, e) => value * (own[e] as number))); // both have `depth`
  const dots = products.map((row) => row.reduce((a, b) => a + b, 0));
  const scores = dots.map((dot) => dot / Math.sqrt(depth));
  return { query: own, keys: rows, products, dots, scores, weights: softmax(scores) };
};

/** How much one dimension lifts a key's score above the mean of all keys. */
export interface Lift {
  readonly dimension: number;
  /** In units of the scaled score; their sum over all dimensions is the key's lead. */
  readonly lift: number;
}

/**
 * Dimensions by how much they lift the score of a key above the mean score, the most first. What lifts all keys alike changes no weight, so it does not count.
 */
export const lifts = ({ products, query }: NeuronView, key: number): Lift[] => {
  const depth = query.length;
  return Array.from({ length: depth }, (_, dimension) => {
    const mean = products.reduce((sum, row) => sum + (row[dimension] ?? 0), 0) / products.length;
    return { dimension, lift: ((products[key]?.[dimension] ?? 0) - mean) / Math.sqrt(depth) };
  }).sort((a, b) => b.lift - a.lift);
};

/** A key's lead over the mean score, and how many of the strongest dimensions together make half of it; 0 where it does not lead. */
export const leadOf = (view: NeuronView, key: number): { readonly lead: number; readonly half: number } => {
  const all = lifts(view, key);
  const lead = all.reduce((sum, { lift }) => sum + lift, 0);
  if (lead <= 0) return { lead, half: 0 };
  let [sum, half] = [0, 0];
  while (sum < lead / 2 && half < all.length) sum += all[half++]?.lift ?? 0;
  return { lead, half };
};
