import { forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attentionStatistics,
  entropyInBits,
  indexOfLargest,
} from '../../src/experiments/attentionStatistics.ts';

/** Rows of positive numbers that sum to one. */
const rows = (n: number, seed: number): Float32Array => {
  const raw = Float32Array.from(noise([n, n], seed).data, Math.exp);
  return raw.map((value, index) => {
    const start = index - (index % n);
    return value / raw.subarray(start, start + n).reduce((a, b) => a + b, 0);
  });
};

describe('attentionStatistics', () => {
  it('a head that looks only at itself has no entropy and all its weight on itself', () => {
    const identity = Float32Array.from({ length: 25 }, (_, index) => (index % 6 === 0 ? 1 : 0));
    expect(attentionStatistics(identity, 5)).toEqual({ entropy: 0, self: 1, before: 0, after: 0 });
  });
  it('a head that looks everywhere alike has log2(n) bits, and each diagonal gets its share of the places', () => {
    const { entropy, self, before, after } = attentionStatistics(new Float32Array(64).fill(1 / 8), 8);
    expect(entropy).toBeCloseTo(3, 6);
    expect(self).toBeCloseTo(1 / 8, 6);
    expect(before).toBeCloseTo(7 / 64, 6);
    expect(after).toBeCloseTo(7 / 64, 6);
  });
  it('rows of weights give an entropy of 0 to log2(n) bits and parts that sum to at most one', () => {
    forAll([fc.integer({ min: 1, max: 12 }), fc.nat(10_000)], (n, seed) => {
      const { entropy, self, before, after } = attentionStatistics(rows(n, seed), n);
      expect(entropy).toBeGreaterThanOrEqual(0);
      expect(entropy).toBeLessThanOrEqual(Math.log2(n) + 1e-5);
      for (const part of [self, before, after]) expect(part).toBeGreaterThanOrEqual(0);
      expect(self + before + after).toBeLessThanOrEqual(1 + 1e-5);
    });
  });
  it('read backwards, before and after change places', () => {
    forAll([fc.integer({ min: 1, max: 9 }), fc.nat(10_000)], (n, seed) => {
      const forward = rows(n, seed);
      const there = attentionStatistics(forward, n);
      const back = attentionStatistics(forward.slice().reverse(), n);
      expect(back.before).toBeCloseTo(there.after, 6);
      expect(back.after).toBeCloseTo(there.before, 6);
      expect(back.entropy).toBeCloseTo(there.entropy, 6);
    });
  });
  it('no token gives zeros, and a map of another size is refused', () => {
    expect(attentionStatistics(new Float32Array(0), 0)).toEqual({ entropy: 0, self: 0, before: 0, after: 0 });
    expect(() => attentionStatistics(new Float32Array(5), 2)).toThrow('5 weights for 2 tokens; expected 4');
  });
});

describe('entropyInBits', () => {
  it('weights of zero add nothing, never NaN', () => {
    expect(entropyInBits([0, 1, 0])).toBe(0);
    expect(entropyInBits([0.5, 0, 0.5])).toBe(1);
    expect(entropyInBits([])).toBe(0);
  });
});

describe('indexOfLargest', () => {
  it('gives the first of equals, and −1 for nothing', () => {
    expect(indexOfLargest([1, 3, 3, 2])).toBe(1);
    expect(indexOfLargest([])).toBe(-1);
  });
});
