// Keeps labels that stand in one column from covering each other, each as near to its own place as the others allow.

/** What the labels keep to. */
export interface SpreadOptions {
  /** Least distance between two labels. */
  readonly gap: number;
  /** First and last place that a label may have. */
  readonly range: readonly [number, number];
}

/**
 * New places, in the order of the wishes; their order from top to bottom is kept. Where there is no room for all, the gap shrinks.
 *
 * @example
 * spreadLabels([10, 12, 50], { gap: 14, range: [0, 100] }); //=> [10, 24, 50]
 */
export const spreadLabels = (
  wishes: readonly number[],
  { gap, range: [low, high] }: SpreadOptions,
): number[] => {
  const distance = Math.min(gap, (high - low) / Math.max(1, wishes.length - 1));
  const order = wishes.map((_, index) => index).sort((a, b) => (wishes[a] ?? 0) - (wishes[b] ?? 0) || a - b);
  const places = [...wishes];
  let least = low;
  for (const index of order) {
    places[index] = Math.max(least, wishes[index] ?? 0);
    least = (places[index] ?? 0) + distance;
  }
  let most = high;
  for (const index of order.reverse()) {
    places[index] = Math.min(most, places[index] ?? 0);
    most = (places[index] ?? 0) - distance;
  }
  return places;
};
