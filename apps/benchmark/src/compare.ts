// Whether two engines computed the same thing. A case whose outputs differ gives no time.

/**
 * Largest |expected − actual| as a part of the largest |expected|; infinite where the lengths differ or a value is not finite, so that
 * no tolerance lets it pass.
 *
 * @example
 * largestDifference(Float32Array.of(1, 2), Float32Array.of(1, 2.5)); //=> 0.25
 */
export const largestDifference = (expected: Float32Array, actual: Float32Array): number => {
  if (expected.length !== actual.length || expected.length === 0) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [expected[i] as number, actual[i] as number]; // i < length of both
    const distance = Math.abs(x - y);
    if (!Number.isFinite(distance)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, distance);
    largest = Math.max(largest, Math.abs(x));
  }
  return difference === 0 ? 0 : difference / largest;
};
