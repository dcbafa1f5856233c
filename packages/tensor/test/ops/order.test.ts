// Order and place: slices with steps, flip, roll, repeatInterleave, cumsum, sort, topK, argmin, against their definitions by index.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  argmax,
  argmin,
  argsort,
  booleans,
  cast,
  cumsum,
  flip,
  gather,
  gradientCheck,
  integers,
  maskedFill,
  oneHot,
  repeatInterleave,
  roll,
  slice,
  sort,
  type Tensor,
  takeAlong,
  tensor,
  topK,
  where,
  zeros,
} from '../../src/index.ts';
import { indexOf, normal, place, type Shape, seed, shapes, sizeOf } from './indexing.ts';

/** A tensor whose element at an index is x's at the index that `from` says. */
const picked = (x: Tensor, shape: Shape, from: (index: number[]) => number[]) => ({
  shape,
  data: Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => x.data[place(x.shape, from(indexOf(shape, i)))] as number,
  ),
});
const replaced = (index: readonly number[], axis: number, value: number): number[] =>
  index.map((own, at) => (at === axis ? value : own));
/** The numbers of each lane of an axis. */
const lanes = (x: { shape: Shape; data: ArrayLike<number> }, axis: number): number[][] => {
  const extent = x.shape[axis] as number;
  const others = x.shape.map((own, at) => (at === axis ? 1 : own));
  return Array.from({ length: sizeOf(others) }, (_, lane) => {
    const index = indexOf(others, lane);
    return Array.from(
      { length: extent },
      (_, i) => x.data[place(x.shape, replaced(index, axis, i))] as number,
    );
  });
};
const axisIn = fc.nat(3);
/** Whole numbers, so that ties happen; NaN among them now and then. */
const tied = (shape: Shape, at: number): Tensor =>
  tensor(
    normal(shape, at).data.map((x) => (x > 1.5 ? Number.NaN : Math.round(x))),
    shape,
  );
/** Larger by the house's order: NaN above all, of equals the earlier index first. */
const rank = (values: readonly number[], descending: boolean): number[] =>
  values
    .map((_, i) => i)
    .sort((i, j) => {
      const [a, b] = [values[i] as number, values[j] as number].map((v) =>
        Number.isNaN(v) ? Infinity : v,
      ) as [number, number];
      return a === b ? i - j : descending ? b - a : a - b;
    });

describe('order along an axis', () => {
  it('slice takes start, start + step, … as NumPy does, for every step', () =>
    forAll(
      [
        shapes(1, 3, 0, 6),
        axisIn,
        fc.integer({ min: -6, max: 6 }),
        fc.integer({ min: -3, max: 3 }),
        fc.option(fc.nat(6)),
        seed,
      ],
      (shape, chosen, first, step, last, at) => {
        const axis = chosen % shape.length;
        const extent = shape[axis] as number;
        const start = first < 0 ? first + extent : first;
        const end = last ?? (step > 0 ? extent : -1);
        if (
          step === 0 ||
          start < 0 ||
          (step > 0 ? start > end || end > extent : start < end || start >= extent)
        )
          return;
        const places: number[] = [];
        for (let i = start; step > 0 ? i < end : i > end; i += step) places.push(i);
        const x = normal(shape, at);
        const given = slice(x, axis, first, last ?? undefined, step);
        const wanted = shape.map((own, i) => (i === axis ? places.length : own));
        expect(given.shape).toEqual(wanted);
        expectClose(
          given,
          picked(x, wanted, (index) => replaced(index, axis, places[index[axis] as number] as number)),
        );
        gradientCheck((one) => slice(one, axis, first, last ?? undefined, step), [x]);
      },
      { runs: 150 },
    ));
  it('slice with a step serves integers and booleans, and refuses a step of 0', () => {
    expect(slice(integers([1, 2, 3, 4]), 0, -1, undefined, -3).toArray()).toEqual([4, 1]);
    expect(slice(booleans([1, 0, 1]), 0, 0, undefined, 2).toArray()).toEqual([1, 1]);
    expect(() => slice(tensor([1]), 0, 0, 1, 0)).toThrow(/step 0/);
    expect(() => slice(tensor([1, 2]), 0, 0, 2, -1)).toThrow(/which has 2 indices/);
  });
  it('flip, roll and repeatInterleave move elements to where they belong', () =>
    forAll(
      [shapes(1, 3, 0, 4), axisIn, fc.integer({ min: -9, max: 9 }), seed],
      (shape, chosen, shift, at) => {
        const axis = chosen % shape.length;
        const extent = shape[axis] as number;
        const x = normal(shape, at);
        const all = shape.map((_, i) => i);
        expectClose(
          flip(x, all),
          picked(x, shape, (index) => index.map((i, place) => (shape[place] as number) - 1 - i)),
        );
        expectClose(flip(flip(x, [axis]), [axis]), x);
        expectClose(
          roll(x, shift, axis),
          picked(x, shape, (index) =>
            replaced(index, axis, ((((index[axis] as number) - shift) % extent) + extent) % extent),
          ),
        );
        const count = Math.abs(shift) % 4;
        const longer = replaced(shape, axis, extent * count);
        const given = repeatInterleave(x, count, axis);
        expect(given.shape).toEqual(longer);
        expectClose(
          given,
          picked(x, longer, (index) => replaced(index, axis, Math.floor((index[axis] as number) / count))),
        );
        gradientCheck((one) => roll(flip(repeatInterleave(one, count, axis), [axis]), shift, axis), [x]);
      },
    ));
  it('cumsum adds up what came before', () =>
    forAll([shapes(1, 3, 0, 4), axisIn, seed], (shape, chosen, at) => {
      const axis = chosen % shape.length;
      const x = normal(shape, at);
      const sums = lanes(x, axis).map((lane) =>
        lane.map((_, i) => lane.slice(0, i + 1).reduce((a, b) => a + b, 0)),
      );
      lanes(cumsum(x, axis), axis).forEach((lane, i) =>
        expectClose(lane, sums[i] as number[], { absolute: 1e-6 }),
      );
      gradientCheck((one) => cumsum(one, axis), [x]);
    }));
  it('sort, argsort and topK are stable, NaN last or first, along every axis', () =>
    forAll(
      [shapes(1, 3, 0, 5), axisIn, fc.boolean(), fc.nat(5), seed],
      (shape, chosen, descending, many, at) => {
        const axis = chosen % shape.length;
        const x = tied(shape, at);
        const { values, indices } = sort(x, { axis, descending });
        const ranks = lanes(x, axis).map((lane) => rank(lane, descending));
        expect(lanes(indices, axis)).toEqual(ranks);
        expectClose(values, takeAlong(x, indices, axis));
        expect(argsort(x, { axis, descending }).data).toEqual(indices.data);
        const count = Math.min(many, shape[axis] as number);
        const top = topK(x, count, { axis, largest: descending });
        expect(lanes(top.indices, axis)).toEqual(ranks.map((lane) => lane.slice(0, count)));
      },
    ));
  it('topK of few among many agrees with sort', () =>
    forAll(
      [fc.integer({ min: 100, max: 400 }), fc.integer({ min: 0, max: 6 }), fc.boolean(), seed],
      (length, count, largest, at) => {
        const x = tied([length], at);
        const { values, indices } = topK(x, count, { largest });
        const expected = sort(x, { descending: largest });
        expect(indices.data).toEqual(expected.indices.data.slice(0, count));
        expectClose(values, expected.values.data.slice(0, count));
      },
    ));
  it('topK refuses more than there are', () => expect(() => topK(tensor([1, 2]), 3)).toThrow(/from 0 to 2/));
  it('argmax and argmin take the first of equals, and NaN before any number', () =>
    forAll([shapes(1, 3, 1, 5), axisIn, seed], (shape, chosen, at) => {
      const axis = chosen % shape.length;
      const x = tied(shape, at);
      for (const [op, best] of [
        [argmax, Math.max],
        [argmin, Math.min],
      ] as const)
        expect([...op(x, axis).data]).toEqual(
          lanes(x, axis).map((lane) =>
            lane.findIndex((v) => Object.is(v, best(...lane)) || v === best(...lane)),
          ),
        );
    }));
  it('argmin of nothing is refused', () => expect(() => argmin(zeros([2, 0]))).toThrow(/no element/));
  it('gather along any axis puts the ids’ axes in the place of it', () =>
    forAll([shapes(1, 3, 1, 4), axisIn, shapes(0, 2, 0, 3), seed], (shape, chosen, idShape, at) => {
      const axis = chosen % shape.length;
      const x = normal(shape, at);
      const ids = tensor(
        Int32Array.from({ length: sizeOf(idShape) }, (_, i) => (i * 7 + at) % (shape[axis] as number)),
        idShape,
      );
      const given = gather(x, ids, axis);
      const wanted = [...shape.slice(0, axis), ...idShape, ...shape.slice(axis + 1)];
      expect(given.shape).toEqual(wanted);
      expectClose(
        given,
        picked(x, wanted, (index) => {
          const id = ids.data[place(idShape, index.slice(axis, axis + idShape.length))] as number;
          return [...index.slice(0, axis), id, ...index.slice(axis + idShape.length)];
        }),
      );
      gradientCheck((one) => gather(one, ids, axis), [x]);
    }));
  it('gather, takeAlong, sort, topK, where and maskedFill serve integers and booleans, exactly', () => {
    const big = 2 ** 24 + 1; // no float32
    const ids = integers([
      [3, big],
      [7, -1],
    ]);
    expect(gather(ids, integers([1]), 1).toArray()).toEqual([[big], [-1]]);
    expect(takeAlong(ids, integers([[1], [0]]), 1).toArray()).toEqual([[big], [7]]);
    expect(sort(ids, { axis: 0 }).values.toArray()).toEqual([
      [3, -1],
      [7, big],
    ]);
    expect(topK(ids, 1).values.dtype).toBe('int32');
    const mask = booleans([1, 0]);
    expect(where(mask, ids, big + 1).toArray()).toEqual([
      [3, big + 1],
      [7, big + 1],
    ]);
    expect(maskedFill(ids, mask, 0).toArray()).toEqual([
      [0, big],
      [0, -1],
    ]);
    expect(where(mask, booleans([0, 0]), 5).toArray()).toEqual([0, 1]);
    expect(gather(booleans([1, 0]), integers([0, 0])).dtype).toBe('bool');
    expect(() => where(mask, ids as never, tensor([1, 2]))).toThrow(/expected one dtype. Use cast/);
  });
  it('cast cuts towards 0 and tells 0 from the rest; float32 it leaves alone', () => {
    expect(cast(tensor([1.7, -1.7]), 'int32').toArray()).toEqual([1, -1]);
    expect(cast(tensor([0, 0.2, Number.NaN]), 'bool').toArray()).toEqual([0, 1, 1]);
    expect(cast(booleans([1, 0]), 'int32').dtype).toBe('int32');
    const x = tensor([1]);
    expect(cast(x)).toBe(x);
  });
  it('oneHot has a one where the id says, and names an id outside', () => {
    expect(oneHot(integers([[2], [0]]), 3).toArray()).toEqual([[[0, 0, 1]], [[1, 0, 0]]]);
    expect(oneHot(integers([]), 3).shape).toEqual([0, 3]);
    expect(() => oneHot(integers([0, 3]), 3)).toThrow(/id 3 at place 1/);
  });
});
