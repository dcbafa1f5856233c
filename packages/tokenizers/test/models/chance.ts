// A source of chance for tests.

/** Numbers in [0, 1) from a seed, by a linear congruential generator (Numerical Recipes, 3rd edition, 7.1.4). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
