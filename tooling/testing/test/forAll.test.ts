import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forAll, forAllAsync, noise } from '../src/index.ts';

describe('forAll', () => {
  it('runs the property on the same values for the same seed', async () => {
    const draw = (seed: number): number[] => {
      const seen: number[] = [];
      forAll([fc.integer()], (n) => void seen.push(n), { runs: 5, seed });
      return seen;
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const seen: number[] = [];
    await forAllAsync([fc.integer()], async (n) => void seen.push(n), { runs: 5, seed: 1 });
    expect(seen).toEqual(draw(1));
  });
  it('reports the seed and the smallest failing case', () => {
    const property = (n: number): void => {
      expect(n).toBeLessThan(10);
    };
    expect(() => forAll([fc.nat()], property, { seed: 5 })).toThrow(/seed: 5[\s\S]*\[\[?10\]/);
  });
});

describe('noise', () => {
  it('is the same for the same seed, and standard normal', () => {
    const { data, shape } = noise([100, 100], 3);
    expect(shape).toEqual([100, 100]);
    expect(noise([100, 100], 3).data).toEqual(data);
    expect(noise([100, 100], 4).data).not.toEqual(data);
    const mean = data.reduce((s, v) => s + v, 0) / data.length;
    const variance = data.reduce((s, v) => s + (v - mean) ** 2, 0) / data.length;
    expect(Math.abs(mean)).toBeLessThan(0.04); // four standard errors
    expect(Math.abs(variance - 1)).toBeLessThan(0.06); // four standard errors: 4 · √(2/10⁴)
  });
});
