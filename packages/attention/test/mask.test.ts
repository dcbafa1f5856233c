import { backward, normal, random, type Tensor, tensor, variable, zeros } from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttentionKernel,
  allows,
  attention,
  blocks,
  byDistance,
  causal,
  dense,
  documents,
  firstKeys,
  flash,
  global,
  hideWhere,
  intervals,
  keepWhere,
  type Mask,
  padding,
  tile,
  toTensor,
  where,
  window,
} from '../src/index.ts';
import { maskExpression } from './masks.ts';

const sizes = { batch: 2, heads: 1, queries: 9, keys: 12 };

const anyMask = maskExpression(sizes);

const seen = (mask: Mask, batch: number, query: number, key: number) =>
  allows(mask, { batch, head: 0, query, key }, sizes);

describe('masks', () => {
  it('causal is aligned at the lower right, with fewer queries than keys and with more', () => {
    const print = (queries: number, keys: number) =>
      toTensor(causal(), { batch: 1, heads: 1, queries, keys }).toArray();
    expect(print(2, 5)).toEqual([
      [
        [
          [1, 1, 1, 1, 0],
          [1, 1, 1, 1, 1],
        ],
      ],
    ]);
    expect(print(5, 2)).toEqual([
      [
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
    ]);
  });
  it('window includes both of its ends', () => {
    const print = toTensor(window({ left: 1, right: 1 }), {
      batch: 1,
      heads: 1,
      queries: 4,
      keys: 4,
    }).toArray();
    expect(print).toEqual([
      [
        [
          [1, 1, 0, 0],
          [1, 1, 1, 0],
          [0, 1, 1, 1],
          [0, 0, 1, 1],
        ],
      ],
    ]);
  });
  it('a tile said to be empty or full is so in every element', () => {
    forAll(
      [
        anyMask,
        fc.nat(1),
        fc.nat(8),
        fc.nat(11),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 12 }),
      ],
      (mask, batch, queryStart, keyStart, height, width) => {
        const queryEnd = Math.min(sizes.queries, queryStart + height);
        const keyEnd = Math.min(sizes.keys, keyStart + width);
        const said = tile(mask, { batch, queryStart, queryEnd, keyStart, keyEnd }, sizes);
        for (let query = queryStart; query < queryEnd; query++)
          for (let key = keyStart; key < keyEnd; key++)
            if (said !== 1) expect(seen(mask, batch, query, key)).toBe(said === 2);
      },
    );
  });
  it('the tile reading is tight: most tiles that are empty or full are said to be so', () => {
    let [plain, told] = [0, 0];
    forAll([anyMask, fc.nat(8), fc.nat(11)], (mask, queryStart, keyStart) => {
      const [queryEnd, keyEnd] = [Math.min(9, queryStart + 4), Math.min(12, keyStart + 4)];
      const bits: boolean[] = [];
      for (let query = queryStart; query < queryEnd; query++)
        for (let key = keyStart; key < keyEnd; key++) bits.push(seen(mask, 0, query, key));
      if (new Set(bits).size !== 1) return;
      plain++;
      if (tile(mask, { batch: 0, queryStart, queryEnd, keyStart, keyEnd }, sizes) !== 1) told++;
    });
    expect(plain).toBeGreaterThan(20);
    expect(told / plain).toBeGreaterThan(0.8);
  });
  it('the tensor reading, whole or in part, is what the mask allows', () => {
    forAll([anyMask, fc.nat(8), fc.nat(11)], (mask, queryStart, keyStart) => {
      const part = toTensor(mask, sizes, { queries: [queryStart, 9], keys: [keyStart, 12] });
      let index = 0;
      for (let batch = 0; batch < 2; batch++)
        for (let query = queryStart; query < 9; query++)
          for (let key = keyStart; key < 12; key++)
            expect(part.data[index++] === 1).toBe(seen(mask, batch, query, key));
    });
  });
  it('flash gives what dense gives, for any expression, with any bias, in outputs and gradients', () => {
    forAll([anyMask, fc.nat(2), fc.nat(1000)], (mask, biased, seed) => {
      const source = random(seed);
      const draw = (...shape: number[]) => normal(shape, source);
      const [q, k, v] = [
        variable(draw(2, 2, 9, 4)),
        variable(draw(2, 1, 12, 4)),
        variable(draw(2, 1, 12, 4)),
      ];
      const table = variable(draw(2, 20));
      const bias = [undefined, byDistance(table, { first: -3 }), byDistance(table, { first: -11 })][biased];
      const upstream = draw(2, 2, 9, 4);
      const run = (kernel: AttentionKernel) => {
        const output = attention(q, k, v, { kernel, mask, bias });
        const gradients = backward(output, upstream);
        return [output, ...[q, k, v, table].map((x) => gradients.get(x) ?? zeros(x.shape))];
      };
      const expected = run(dense);
      for (const [index, given] of run(flash).entries())
        expectClose(given, expected[index] as Tensor, { absolute: 2e-5, relative: 2e-5 });
    });
  });
  it('intervals, where a mask has them, are exactly what it allows', () => {
    let found = 0;
    forAll([anyMask], (mask) => {
      const pairs = intervals(mask, sizes);
      if (pairs === undefined) return;
      found++;
      for (let batch = 0; batch < 2; batch++)
        for (let query = 0; query < sizes.queries; query++)
          for (let key = 0; key < sizes.keys; key++) {
            const [first, end] = [
              pairs[2 * (batch * sizes.queries + query)] as number,
              pairs[2 * (batch * sizes.queries + query) + 1] as number,
            ];
            expect(key >= first && key < end).toBe(seen(mask, batch, query, key));
          }
    });
    expect(found).toBeGreaterThan(10);
  });
  it('hideWhere hides what keepWhere keeps', () => {
    const bits = tensor(Uint8Array.of(1, 0, 0, 1), [2, 2]);
    const two = { batch: 1, heads: 1, queries: 2, keys: 2 };
    expect(toTensor(keepWhere(bits), two).toArray()).toEqual([
      [
        [
          [1, 0],
          [0, 1],
        ],
      ],
    ]);
    expect(toTensor(hideWhere(bits), two).toArray()).toEqual([
      [
        [
          [0, 1],
          [1, 0],
        ],
      ],
    ]);
  });
  it('masks that do not fit are refused by name', () => {
    const x = tensor(new Float32Array(2 * 1 * 3 * 4), [2, 1, 3, 4]);
    const call = (mask: Mask) => () => attention(x, x, x, { mask });
    expect(call(padding([3]))).toThrow(/padding: lengths \[3\] for 2 batches/);
    expect(call(padding([3, 9]))).toThrow(/at most 3/);
    expect(call(documents([0, 1]))).toThrow(/documents: 2 query ids/);
    expect(call(keepWhere(tensor(new Uint8Array(4), [4])))).toThrow(/does not broadcast/);
    expect(call(global([[0], [1], [2]]))).toThrow(/global: positions of 3 batches for 2/);
    expect(call(blocks({ size: 2, table: [[1, 0]] }))).toThrow(/1 × 2 blocks of 2 .* expected 2 × 2/);
    expect(() => window({ left: -1, right: 0 })).toThrow(/window: left -1/);
    expect(() => window({ left: 1, right: 0, dilation: 0 })).toThrow(/dilation 0/);
    expect(() => global([-1])).toThrow(/global: position -1/);
    expect(() => firstKeys(0.5)).toThrow(/firstKeys: 0.5/);
    expect(() => blocks({ size: 1, table: [[1], [1, 0]] })).toThrow(/different lengths/);
    expect(call(where(() => true))).not.toThrow();
  });
});
