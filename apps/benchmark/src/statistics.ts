// Medians, and ratios with their spread: the only arithmetic that a time goes through before it is printed.

/** The middle of the numbers; of an even count the mean of the two in the middle. Of none: NaN. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
};

/** How many times as long one contender takes as another. */
export interface Ratio {
  /** Ratio of the medians. */
  readonly value: number;
  /** Smallest and largest ratio within one round. */
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Ratio of the medians of two lists of times, index = round; and the spread of the ratios of single rounds. Rounds that only one of
 * the two has count for its median alone.
 *
 * @example
 * ratioOf([2, 4, 6], [1, 2, 2]); //=> { value: 2, lowest: 2, highest: 3 }
 */
export const ratioOf = (numerator: readonly number[], denominator: readonly number[]): Ratio => {
  const rounds = Math.min(numerator.length, denominator.length);
  const ratios = Array.from(
    { length: rounds },
    (_, round) => (numerator[round] ?? Number.NaN) / (denominator[round] ?? Number.NaN),
  );
  return {
    value: median(numerator) / median(denominator),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  };
};

/** Mean of numbers. Of none: NaN. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
