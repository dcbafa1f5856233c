import { describe, expect, it } from 'vitest';
import { expectClose } from '../src/index.ts';

describe('expectClose', () => {
  it('accepts elements within the absolute and the relative tolerance', () => {
    expectClose([1, 100], [1.05, 104], { absolute: 0.06, relative: 0.04 });
    expectClose(3, 3);
    expectClose({ shape: [2], data: [1, 2] }, new Float32Array([1, 2]));
    expectClose([1000, 0.5], [1000, 0], { relativeToLargest: 1e-3 });
  });
  it('refuses an element just outside and names the worst one by its place in the shape', () => {
    const actual = { shape: [2, 2], data: [0, 0, 0.2, 0.5] };
    expect(() => expectClose(actual, { shape: [2, 2], data: [0, 0, 0, 0] }, { absolute: 0.1 })).toThrow(
      /2 of 4 elements differ; worst at \[1, 1\]: expected 0, received 0.5/,
    );
  });
  it('refuses without a tolerance what is not exactly equal', () => {
    expect(() => expectClose([1], [1 + 2 ** -40])).toThrow('1 of 1');
  });
  it('tells different shapes and lengths apart', () => {
    const data = [1, 2];
    expect(() => expectClose({ shape: [2], data }, { shape: [1, 2], data })).toThrow(
      'shape [1, 2], received [2]',
    );
    expect(() => expectClose([1], [1, 2])).toThrow('expected 2 elements, received 1');
  });
  it('lets NaN agree with NaN only and an infinity with itself only, however large the tolerance', () => {
    expectClose([Number.NaN, Infinity], [Number.NaN, Infinity]);
    for (const [got, want] of [
      [Number.NaN, 0],
      [0, Number.NaN],
      [1, Infinity],
      [Infinity, 1],
      [Infinity, -Infinity],
    ] as const) {
      expect(() => expectClose([got], [want], { absolute: 1e300, relative: 1e9 })).toThrow('1 of 1');
    }
  });
});
