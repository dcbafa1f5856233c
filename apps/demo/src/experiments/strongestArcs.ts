// Which few of n² weights are worth a line between two tokens. A matrix shows them all; this does not.

/** One token looks at another. */
export interface Arc {
  /** The token that looks. */
  readonly query: number;
  /** The token that is looked at. */
  readonly key: number;
  /** 0 … 1. */
  readonly weight: number;
}

/** How many arcs, and from how much on. */
export interface StrongestArcsOptions {
  /** At most so many, the strongest. Default 240: more lines than that are a grey cloud, and slow. */
  readonly limit?: number;
  /** Weights below this share of the row's largest are left out. Default 0.25. */
  readonly share?: number;
}

/**
 * The strongest weights of a map of n × n, strongest last so that they are painted on top.
 *
 * @example
 * strongestArcs(new Float32Array([0.9, 0.1, 0.5, 0.5]), 2); // 0→0 (0.9), 1→0 (0.5), 1→1 (0.5)
 */
export const strongestArcs = (
  weights: Float32Array,
  n: number,
  { limit = 240, share = 0.25 }: StrongestArcsOptions = {},
): Arc[] => {
  const arcs: Arc[] = [];
  for (let query = 0; query < n; query++) {
    const row = weights.subarray(query * n, (query + 1) * n);
    const least = share * row.reduce((most, weight) => Math.max(most, weight), 0);
    for (const [key, weight] of row.entries())
      if (weight > 0 && weight >= least) arcs.push({ query, key, weight });
  }
  return arcs.sort((a, b) => a.weight - b.weight).slice(-limit);
};
