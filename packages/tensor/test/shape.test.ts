// Shape arithmetic, and dims: names that document a shape and check it.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dims, integers, ShapeError, sameShape, sizeOf, zeros } from '../src/index.ts';
import { axisOf, broadcastShapes, stridesOf } from '../src/shape.ts';

describe('dims', () => {
  it('gives the extents by name, checked over all tensors', () => {
    const extents = dims('attention', {
      query: [zeros([5, 64]), 'queries depth'],
      key: [zeros([7, 64]), 'keys depth'],
    });
    expect(extents).toEqual({ queries: 5, keys: 7, depth: 64 });
  });

  it('names both tensors where an extent differs', () => {
    expect(() =>
      dims('attention', { query: [zeros([5, 64]), 'queries depth'], key: [zeros([7, 32]), 'keys depth'] }),
    ).toThrow(new ShapeError('attention: depth is 32 in key float32[7, 32] but 64 in query float32[5, 64].'));
  });

  it('counts axes, and checks numbers', () => {
    expect(() => dims('f', { x: [zeros([2]), 'rows columns'] })).toThrow(
      /f: x float32\[2\] has 1 dimensions; expected 2: \[rows, columns\]/,
    );
    expect(() => dims('f', { x: [integers([1, 2]), '3'] })).toThrow(
      /f: axis 0 of x int32\[2\] is 2; expected 3/,
    );
    expect(dims('f', { x: [zeros([]), ''] })).toEqual({});
    expect(dims('f', { x: [zeros([4, 4]), 'n n'] })).toEqual({ n: 4 });
    expect(() => dims('f', { x: [zeros([4, 5]), 'n n'] })).toThrow(/n is 5 in x .* but 4 in x/);
  });
});

describe('shapes', () => {
  it('strides are the distance between neighbours, row-major', () => {
    forAll([fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 5 })], (shape) => {
      const strides = stridesOf(shape);
      for (const [axis, stride] of strides.entries()) expect(stride).toBe(sizeOf(shape.slice(axis + 1)));
      expect(sameShape(shape, [...shape])).toBe(true);
      expect(sameShape(shape, [...shape, 1])).toBe(false);
    });
  });

  it('broadcasting is symmetric, and a scalar broadcasts to everything', () => {
    forAll(
      [
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
        fc.array(fc.constantFrom(1, 1, 2), { maxLength: 4 }),
      ],
      (a, b) => {
        const attempt = (left: number[], right: number[]) => {
          try {
            return broadcastShapes('f', left, right);
          } catch (error) {
            expect(error).toBeInstanceOf(ShapeError);
            return undefined;
          }
        };
        expect(attempt(a, b)).toEqual(attempt(b, a));
        expect(broadcastShapes('f', a, [])).toEqual(a);
      },
    );
  });

  it('an axis is counted from either end, and one that is not there is an error that says which are', () => {
    expect([axisOf('f', 1, 3), axisOf('f', -1, 3)]).toEqual([1, 2]);
    expect(() => axisOf('f', 3, 3)).toThrow(/f: axis 3 of a tensor of rank 3\. Use -3 to 2/);
    expect(() => axisOf('f', 0.5, 3)).toThrow(ShapeError);
  });
});
