// The readings of a mask agree: by tile, by row and as a tensor it says what it says element by element; flash computes what dense does.
import {
  add,
  backward,
  equal,
  mul,
  normal,
  random,
  sum,
  type Tensor,
  variable,
  where,
  zeros,
} from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttentionKernel,
  allows,
  attentionWithLogSumExp,
  byDistance,
  dense,
  flash,
  intervals,
  type Mask,
  tile,
  toTensor,
} from '../src/index.ts';
import { layers } from '../src/runs.ts';
import { maskExpression } from './masks.ts';

describe.each([
  [9, 12],
  [12, 7],
  [11, 11],
])('readings of %i queries by %i keys', (queries, keys) => {
  const sizes = { batch: 2, heads: 1, queries, keys };
  const anyMask = maskExpression(sizes);
  const [anyQuery, anyKey] = [fc.nat(queries - 1), fc.nat(keys - 1)];
  const [height, width] = [fc.integer({ min: 1, max: queries }), fc.integer({ min: 1, max: keys })];
  const seen = (mask: Mask, batch: number, query: number, key: number) =>
    allows(mask, { batch, head: 0, query, key }, sizes);

  it('a tile said to be empty or full is so in every element', () => {
    forAll(
      [anyMask, fc.nat(1), anyQuery, anyKey, height, width],
      (mask, batch, queryStart, keyStart, height, width) => {
        const queryEnd = Math.min(queries, queryStart + height);
        const keyEnd = Math.min(keys, keyStart + width);
        const said = tile(mask, { batch, queryStart, queryEnd, keyStart, keyEnd }, sizes);
        for (let query = queryStart; query < queryEnd; query++)
          for (let key = keyStart; key < keyEnd; key++)
            if (said !== 1) expect(seen(mask, batch, query, key)).toBe(said === 2);
      },
    );
  });
  it('the tile reading is tight: most tiles that are empty or full are said to be so', () => {
    let [plain, told] = [0, 0];
    forAll([anyMask, anyQuery, anyKey], (mask, queryStart, keyStart) => {
      const [queryEnd, keyEnd] = [Math.min(queries, queryStart + 4), Math.min(keys, keyStart + 4)];
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
    forAll([anyMask, anyQuery, anyKey], (mask, queryStart, keyStart) => {
      const part = toTensor(mask, sizes, { queries: [queryStart, queries], keys: [keyStart, keys] });
      let index = 0;
      for (let batch = 0; batch < 2; batch++)
        for (let query = queryStart; query < queries; query++)
          for (let key = keyStart; key < keys; key++)
            expect(part.data[index++] === 1).toBe(seen(mask, batch, query, key));
    });
  });
  it('flash gives what dense gives, for any expression, with any bias, in outputs and gradients', () => {
    forAll([anyMask, fc.nat(2), fc.nat(1000)], (mask, biased, seed) => {
      const source = random(seed);
      const draw = (...shape: number[]) => normal(shape, source);
      const [q, k, v] = [
        variable(draw(2, 2, queries, 4)),
        variable(draw(2, 1, keys, 4)),
        variable(draw(2, 1, keys, 4)),
      ];
      const table = variable(draw(2, 20));
      const bias = [undefined, byDistance(table, { first: -3 }), byDistance(table, { first: -11 })][biased];
      const [upstream, weighing] = [draw(2, 2, queries, 4), draw(2, 2, queries)];
      const run = (kernel: AttentionKernel) => {
        const { output, logSumExp } = attentionWithLogSumExp(q, k, v, { kernel, mask, bias });
        const finite = where(equal(logSumExp, -Infinity), 0, logSumExp);
        const gradients = backward(add(sum(mul(output, upstream)), sum(mul(finite, weighing))));
        return [output, finite, ...[q, k, v, table].map((x) => gradients.get(x) ?? zeros(x.shape))];
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
        for (let query = 0; query < queries; query++)
          for (let key = 0; key < keys; key++) {
            const [first, end] = [
              pairs[2 * (batch * queries + query)] as number,
              pairs[2 * (batch * queries + query) + 1] as number,
            ];
            expect(key >= first && key < end).toBe(seen(mask, batch, query, key));
          }
    });
    expect(found).toBeGreaterThan(10);
  });
  it('layers are the mask, each key in one of them, as few as its rows have ranges', () => {
    forAll([anyMask], (mask) => {
      const found = layers(mask, sizes, 6);
      if (found === undefined) throw new Error('no row of at most 12 keys has more than 6 ranges');
      for (let row = 0; row < 2 * queries; row++) {
        const [batch, query] = [Math.floor(row / queries), row % queries];
        const counts = new Array<number>(keys).fill(0);
        for (const layer of found)
          for (let key = layer[2 * row] as number; key < (layer[2 * row + 1] as number); key++)
            counts[key] = (counts[key] as number) + 1;
        expect(counts).toEqual(
          Array.from({ length: keys }, (_, key) => (seen(mask, batch, query, key) ? 1 : 0)),
        );
      }
      expect(found.length === 1).toBe(intervals(mask, sizes) !== undefined);
      const last = found.at(-1) as Int32Array;
      expect(found.length === 1 || last.some((border) => border > 0)).toBe(true);
    });
  });
});
