// Integers stay integers: arithmetic and reductions of int32, counting of bool, against 64-bit arithmetic cut down to 32.

import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  abs,
  add,
  argmax,
  backward,
  cast,
  cumsum,
  greater,
  max,
  maximum,
  min,
  minimum,
  mul,
  neg,
  sub,
  sum,
  Tensor,
  tensor,
  variable,
  zeros,
} from '../../src/index.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const pair = fc
  .integer({ min: 0, max: 6 })
  .chain((length) =>
    fc.tuple(
      fc.array(int32, { minLength: length, maxLength: length }),
      fc.array(int32, { minLength: length, maxLength: length }),
    ),
  );
const integers = (values: readonly number[]): Tensor<'int32'> =>
  new Tensor('int32', [values.length], Int32Array.from(values));
const wrapped = (value: bigint): number => Number(BigInt.asIntN(32, value));

describe('int32', () => {
  test('sums, differences, products and negatives are those of whole numbers, cut down to 32 bits', () => {
    forAll([pair], ([a, b]) => {
      const each = (f: (x: bigint, y: bigint) => bigint): number[] =>
        a.map((x, i) => wrapped(f(BigInt(x), BigInt(b[i] as number)))); // one length
      const [left, right] = [integers(a), integers(b)];
      expect([...add(left, right).data]).toEqual(each((x, y) => x + y));
      expect([...sub(left, right).data]).toEqual(each((x, y) => x - y));
      expect([...mul(left, right).data]).toEqual(each((x, y) => x * y));
      expect([...neg(left).data]).toEqual(a.map((x) => wrapped(-BigInt(x))));
      expect([...abs(left).data]).toEqual(a.map((x) => wrapped(BigInt(Math.abs(x)))));
      expect([...maximum(left, right).data]).toEqual(a.map((x, i) => Math.max(x, b[i] as number)));
      expect([...minimum(left, right).data]).toEqual(a.map((x, i) => Math.min(x, b[i] as number)));
    });
  });

  test('broadcast like floats, also with whole numbers, and stay int32', () => {
    const column = new Tensor('int32', [2, 1], Int32Array.of(10, 20));
    const moved = add(column, integers([1, 2, 3]));
    expect([moved.dtype, moved.toArray()]).toEqual([
      'int32',
      [
        [11, 12, 13],
        [21, 22, 23],
      ],
    ]);
    expect(sub(2 ** 31 - 1, integers([1])).toArray()).toEqual([2 ** 31 - 2]);
    expect(mul(integers([3, 4]), -2).toArray()).toEqual([-6, -8]);
  });

  test('beside floats they count as floats, and the gradient reaches those', () => {
    const x = variable(tensor([0.5, -2]));
    const product = mul(x, integers([3, 4]));
    expect([product.dtype, product.toArray()]).toEqual(['float32', [1.5, -8]]);
    expect(backward(sum(product)).get(x)?.toArray()).toEqual([3, 4]);
  });

  test('a fraction beside them is refused, with the way out', () => {
    expect(() => add(integers([1]), 0.5)).toThrow(/add: 0.5 beside an int32 tensor.*cast/);
    expect(add(cast(integers([1])), 0.5).toArray()).toEqual([1.5]);
  });

  test('reductions give int32: exact sums, largest and smallest, running sums', () => {
    const x = new Tensor('int32', [2, 3], Int32Array.of(16777217, 1, -5, 4, 9, 2));
    expect([sum(x).dtype, sum(x).item()]).toEqual(['int32', 16777228]);
    expect(sum(x, [0]).toArray()).toEqual([16777221, 10, -3]);
    expect(max(x, [1], { keepDims: true }).toArray()).toEqual([[16777217], [9]]);
    expect(min(x, [0]).toArray()).toEqual([4, 1, -5]);
    expect(argmax(x, 0).toArray()).toEqual([0, 1, 1]);
    expect(cumsum(x, 1).toArray()).toEqual([
      [16777217, 16777218, 16777213],
      [4, 13, 15],
    ]);
    expect(sum(zeros([2, 0], 'int32'), [1]).toArray()).toEqual([0, 0]);
    expect(() => max(zeros([0], 'int32'))).toThrow(/max: int32\[0\] has no element/);
  });

  test('a sum beyond 32 bits is refused rather than wrong', () => {
    expect(() => sum(integers([2 ** 31 - 1, 1]))).toThrow(/sum 2147483648 .* does not fit 32 bits.*cast/);
  });

  test('the sum of booleans counts those that are true', () => {
    const positive = greater(
      tensor([
        [1, -1],
        [2, 3],
      ]),
      0,
    );
    expect([sum(positive).dtype, sum(positive).item()]).toEqual(['int32', 3]);
    expect(sum(positive, [1]).toArray()).toEqual([1, 2]);
  });
});
