// Merging in blocks against merging the row as a whole, for any merges: ranks in any order, cycles, several pairs that make one token.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeInBlocks } from '../../src/models/mergeInBlocks.ts';
import { type Merges, mergeSymbols, type Symbols } from '../../src/models/mergeSymbols.ts';
import { PairTable } from '../../src/structures/pairTable.ts';

// The definition: the lowest rank first, the leftmost among equals.
function reference(
  ids: readonly number[],
  ranks: ReadonlyMap<string, [rank: number, made: number]>,
): number[] {
  const row = [...ids];
  for (;;) {
    const found = row
      .slice(1)
      .map((right, at) => ({ at, merge: ranks.get(`${row[at]} ${right}`) }))
      .filter(({ merge }) => merge !== undefined)
      .sort((a, b) => (a.merge?.[0] ?? 0) - (b.merge?.[0] ?? 0) || a.at - b.at);
    const [best] = found;
    if (best === undefined) return row;
    row.splice(best.at, 2, best.merge?.[1] ?? 0);
  }
}

const rowOf = (ids: readonly number[]): Symbols => ({
  ids: Int32Array.from(ids),
  widths: Int32Array.from(ids, (_, k) => 1 + (k % 3)),
  length: ids.length,
});

// Dropout that drops nothing: one queue for the whole row.
const byQueue = { probability: 0, random: () => 0.5 };

const id = fc.nat(7);
const pairs = fc.uniqueArray(fc.tuple(id, id, id), { maxLength: 24, selector: ([a, b]) => `${a} ${b}` });

test('gives the same tokens and widths for blocks of any size', () => {
  forAll(
    [pairs, fc.array(fc.nat(3), { minLength: 2, maxLength: 60 }), fc.integer({ min: 1, max: 12 })],
    (list, ids, block) => {
      const numbers = new PairTable(list.length);
      const ranks = new Map<string, [number, number]>();
      for (const [rank, [left, right, made]] of list.entries()) {
        numbers.set(left, right, rank);
        ranks.set(`${left} ${right}`, [rank, made]);
      }
      const merges: Merges = { numbers, made: Int32Array.from(list, ([, , made]) => made) };
      const row = rowOf(ids);
      mergeInBlocks(row, (part) => mergeSymbols(part, merges), block);
      expect([...row.ids.subarray(0, row.length)]).toEqual(reference(ids, ranks));
      const whole = rowOf(ids);
      mergeSymbols(whole, merges, byQueue);
      expect([...row.widths.subarray(0, row.length)]).toEqual([...whole.widths.subarray(0, whole.length)]);
    },
    { runs: 2000 },
  );
});

test('a row whose tokens depend on its very end is merged all the same', () => {
  // a a merge to b, b a to a: what the last symbol is decides nothing, but every border moves with each block.
  const numbers = new PairTable(2);
  numbers.set(0, 0, 0);
  numbers.set(1, 0, 1);
  const merges: Merges = { numbers, made: Int32Array.of(1, 0) };
  const ids = new Array<number>(10_001).fill(0);
  const row = rowOf(ids);
  const whole = rowOf(ids);
  mergeInBlocks(row, (part) => mergeSymbols(part, merges), 8);
  mergeSymbols(whole, merges, byQueue);
  expect(row.length).toBe(whole.length);
  expect([...row.ids.subarray(0, row.length)]).toEqual([...whole.ids.subarray(0, whole.length)]);
});
