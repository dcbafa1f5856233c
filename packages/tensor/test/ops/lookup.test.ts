import { describe, expect, it } from 'vitest';
import {
  crossEntropy,
  dropout,
  gather,
  integers,
  ones,
  random,
  scatterAdd,
  takeAlong,
  tensor,
  zeros,
} from '../../src/index.ts';

describe('looking up', () => {
  it('gather takes rows; an id outside is named with its place and the range', () => {
    const table = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(
      gather(
        table,
        integers([
          [2, 0],
          [0, 0],
        ]),
      ).toArray(),
    ).toEqual([
      [
        [5, 6],
        [1, 2],
      ],
      [
        [1, 2],
        [1, 2],
      ],
    ]);
    expect(gather(tensor([7, 8]), integers(1)).item()).toBe(8);
    expect(() => gather(table, integers([0, 3]))).toThrow(
      /gather: id 3 at place 1; the table has rows 0 to 2/,
    );
    expect(() => gather(table, integers([-1]))).toThrow(/id -1 at place 0/);
    expect(() => gather(zeros([0, 2]), integers([0]))).toThrow(/the table has no rows/);
    expect(() => gather(zeros([]), integers([0]))).toThrow(/gather: table float32\[\]/);
  });

  it('takeAlong reads along one axis, and its index broadcasts on the others', () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(
      takeAlong(
        x,
        integers([
          [2, 0],
          [1, 1],
        ]),
        1,
      ).toArray(),
    ).toEqual([
      [3, 1],
      [5, 5],
    ]);
    expect(takeAlong(x, integers([[1]]), 0).toArray()).toEqual([[4, 5, 6]]);
    expect(() => takeAlong(x, integers([0]), 1)).toThrow(
      /takeAlong: index int32\[1\] for a tensor of shape \[2, 3\]/,
    );
    expect(() => takeAlong(x, integers([[3], [0]]), 1)).toThrow(/takeAlong: id 3 at place 0/);
    expect(() => takeAlong(x, integers([[0], [0], [0]]), 1)).toThrow(/takeAlong: .*do not broadcast/);
  });

  it('scatterAdd adds up what falls on one place', () => {
    expect(
      scatterAdd(tensor([[1, 2, 4]]), integers([[1, 1, 0]]), { shape: [1, 3], axis: 1 }).toArray(),
    ).toEqual([[4, 3, 0]]);
    expect(() => scatterAdd(zeros([2]), integers([0]), { shape: [3], axis: 0 })).toThrow(
      /scatterAdd: float32\[2\] with index int32\[1\]; shapes must be equal/,
    );
    expect(() => scatterAdd(zeros([1, 2]), integers([[0, 0]]), { shape: [3, 3], axis: 0 })).toThrow(
      /expected int32 of the same rank, all other extents equal/,
    );
    expect(() => scatterAdd(zeros([1]), integers([3]), { shape: [3], axis: 0 })).toThrow(/scatterAdd: id 3/);
  });
});

describe('dropout', () => {
  it('zeroes the asked share and scales the rest, so that the mean stays', () => {
    const y = dropout(ones([100_000]), 0.3, random(5));
    const zeroed = y.data.reduce((count, value) => count + Number(value === 0), 0);
    expect(Math.abs(zeroed / 100_000 - 0.3)).toBeLessThan(6 * Math.sqrt((0.3 * 0.7) / 100_000)); // six standard errors
    expect(new Set(y.data)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
  });

  it('without a source or with rate 0 it is x itself; the same source gives other places each time, the same seed the same', () => {
    const x = ones([64]);
    expect(dropout(x, 0.5, undefined)).toBe(x);
    expect(dropout(x, 0, random(1))).toBe(x);
    const source = random(1);
    const first = dropout(x, 0.5, source);
    expect(dropout(x, 0.5, source).data).not.toEqual(first.data);
    expect(dropout(x, 0.5, random(1)).data).toEqual(first.data);
  });

  it.each([-0.1, 1, Number.NaN])('refuses rate %d', (rate) => {
    expect(() => dropout(ones([1]), rate, random(0))).toThrow(
      /dropout: rate .*; expected from 0 to less than 1/,
    );
  });
});

describe('crossEntropy', () => {
  it('of even logits is the logarithm of the number of classes', () => {
    expect(crossEntropy(zeros([3, 10]), integers([0, 5, 9])).item()).toBeCloseTo(Math.log(10), 6);
  });

  it('a hidden class that is not the target costs nothing', () => {
    expect(crossEntropy(tensor([[0, -Infinity, 0]]), integers([0])).item()).toBeCloseTo(Math.LN2, 6);
  });

  it('refuses targets that are no classes, shapes that do not fit, and smoothing beyond 1', () => {
    expect(() => crossEntropy(zeros([2, 3]), integers([0, 3]))).toThrow(
      /crossEntropy: target 3 in row 1; expected a class from 0 to 2, or -100 to leave the row out/,
    );
    expect(() => crossEntropy(zeros([2, 3]), integers([0]))).toThrow(
      /crossEntropy: logits float32\[2, 3\] with targets int32\[1\]/,
    );
    expect(() => crossEntropy(zeros([1, 3]), integers([0]), { labelSmoothing: 1.5 })).toThrow(
      /labelSmoothing 1\.5; expected from 0 to 1/,
    );
  });
});
