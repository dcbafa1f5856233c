// From a matrix of cosines to answers: which two sentences are nearest, which are near to one, and how many tokens two have in common.

/** Two sentences and how alike they are. */
export interface Pair {
  readonly first: number;
  readonly second: number;
  /** −1 … 1. */
  readonly cosine: number;
}

/** Every pair of different sentences, most alike first. */
export const rankedPairs = (matrix: Float32Array, n: number): Pair[] => {
  const pairs: Pair[] = [];
  for (let first = 0; first < n; first++)
    for (let second = first + 1; second < n; second++)
      pairs.push({ first, second, cosine: matrix[first * n + second] as number }); // inside n × n
  return pairs.sort((a, b) => b.cosine - a.cosine);
};

/** The other sentences, most like the given one first. */
export const nearestTo = (matrix: Float32Array, n: number, sentence: number): Pair[] =>
  rankedPairs(matrix, n)
    .filter(({ first, second }) => first === sentence || second === sentence)
    .map(({ first, second, cosine }) => ({
      first: sentence,
      second: first === sentence ? second : first,
      cosine,
    }));

/**
 * Share of the tokens that two sentences have in common, 0 … 1: those in both over those in either, each counted once (Jaccard 1901).
 *
 * @example
 * sharedTokens(['a', 'b'], ['b', 'c']); // 1/3
 */
export const sharedTokens = (a: readonly string[], b: readonly string[]): number => {
  const [first, second] = [new Set(a), new Set(b)];
  const all = new Set([...a, ...b]).size;
  return all === 0 ? 0 : [...first].filter((token) => second.has(token)).length / all;
};
