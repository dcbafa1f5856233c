// All cosines between sentence vectors. Runs where the model is, in the Worker.

import { cosineSimilarity } from '@heed/models-bert';

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
