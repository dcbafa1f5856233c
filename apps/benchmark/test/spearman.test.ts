import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spearman } from '../src/spearman.ts';

describe('spearman', () => {
  it('gives the published −0.175757… of intelligence quotients and hours of television', () => {
    // Wikipedia, "Spearman's rank correlation coefficient", Example: ρ = −29/165.
    const quotients = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
    expect(spearman(quotients, hours)).toBeCloseTo(-29 / 165, 12);
  });
  it('shares ranks among ties, as scipy.stats.spearmanr does', () => {
    // Ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
    expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });
  it('depends on order alone: any rising map of one side changes nothing', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 3,
      maxLength: 30,
    });
    forAll([pairs], (list) => {
      const [a, b] = [list.map(([x]) => x), list.map(([, y]) => y)];
      expect(
        spearman(
          a.map((x) => x ** 3 + 2 * x),
          b,
        ),
      ).toEqual(spearman(a, b));
    });
  });
  it('refuses lists of different lengths', () => {
    expect(() => spearman([1, 2], [1])).toThrow('2 and 1 numbers');
  });
});
