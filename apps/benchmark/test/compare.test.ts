import { describe, expect, it } from 'vitest';
import { largestDifference } from '../src/compare.ts';

describe('largestDifference', () => {
  it('is the largest distance as a part of the largest expected value', () => {
    expect(largestDifference(Float32Array.of(1, -4), Float32Array.of(1.5, -4))).toBe(0.125);
  });
  it('of equal arrays is 0, zeros included', () => {
    expect(largestDifference(new Float32Array(3), new Float32Array(3))).toBe(0);
  });
  it.each([
    ['another length', Float32Array.of(1)],
    ['NaN', Float32Array.of(1, Number.NaN)],
    ['infinity', Float32Array.of(1, Number.POSITIVE_INFINITY)],
  ])('is infinite with %s, so that no tolerance lets it pass', (_, actual) => {
    expect(largestDifference(Float32Array.of(1, 2), actual)).toBe(Number.POSITIVE_INFINITY);
  });
  it('of nothing is infinite: an engine that gave nothing has computed nothing', () => {
    expect(largestDifference(new Float32Array(), new Float32Array())).toBe(Number.POSITIVE_INFINITY);
  });
  it('is infinite where zeros were expected and something came', () => {
    expect(largestDifference(new Float32Array(1), Float32Array.of(1e-9))).toBe(Number.POSITIVE_INFINITY);
  });
});
