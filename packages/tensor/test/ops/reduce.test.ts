// Reductions against loops in float64 over the groups that they bring together.
import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  argmax,
  full,
  logSumExp,
  max,
  mean,
  min,
  random,
  sum,
  type Tensor,
  tensor,
  variance,
  zeros,
} from '../../src/index.ts';
import { indexOf, normal, place, seed, shapes, sizeOf } from './indexing.ts';

describe('reductions', () => {
  /** Groups of elements that a reduction over axes brings together, in the order of its result. */
  const groups = ({ shape, data }: Tensor, axes: readonly number[]): number[][] => {
    const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    const result = Array.from({ length: sizeOf(kept) }, (): number[] => []);
    data.forEach((value, i) => result[place(kept, indexOf(shape, i))]!.push(value)); // every place lies inside
    return result;
  };
  const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const average = (values: readonly number[]) => total(values) / values.length;
  const square = (values: readonly number[], correction: number) => {
    const middle = average(values);
    return total(values.map((value) => (value - middle) ** 2)) / Math.max(0, values.length - correction);
  };
  const cases = [
    ['sum', sum, total, 0],
    ['mean', mean, average, 1],
    ['max', max, (values: number[]) => Math.max(...values), 1],
    ['min', min, (values: number[]) => Math.min(...values), 1],
    ['logSumExp', logSumExp, (values: number[]) => Math.log(total(values.map(Math.exp))), 0],
    ['variance', variance, (values: number[]) => square(values, 0), 1],
    [
      'variance of a sample',
      (x: Tensor, axes: number[], options: object) => variance(x, axes, { ...options, correction: 1 }),
      (values: number[]) => square(values, 1),
      2,
    ],
  ] as const;

  it.each(cases)('%s over every choice of axes', (_name, op, reduce, least) => {
    forAll(
      [
        shapes(0, 4, least).chain((shape) => fc.tuple(fc.constant(shape), fc.subarray([...shape.keys()]))),
        fc.boolean(),
        seed,
      ],
      ([shape, axes], keepDims, at) => {
        const x = normal(shape, at);
        if (least > 0 && sizeOf(axes.map((axis) => shape[axis] as number)) < least) return;
        const result = op(x, random(at).shuffle(axes), { keepDims });
        const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
        expect(result.shape).toEqual(keepDims ? kept : shape.filter((_, axis) => !axes.includes(axis)));
        expectClose(result.data, groups(x, axes).map(reduce), { absolute: 1e-6, relative: 1e-5 });
      },
    );
  });

  it('argmax gives the first of equal largest elements, and NaN counts as larger than all', () => {
    forAll([shapes(1, 3, 1), fc.nat(2), seed], (shape, chosen, at) => {
      const axis = chosen % shape.length;
      const x = tensor(
        noise(shape, at).data.map((value) => Math.round(value)),
        shape,
      );
      expect([...argmax(x, axis).data]).toEqual(
        groups(x, [axis]).map((values) => values.indexOf(Math.max(...values))),
      );
    });
    expect(argmax(tensor([1, Number.NaN, 3, Number.NaN]), 0).item()).toBe(1);
    expect(argmax(zeros([2, 3]), 1, { keepDims: true }).shape).toEqual([2, 1]);
  });

  it('of nothing: a sum is 0, log Σ exp is −∞, a mean is NaN, a largest element does not exist', () => {
    const none = zeros([0, 2]);
    expect(sum(none, [0]).toArray()).toEqual([0, 0]);
    expect(logSumExp(none, [0]).toArray()).toEqual([-Infinity, -Infinity]);
    expect(mean(none, [0]).toArray()).toEqual([Number.NaN, Number.NaN]);
    expect(() => max(none, [0])).toThrow(/max: float32\[0, 2\] has no element along the reduced axes/);
    expect(() => min(none)).toThrow(/min: float32\[0, 2\]/);
    expect(() => argmax(none, 0)).toThrow(/argmax: float32\[0, 2\] has no element along axis 0/);
    expect(max(none, [1]).shape).toEqual([0]);
  });

  it('sums of a million terms keep their digits', () => {
    expectClose(sum(full([1_000_000], 0.1)).item(), 1e6 * Math.fround(0.1), { relative: 1e-7 });
    expectClose(mean(add(normal([1000, 1000], 4), 1000)).item(), 1000, { relative: 1e-5 });
  });

  it('log Σ exp neither overflows nor underflows, and NaN comes through', () => {
    expect(logSumExp(tensor([1000, 1000])).item()).toBeCloseTo(1000 + Math.LN2, 3);
    expect(logSumExp(tensor([-2000, -2000])).item()).toBeCloseTo(-2000 + Math.LN2, 3);
    expect(logSumExp(tensor([-Infinity, 3])).item()).toBe(3);
    expect([
      logSumExp(tensor([1, Number.NaN])).item(),
      max(tensor([1, Number.NaN, 2])).item(),
      min(tensor([Number.NaN, 1])).item(),
    ]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  it('an axis that is not there or named twice is refused', () => {
    expect(() => sum(zeros([2]), [1])).toThrow(/sum: axis 1 of a tensor of rank 1/);
    expect(() => sum(zeros([2, 2]), [0, -2])).toThrow(
      /sum: axes \[0, -2\] of float32\[2, 2\] name one axis twice/,
    );
  });
});
