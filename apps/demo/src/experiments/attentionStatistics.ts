// Numbers that say in a few words what one attention head does. Knows no model: a map is n × n weights, row = the token that looks.

/** What one map does, averaged over the tokens that look. */
export interface AttentionStatistics {
  /** Mean entropy of a row in bits: 0 looks at one token, log2(n) looks everywhere alike. Shannon 1948, §6. */
  readonly entropy: number;
  /** Mean weight on the token itself, 0 … 1. */
  readonly self: number;
  /** Share of all attention that goes to the token before, 0 … 1; the first token has none and counts as 0. */
  readonly before: number;
  /** Share of all attention that goes to the token after, 0 … 1; the last token has none and counts as 0. */
  readonly after: number;
}

/** Entropy of a distribution in bits; 0·log 0 counts as 0. */
export const entropyInBits = (weights: ArrayLike<number>): number => {
  let bits = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number; // i < length
    if (weight > 0) bits -= weight * Math.log2(weight);
  }
  return Math.max(0, bits); // −0 and rounding
};

/** Sum of `weights[i, i + shift]` over the rows where that place exists, over all n rows. */
const diagonalShare = (weights: Float32Array, n: number, shift: number): number => {
  let sum = 0;
  for (let i = Math.max(0, -shift); i < n && i + shift < n; i++) sum += weights[i * n + i + shift] as number; // inside n × n
  return n === 0 ? 0 : sum / n;
};

/**
 * Statistics of a map of n × n weights; all zero for n = 0.
 *
 * @example
 * attentionStatistics(new Float32Array([0.5, 0.5, 0, 1]), 2); // entropy 0.5, self 0.75, before 0, after 0.25
 */
export const attentionStatistics = (weights: Float32Array, n: number): AttentionStatistics => {
  if (weights.length !== n * n)
    throw new RangeError(
      `attentionStatistics: ${weights.length} weights for ${n} tokens; expected ${n * n}.`,
    );
  let bits = 0;
  for (let i = 0; i < n; i++) bits += entropyInBits(weights.subarray(i * n, (i + 1) * n));
  return {
    entropy: n === 0 ? 0 : bits / n,
    self: diagonalShare(weights, n, 0),
    before: diagonalShare(weights, n, -1),
    after: diagonalShare(weights, n, 1),
  };
};

/** Index of the largest of the numbers, the first of equals; −1 for none. */
export const indexOfLargest = (values: ArrayLike<number>): number => {
  let best = values.length === 0 ? -1 : 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i; // i < length
  return best;
};
