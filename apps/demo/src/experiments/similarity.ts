// From sentence vectors to answers: which two are nearest, and which ones are near to one. Vectors come from a model, not from here.

import { cosineSimilarity } from '@heed/models-bert';

/** Two sentences and how alike they are. */
export interface Pair {
  readonly first: number;
  readonly second: number;
  /** −1 … 1. */
  readonly cosine: number;
}

/** All cosines, row by row, [n, n]; symmetric, with ones on the diagonal (zeros for zero vectors). */
export const cosineMatrix = (vectors: readonly Float32Array[]): Float32Array => {
  const n = vectors.length;
  const matrix = new Float32Array(n * n);
  for (const [i, a] of vectors.entries())
    for (let j = i; j < n; j++) {
      const cosine = cosineSimilarity(a, vectors[j] as Float32Array); // j < n
      matrix[i * n + j] = cosine;
      matrix[j * n + i] = cosine;
    }
  return matrix;
};

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
    .map(({ first, second, cosine }) => ({ first: sentence, second: first === sentence ? second : first, cosine }));
