// Element-wise ops under broadcasting against pairing by index arithmetic.
import { expectClose, forAll, noise } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  add,
  booleans,
  cast,
  div,
  equal,
  greater,
  greaterOrEqual,
  integers,
  less,
  lessOrEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  maskedFill,
  maximum,
  minimum,
  mul,
  notEqual,
  pow,
  sub,
  sum,
  sumTo,
  tensor,
  where,
  zeros,
} from '../../src/index.ts';
import { broadcastPair, indexOf, normal, place, type Shape, seed, sizeOf } from './indexing.ts';

describe('broadcasting', () => {
  const pairs = [
    ['add', add, (a: number, b: number) => a + b],
    ['sub', sub, (a: number, b: number) => a - b],
    ['mul', mul, (a: number, b: number) => a * b],
    ['div', div, (a: number, b: number) => a / b],
    ['maximum', maximum, Math.max],
    ['minimum', minimum, Math.min],
    ['equal', equal, (a: number, b: number) => Number(a === b)],
    ['notEqual', notEqual, (a: number, b: number) => Number(a !== b)],
    ['less', less, (a: number, b: number) => Number(a < b)],
    ['lessOrEqual', lessOrEqual, (a: number, b: number) => Number(a <= b)],
    ['greater', greater, (a: number, b: number) => Number(a > b)],
    ['greaterOrEqual', greaterOrEqual, (a: number, b: number) => Number(a >= b)],
  ] as const;

  it.each(pairs)(
    '%s pairs the elements that belong together, for every two shapes that broadcast',
    (_name, op, element) => {
      forAll([broadcastPair, seed], ({ shape, a, b }, at) => {
        const whole = (own: Shape, from: number) =>
          tensor(
            noise(own, from).data.map((value) => Math.round(value * 2)),
            own,
          ); // ties happen
        const [x, y] = [whole(a, at), whole(b, at + 1)];
        const result = op(x, y);
        expect(result.shape).toEqual(shape);
        const wanted = Array.from({ length: sizeOf(shape) }, (_, i) => {
          const index = indexOf(shape, i);
          return element(x.data[place(a, index)] as number, y.data[place(b, index)] as number);
        });
        expectClose(result, wanted.map(Math.fround));
      });
    },
  );

  it('a number stands for a tensor on either side', () => {
    expect([
      ...sub(10, tensor([1, 2])).data,
      ...sub(tensor([1, 2]), 10).data,
      ...pow(2, tensor([3])).data,
    ]).toEqual([9, 8, -9, -8, 8]);
  });

  it('shapes that do not fit are refused with both of them', () => {
    expect(() => add(zeros([2, 3]), zeros([2]))).toThrow(
      /add: float32\[2, 3\] and float32\[2\] do not broadcast: 3 against 2/,
    );
    expect(() => where(booleans([1, 0]), zeros([3]), 0)).toThrow(/where: .* do not broadcast/);
  });

  it('large integers are compared exactly', () => {
    expect(equal(integers([16777217, 16777216]), 16777217).toArray()).toEqual([1, 0]);
    expect(equal(integers([16777217]), integers([16777216])).toArray()).toEqual([0]);
    expect(less(2 ** 24 + 1, integers([2 ** 24])).toArray()).toEqual([0]);
    expect(less(integers([1, 2]), 1.5).toArray()).toEqual([1, 0]);
  });

  it('NaN equals nothing, not even itself, and comes through maximum and minimum', () => {
    const nan = tensor([Number.NaN]);
    expect([equal(nan, nan).item(), notEqual(nan, nan).item(), less(nan, 1).item()]).toEqual([0, 1, 0]);
    expect([maximum(nan, 1).item(), minimum(1, nan).item()]).toEqual([Number.NaN, Number.NaN]);
  });

  it('logic of masks follows its tables and broadcasts', () => {
    const [p, q] = [booleans([[0], [1]]), booleans([0, 1])];
    expect(logicalAnd(p, q).toArray()).toEqual([
      [0, 0],
      [0, 1],
    ]);
    expect(logicalOr(p, q).toArray()).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(logicalNot(q).toArray()).toEqual([1, 0]);
    expect([cast(q).dtype, ...cast(q).data]).toEqual(['float32', 0, 1]);
  });

  it('where and maskedFill choose, they do not multiply: what is not chosen may be anything', () => {
    expect(where(booleans([1, 0]), tensor([1, Number.NaN]), tensor([Infinity, 2])).toArray()).toEqual([1, 2]);
    expect(maskedFill(tensor([Number.NaN, 2]), booleans([1, 0]), -Infinity).toArray()).toEqual([
      -Infinity,
      2,
    ]);
  });

  it('sumTo is the transpose of broadcasting: Σ expand(x)·g = Σ x·sumTo(g)', () => {
    forAll([broadcastPair, seed], ({ shape, a }, at) => {
      const [x, g] = [normal(a, at), normal(shape, at + 1)];
      const left = sum(mul(add(zeros(shape), x), g)).item();
      expectClose(sum(mul(x, sumTo(g, a))).item(), left, { absolute: 1e-4, relative: 1e-4 });
    });
  });
});
