import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barBand, largestSize } from '../../src/components/barBand.ts';

const place = { left: 10, step: 4, middle: 20, scale: 1 };
const bars = (path: string): number[][] =>
  [...path.matchAll(/M(-?[\d.]+) (-?[\d.]+)V(-?[\d.]+)/g)].map(([, ...numbers]) => numbers.map(Number));

describe('barBand', () => {
  it('draws each number that is not zero once, in the order asked for, up where it is positive', () => {
    forAll([fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 30 })], (numbers) => {
      const values = Float32Array.from(numbers);
      const order = [...numbers.keys()].reverse();
      const drawn = bars(barBand(values, order, place));
      const expected = order.flatMap((index, at) =>
        values[index] === 0 ? [] : [[10 + (at + 0.5) * 4, 20, 20 - (values[index] ?? 0)]],
      );
      expect(drawn).toEqual(expected);
    });
  });
  it('of one sign draws those, and both together are all', () => {
    const values = new Float32Array([1, -2, 0, 3]);
    const order = [0, 1, 2, 3];
    const [plus, minus] = [1, -1].map((sign) =>
      bars(barBand(values, order, { ...place, sign: sign as 1 | -1 })),
    );
    expect([plus?.length, minus?.length]).toEqual([2, 1]);
  });
  it('the largest size is one that one can divide by', () => {
    expect(largestSize([new Float32Array([1, -3]), new Float32Array([2])])).toBe(3);
    expect(largestSize([])).toBeGreaterThan(0);
  });
});
