import { describe, expect, it } from 'vitest';
import { mean, median, ratioOf } from '../src/statistics.ts';

describe('median', () => {
  it('is the middle of an odd count and the mean of the two middles of an even one, in any order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
  it('compares numbers, not their digits', () => {
    expect(median([10, 9, 100])).toBe(10);
  });
  it('of nothing is NaN', () => {
    expect(median([])).toBeNaN();
  });
  it('leaves its argument in order', () => {
    const times = [3, 1, 2];
    median(times);
    expect(times).toEqual([3, 1, 2]);
  });
});

describe('ratioOf', () => {
  it('divides medians, and spreads over the rounds that both have', () => {
    expect(ratioOf([2, 4, 6], [1, 2, 2])).toEqual({ value: 2, lowest: 2, highest: 3 });
    expect(ratioOf([10, 30, 20], [10, 10, 10, 5, 10])).toEqual({ value: 2, lowest: 1, highest: 3 });
  });
});

it('mean is the sum by the count', () => {
  expect(mean([1, 2, 6])).toBe(3);
});
