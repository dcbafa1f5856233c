import { attentionWeights } from '@heed/attention';
import { normal, random } from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leadOf, lifts, neuronView } from '../../src/experiments/neuronView.ts';

const sizes = [fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 16 }), fc.nat(1000)] as const;
const vectors = (n: number, depth: number, seed: number) => {
  const source = random(seed);
  return [normal([1, 1, n, depth], source), normal([1, 1, n, depth], source)] as const;
};

describe('neuronView', () => {
  it('ends at the weights that attention has, for every query', () => {
    forAll([...sizes], (n, depth, seed) => {
      const [q, k] = vectors(n, depth, seed);
      const all = attentionWeights(q, k).data;
      for (let query = 0; query < n; query++) {
        const { weights, products, dots } = neuronView({ queries: q.data, keys: k.data, depth }, query);
        expectClose(Float32Array.from(weights), all.slice(query * n, (query + 1) * n), { absolute: 1e-5 });
        for (const [key, row] of products.entries())
          expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(dots[key] ?? Number.NaN, 4);
      }
    });
  });
  it('lifts sum to the lead over the mean score, fall from the first on, and half of them are the fewest that make half', () => {
    forAll([...sizes], (n, depth, seed) => {
      const [q, k] = vectors(n, depth, seed);
      const view = neuronView({ queries: q.data, keys: k.data, depth }, 0);
      const mean = view.scores.reduce((a, b) => a + b, 0) / n;
      for (let key = 0; key < n; key++) {
        const all = lifts(view, key).map(({ lift }) => lift);
        const { lead, half } = leadOf(view, key);
        expect(lead).toBeCloseTo((view.scores[key] ?? 0) - mean, 4);
        expect(all).toEqual([...all].sort((a, b) => b - a));
        const sum = (count: number) => all.slice(0, count).reduce((a, b) => a + b, 0);
        if (lead > 0) {
          expect(sum(half)).toBeGreaterThanOrEqual(lead / 2);
          expect(sum(half - 1)).toBeLessThan(lead / 2);
        } else expect(half).toBe(0);
      }
    });
  });
  it('scores of ±10⁴ give weights, not NaN', () => {
    const keys = new Float32Array([1e4, -1e4, 0]);
    const { weights } = neuronView({ queries: new Float32Array([1, 1, 1]), keys, depth: 1 }, 1);
    expect(weights).toEqual([1, 0, 0]);
  });
});
