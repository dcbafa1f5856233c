import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headPattern, type PatternKind, shareOn } from '../../src/experiments/headPattern.ts';

/** A map whose rows put all weight on one key. */
const oneKey = (keys: readonly number[]): Float32Array => {
  const n = keys.length;
  const weights = new Float32Array(n * n);
  for (const [query, key] of keys.entries()) weights[query * n + key] = 1;
  return weights;
};
const tokens = ['[CLS]', 'the', 'dog', 'saw', 'The', 'cat', '[SEP]'];
const special = [0, 6];

describe('headPattern', () => {
  it.each<[PatternKind, readonly number[]]>([
    ['previous', [0, 0, 1, 2, 3, 4, 5]],
    ['next', [1, 2, 3, 4, 5, 6, 6]],
    ['self', [0, 1, 2, 3, 4, 5, 6]],
    ['sink', [3, 0, 6, 6, 0, 0, 2]],
  ])('names a head of a single habit after it: %s', (kind, keys) => {
    const { name, shares, entropy } = headPattern(oneKey(keys), { tokens, special });
    expect(name).toBe(kind);
    expect(shares[kind]).toBe(1);
    expect(entropy).toBe(0);
  });
  it('finds the same word elsewhere whatever its case, and asks only tokens that have one', () => {
    const { name, shares, chances } = headPattern(oneKey([3, 4, 5, 6, 1, 3, 2]), { tokens, special });
    expect(name).toBe('same');
    expect(shares.same).toBe(1);
    expect(chances.same).toBeCloseTo(1 / 7);
    expect(headPattern(oneKey([0, 0]), { tokens: ['a', 'b'], special: [] }).shares.same).toBe(Number.NaN);
  });
  it('takes the first token for the sink where the model adds none', () => {
    const { name, shares } = headPattern(oneKey([3, 0, 0, 0]), { tokens: ['a', 'b', 'c', 'd'], special: [] });
    expect([name, shares.sink]).toEqual(['sink', 1]);
  });
  it('gives even looks to each place what chance does, and calls them broad', () => {
    forAll([fc.integer({ min: 2, max: 12 })], (n) => {
      const words = Array.from({ length: n }, (_, index) => (index % 2 === 0 ? 'x' : `y${index}`));
      const even = new Float32Array(n * n).fill(1 / n);
      const { name, shares, chances, entropy, mostEntropy } = headPattern(even, {
        tokens: words,
        special: [],
      });
      for (const kind of ['previous', 'next', 'self', 'sink', 'same'] as const)
        if (!Number.isNaN(shares[kind])) expect(shares[kind]).toBeCloseTo(chances[kind], 5);
      expect(entropy).toBeCloseTo(mostEntropy, 4);
      expect(name).toBe('broad');
    });
  });
  it('says nothing of no tokens', () => {
    expect(headPattern(new Float32Array(0), { tokens: [], special: [] }).name).toBe('mixed');
  });
});

it('the share on all tokens is all of it, and on a part what its columns have', () => {
  const weights = new Float32Array([0.5, 0.25, 0.25, 0, 1, 0, 0.2, 0.3, 0.5]);
  expect(shareOn(weights, 3, [0, 1, 2])).toBeCloseTo(1);
  expect(shareOn(weights, 3, [1])).toBeCloseTo(1.55 / 3);
  expect(shareOn(new Float32Array(0), 0, [0])).toBe(0);
});
