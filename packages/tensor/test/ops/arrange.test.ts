// Arrangements against index arithmetic, round trips, and what is refused.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyTensor,
  arange,
  booleans,
  concat,
  type DType,
  expand,
  integers,
  pad,
  permute,
  random,
  repeat,
  reshape,
  slice,
  split,
  stack,
  type Tensor,
  tensor,
  transpose,
  tril,
  triu,
} from '../../src/index.ts';

type Shape = readonly number[];
const sizeOf = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1);
const shapes = (minRank: number, maxRank: number, max = 5) =>
  fc.array(fc.integer({ min: 0, max }), { minLength: minRank, maxLength: maxRank });

/** 0, 1, 2 … of a shape, as any dtype; bool has 0 and 1. */
const counting = <D extends DType>(shape: Shape, dtype: D): Tensor<D> => {
  const numbers = Array.from({ length: sizeOf(shape) }, (_, i) => i);
  if (dtype === 'float32') return tensor(Float32Array.from(numbers), shape) as AnyTensor as Tensor<D>;
  if (dtype === 'int32') return tensor(Int32Array.from(numbers), shape) as AnyTensor as Tensor<D>;
  return tensor(
    Uint8Array.from(numbers, (i) => ((i * 7) % 3) & 1),
    shape,
  ) as AnyTensor as Tensor<D>;
};

/** The element at an index, by the definition of row-major order. */
const at = ({ shape, data }: AnyTensor, index: readonly number[]): number =>
  data[index.reduce((place, i, axis) => place * (shape[axis] as number) + i, 0)] as number;

/** Every index of a shape, in order. */
const indices = function* (shape: Shape): Generator<number[]> {
  for (let place = 0; place < sizeOf(shape); place++) {
    const index: number[] = [];
    let rest = place;
    for (const extent of [...shape].reverse()) {
      index.unshift(rest % extent);
      rest = Math.floor(rest / extent);
    }
    yield index;
  }
};

/** result[index] = x[from(index)] everywhere, with the same dtype. */
const expectMoved = (result: AnyTensor, x: AnyTensor, from: (index: number[]) => readonly number[]): void => {
  expect(result.dtype).toBe(x.dtype);
  expect(result.data.length).toBe(result.size);
  for (const index of indices(result.shape)) expect(at(result, index)).toBe(at(x, from(index)));
};

const dtypes = ['float32', 'int32', 'bool'] as const;

describe.each(dtypes)('arrangements of %s', (dtype) => {
  it('permute: axis i of the result is axis axes[i] of x, and the inverse brings it back', () => {
    forAll([shapes(0, 5), fc.nat(1000)], (shape, seed) => {
      const axes = random(seed).shuffle(shape.map((_, axis) => axis));
      const x = counting(shape, dtype);
      const result = permute(x, axes);
      expectMoved(result, x, (index) => shape.map((_, axis) => index[axes.indexOf(axis)] as number));
      expect(
        permute(
          result,
          shape.map((_, axis) => axes.indexOf(axis)),
        ).data,
      ).toEqual(x.data);
      if (shape.length > 0)
        expect(
          permute(
            x,
            axes.map((axis) => axis - shape.length),
          ).data,
        ).toEqual(result.data);
    });
  });

  it('permute of shapes with long axes crosses its tiles rightly', () => {
    for (const shape of [
      [70, 45],
      [33, 2, 64],
      [3, 40, 37],
      [40, 3, 5, 33],
    ])
      for (const axes of [shape.map((_, axis) => axis).reverse(), [...shape.keys()].slice(1).concat(0)]) {
        const x = counting(shape, dtype);
        expectMoved(permute(x, axes), x, (index) =>
          shape.map((_, axis) => index[axes.indexOf(axis)] as number),
        );
      }
  });

  it('transpose exchanges two axes, the last two unless told otherwise', () => {
    const x = counting([2, 3, 4], dtype);
    expectMoved(transpose(x), x, ([a, b, c]) => [a as number, c as number, b as number]);
    expectMoved(transpose(x, 0, -1), x, ([a, b, c]) => [c as number, b as number, a as number]);
  });

  it('expand repeats axes of extent 1 and adds axes in front', () => {
    forAll(
      [shapes(0, 3, 3), shapes(0, 2, 3), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 })],
      (shape, front, single) => {
        const own = shape.map((extent, axis) => (single[axis] ? 1 : extent));
        const x = counting(own, dtype);
        expectMoved(expand(x, [...front, ...shape]), x, (index) =>
          own.map((extent, axis) => (extent === 1 ? 0 : (index[front.length + axis] as number))),
        );
      },
    );
  });

  it('repeat lays the tensor out again and again along each axis', () => {
    forAll(
      [shapes(0, 3, 3), fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }), fc.nat(1)],
      (shape, all, extra) => {
        const counts = all.slice(0, shape.length + extra);
        const x = counting(shape, dtype);
        const result = repeat(x, counts);
        expect(result.shape).toEqual(
          counts.map((count, axis) => count * (axis < extra ? 1 : (shape[axis - extra] as number))),
        );
        expectMoved(result, x, (index) =>
          shape.map((extent, axis) => (index[axis + extra] as number) % extent),
        );
      },
    );
  });

  it('split then concat gives the tensor back, whatever the sizes', () => {
    forAll([shapes(1, 4), fc.nat(3), fc.array(fc.nat(100), { maxLength: 3 })], (shape, place, cuts) => {
      const axis = place % shape.length;
      const extent = shape[axis] as number;
      const bounds = [0, ...cuts.map((cut) => cut % (extent + 1)).sort((a, b) => a - b), extent];
      const x = counting(shape, dtype);
      const parts = split(
        x,
        bounds.slice(1).map((bound, i) => bound - (bounds[i] as number)),
        axis,
      );
      expect(parts.length).toBe(cuts.length + 1);
      expect(concat(parts, axis - shape.length).data).toEqual(x.data);
      expect(concat(split(x, 2, axis), axis).data).toEqual(x.data);
    });
  });

  it('slice takes a range of one axis; pad puts it back', () => {
    forAll([shapes(1, 4), fc.nat(3), fc.nat(5), fc.nat(5)], (shape, place, a, b) => {
      const axis = place % shape.length;
      const extent = shape[axis] as number;
      const [start, end] = [a % (extent + 1), b % (extent + 1)].sort((p, q) => p - q) as [number, number];
      const x = counting(shape, dtype);
      const part = slice(x, axis, start, end);
      expectMoved(part, x, (index) => index.map((i, own) => (own === axis ? i + start : i)));
      const padded = pad(part, axis, { before: start, after: extent - end, value: 1 });
      expect(padded.shape).toEqual(shape);
      for (const index of indices(shape)) {
        const i = index[axis] as number;
        expect(at(padded, index)).toBe(i >= start && i < end ? at(x, index) : 1);
      }
      expect(pad(padded, axis, { before: -start, after: end - extent }).data).toEqual(part.data);
    });
  });

  it('stack puts tensors side by side along a new axis', () => {
    forAll([shapes(0, 3), fc.nat(3)], (shape, place) => {
      const axis = place % (shape.length + 1);
      const x = counting(shape, dtype);
      const result = stack([x, x, x], axis);
      expect(result.shape).toEqual([...shape.slice(0, axis), 3, ...shape.slice(axis)]);
      expectMoved(result, x, (index) => index.filter((_, own) => own !== axis));
    });
  });

  it('reshape keeps the order, shares the data, and fills in one −1', () => {
    const x = counting([2, 3, 4], dtype);
    expect(reshape(x, [4, -1]).shape).toEqual([4, 6]);
    expect(reshape(x, [-1]).data).toBe(x.data);
    expect(reshape(counting([0, 3], dtype), [3, 0]).shape).toEqual([3, 0]);
  });
});

describe('tril and triu', () => {
  it('keep what lies on their side of the diagonal, of every matrix of a batch', () => {
    forAll([shapes(2, 3), fc.integer({ min: -6, max: 6 })], (shape, offset) => {
      const x = tensor(new Float32Array(sizeOf(shape)).fill(1), shape);
      const [lower, upper] = [tril(x, offset), triu(x, offset)];
      for (const index of indices(shape)) {
        const [row, column] = index.slice(-2) as [number, number];
        expect(at(lower, index)).toBe(column <= row + offset ? 1 : 0);
        expect(at(upper, index)).toBe(column >= row + offset ? 1 : 0);
      }
    });
  });
});

describe('what cannot be arranged is refused with shapes and the way out', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  it.each([
    [
      'reshape',
      () => reshape(x, [4]),
      /reshape: float32\[2, 3\] with 6 elements as \[4\]; expected extents whose product is 6/,
    ],
    ['reshape by two −1', () => reshape(x, [-1, -1]), /at most one of them −1/],
    ['reshape by a rest that is no integer', () => reshape(x, [4, -1]), /reshape: /],
    [
      'permute with an axis twice',
      () => permute(x, [0, 0]),
      /permute: axes \[0, 0\] for float32\[2, 3\]; expected each of its 2 axes once/,
    ],
    [
      'permute beyond the rank',
      () => permute(x, [0, 2]),
      /permute: axis 2 of a tensor of rank 2\. Use -2 to 1/,
    ],
    ['expand of an extent that is not 1', () => expand(x, [4, 3]), /expand: .*do not broadcast/],
    [
      'expand to fewer axes',
      () => expand(x, [3]),
      /expand: float32\[2, 3\] does not broadcast to float32\[3\]/,
    ],
    [
      'repeat with too few counts',
      () => repeat(x, [2]),
      /repeat: 1 counts for float32\[2, 3\]; expected one for each of its 2 axes/,
    ],
    ['repeat a negative number of times', () => repeat(x, [2, -1]), /repeat: shape \[2, -1\] has extent -1/],
    ['concat of nothing', () => concat([], 0), /concat: no tensors/],
    [
      'concat of different extents',
      () => concat([x, tensor([[1, 2]])], 0),
      /concat: float32\[1, 2\] after float32\[2, 3\] along axis 0/,
    ],
    [
      'concat of different dtypes',
      () => concat<DType>([x, integers([[1, 2, 3]])], 0),
      /concat: int32\[1, 3\] after float32\[2, 3\]/,
    ],
    ['stack of different shapes', () => stack([x, tensor([1])]), /concat: /],
    [
      'slice beyond the end',
      () => slice(x, 1, 0, 4),
      /slice: 0 to 4 of axis 1 of float32\[2, 3\], which has 3 indices/,
    ],
    ['slice backwards', () => slice(x, 1, 2, 1), /slice: 2 to 1/],
    ['slice of half an index', () => slice(x, 1, 0.5), /slice: 0\.5/],
    ['slice before the beginning', () => slice(x, 1, -4), /slice: -4/],
    [
      'split in parts that do not add up',
      () => split(x, [1, 1], 1),
      /split: sizes \[1, 1\] sum to 2; axis 1 of float32\[2, 3\] has 3/,
    ],
    ['split in parts of nothing', () => split(x, 0, 1), /split: parts of 0; expected a positive integer/],
    ['split in negative parts', () => split(x, [4, -1], 1), /slice: |split: /],
    ['pad by half an index', () => pad(x, 0, { before: 0.5 }), /pad: 0\.5 before and 0 after/],
    [
      'pad that takes away more than there is',
      () => pad(x, 0, { before: -3 }),
      /take away at most its 2 indices/,
    ],
    ['tril of a vector', () => tril(tensor([1])), /tril: float32\[1\]; expected at least two axes/],
    ['triu of a number', () => triu(tensor(1)), /triu: float32\[\]/],
    ['transpose of a vector', () => transpose(tensor([1])), /transpose: axis -2 of a tensor of rank 1/],
  ])('%s', (_name, attempt, message) => {
    expect(attempt).toThrow(message);
  });

  it('and negative numbers of slice count from the end', () => {
    expect(slice(arange(5), 0, -2).toArray()).toEqual([3, 4]);
    expect(slice(booleans([1, 0, 1]), -1, 0, -1).toArray()).toEqual([1, 0]);
  });
});
