// Seeded normal numbers for tests, independent of the Random of the package under test.

/**
 * A { shape, data } of normal numbers, the same for the same seed on every machine up to Math.log and Math.cos rounding.
 *
 * @param scale standard deviation; default 1.
 * @example
 * noise([2, 3], 7).data.length; //=> 6
 */
export const noise = (
  shape: readonly number[],
  seed: number,
  scale = 1,
): { shape: number[]; data: Float32Array } => {
  let state = seed >>> 0;
  const uniform = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const data = new Float32Array(shape.reduce((size, n) => size * n, 1));
  for (let i = 0; i < data.length; i += 1) {
    data[i] = scale * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()); // Box & Muller 1958
  }
  return { shape: [...shape], data };
};
