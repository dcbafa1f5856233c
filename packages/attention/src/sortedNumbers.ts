// Lists of rising whole numbers: how many of them lie in a range, by binary search.

/** Index of the first number that is at least `least`. */
const lowerBound = (rising: readonly number[], least: number): number => {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) < least)
      low = middle + 1; // middle < length
    else high = middle;
  }
  return low;
};

/** How many numbers n of a rising list are start ≤ n < end. */
export const countBetween = (rising: readonly number[], start: number, end: number): number =>
  end <= start ? 0 : lowerBound(rising, end) - lowerBound(rising, start);
