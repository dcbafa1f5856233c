import { forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineMatrix } from '../../src/experiments/cosineMatrix.ts';
import { nearestTo, rankedPairs, sharedTokens } from '../../src/experiments/similarity.ts';

const vectors = (count: number, seed: number): Float32Array[] =>
  Array.from({ length: count }, (_, index) => Float32Array.from(noise([6], seed + index).data));

describe('cosineMatrix', () => {
  it('is symmetric, has ones on its diagonal, and agrees with the definition in float64', () => {
    forAll([fc.integer({ min: 1, max: 7 }), fc.nat(10_000)], (count, seed) => {
      const all = vectors(count, seed);
      const matrix = cosineMatrix(all);
      for (const [i, a] of all.entries())
        for (const [j, b] of all.entries()) {
          const dot = a.reduce((sum, value, k) => sum + value * (b[k] ?? 0), 0);
          expect(matrix[i * count + j]).toBeCloseTo(dot / Math.hypot(...a) / Math.hypot(...b), 5);
          expect(matrix[i * count + j]).toBe(matrix[j * count + i]);
        }
    });
  });
});

describe('rankedPairs', () => {
  it('lists every pair of different sentences once, most alike first', () => {
    const matrix = cosineMatrix(vectors(5, 3));
    const pairs = rankedPairs(matrix, 5);
    expect(new Set(pairs.map(({ first, second }) => `${first} ${second}`)).size).toBe(10);
    expect(pairs.map(({ cosine }) => cosine)).toEqual(
      pairs.map(({ cosine }) => cosine).sort((a, b) => b - a),
    );
    expect(rankedPairs(new Float32Array([1]), 1)).toEqual([]);
  });
});

describe('nearestTo', () => {
  it('lists all others, nearest first, from the side of the given one', () => {
    const matrix = new Float32Array([1, 0.2, 0.9, 0.2, 1, 0.4, 0.9, 0.4, 1]);
    expect(nearestTo(matrix, 3, 2).map(({ first, second }) => [first, second])).toEqual([
      [2, 0],
      [2, 1],
    ]);
  });
});

describe('sharedTokens', () => {
  it('counts each token once, in both orders alike; nothing shares nothing', () => {
    expect(sharedTokens(['a', 'b', 'a'], ['b', 'c'])).toBeCloseTo(1 / 3, 10);
    expect(sharedTokens(['b', 'c'], ['a', 'b', 'a'])).toBeCloseTo(1 / 3, 10);
    expect(sharedTokens([], [])).toBe(0);
  });
});
