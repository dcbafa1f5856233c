// Spearman's rank correlation: how well one list of numbers puts things into the order of another.

import { mean } from './statistics.ts';

/** Ranks from 1; equal values share the mean of their ranks. */
const ranksOf = (values: readonly number[]): number[] => {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number)); // indices of values
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end++; // end < length
    for (let place = start; place < end; place++) ranks[order[place] as number] = (start + 1 + end) / 2; // place < length
    start = end;
  }
  return ranks;
};

/**
 * Pearson's correlation of the ranks (ties share their mean rank), −1 … 1. NaN where one of the lists has no order (all equal).
 * Spearman 1904, "The Proof and Measurement of Association between Two Things".
 *
 * @example
 * spearman([1, 2, 3], [10, 20, 30]); //=> 1
 */
export const spearman = (a: readonly number[], b: readonly number[]): number => {
  if (a.length !== b.length)
    throw new RangeError(`spearman: ${a.length} and ${b.length} numbers; expected as many in both.`);
  const [ra, rb] = [ranksOf(a), ranksOf(b)];
  const [ma, mb] = [mean(ra), mean(rb)];
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [index, rank] of ra.entries()) {
    const [x, y] = [rank - ma, (rb[index] as number) - mb]; // as long as ra
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return product / Math.sqrt(squaresA * squaresB);
};
