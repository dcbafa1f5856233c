import { forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { strongestArcs } from '../../src/experiments/strongestArcs.ts';

it('every row keeps its largest weight, weaker ones below the share are left out, and the strongest come last', () => {
  forAll([fc.integer({ min: 1, max: 10 }), fc.nat(10_000)], (n, seed) => {
    const weights = Float32Array.from(noise([n, n], seed).data, Math.exp);
    const arcs = strongestArcs(weights, n, { share: 0.5 });
    for (let query = 0; query < n; query++) {
      const row = [...weights.subarray(query * n, (query + 1) * n)];
      const most = Math.max(...row);
      const own = arcs.filter((arc) => arc.query === query);
      expect(own.map(({ weight }) => weight)).toContain(most);
      for (const { key, weight } of own) {
        expect(weight).toBe(row[key]);
        expect(weight).toBeGreaterThanOrEqual(0.5 * most * (1 - 1e-6));
      }
    }
    expect(arcs.map(({ weight }) => weight)).toEqual(arcs.map(({ weight }) => weight).sort((a, b) => a - b));
  });
});

it('of more arcs than the limit the strongest stay', () => {
  const weights = Float32Array.from({ length: 100 }, (_, index) => (index + 1) / 100);
  const arcs = strongestArcs(weights, 10, { limit: 3 });
  expect(arcs.map(({ query, key }) => [query, key])).toEqual([
    [9, 7],
    [9, 8],
    [9, 9],
  ]);
});

it('a row of zeros has no arcs', () => {
  expect(strongestArcs(new Float32Array(9), 3)).toEqual([]);
});
