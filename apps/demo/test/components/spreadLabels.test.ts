import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spreadLabels } from '../../src/components/spreadLabels.ts';

const range = [0, 100] as const;

it('labels stay inside, in their order, and apart by the gap where there is room', () => {
  forAll([fc.array(fc.integer({ min: -20, max: 120 }), { minLength: 1, maxLength: 9 })], (wishes) => {
    const places = spreadLabels(wishes, { gap: 12, range });
    for (const place of places) {
      expect(place).toBeGreaterThanOrEqual(-1e-9);
      expect(place).toBeLessThanOrEqual(100 + 1e-9);
    }
    const sorted = [...places].sort((a, b) => a - b);
    for (let i = 1; i < sorted.length; i++)
      expect((sorted[i] ?? 0) - (sorted[i - 1] ?? 0)).toBeGreaterThan(12 - 1e-9);
    for (const [i, a] of wishes.entries())
      for (const [j, b] of wishes.entries()) if (a < b) expect(places[i] ?? 0).toBeLessThan(places[j] ?? 0);
  });
});

it('labels that are far apart stay where they are', () => {
  expect(spreadLabels([80, 10, 40], { gap: 14, range })).toEqual([80, 10, 40]);
});

it('where there is no room the gap shrinks, evenly', () => {
  expect(spreadLabels([50, 50, 50], { gap: 80, range })).toEqual([0, 50, 100]);
});
