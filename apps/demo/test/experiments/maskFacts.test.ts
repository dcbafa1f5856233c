import { allows, causal, type Mask, tile, window } from '@heed/attention';
import { random } from '@heed/tensor';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskCost } from '../../src/experiments/maskCost.ts';
import {
  maskElements,
  maskReach,
  maskTiles,
  mostRanges,
  never,
  reachedBy,
} from '../../src/experiments/maskFacts.ts';
import { maskOf } from '../../src/experiments/maskParts.ts';
import { parseMask } from '../../src/experiments/maskSpec.ts';
import { randomMask } from '../../src/experiments/randomMask.ts';

const drawn = [fc.nat(10_000), fc.integer({ min: 1, max: 30 })] as const;
const maskOfSeed = (seed: number, length: number): Mask =>
  maskOf(randomMask(random(seed), length), { length });

describe('facts of a mask', () => {
  it('of the causal one are those that one can count by hand', () => {
    const { count, future, emptyRows } = maskElements(causal(), 32);
    expect([count, future, emptyRows]).toEqual([528, 0, []]);
    const { none, some, all, visited } = maskTiles(causal(), 32, { queries: 4, keys: 4 });
    expect([none, some, all, visited]).toEqual([28, 8, 28, 36 / 64]);
  });
  it('tell what is after the query, and rows that see nothing', () => {
    const mask = maskOf(parseMask('and(causal, not(firstKeys(3)))'), { length: 8 });
    expect(maskElements(mask, 8).emptyRows).toEqual([0, 1, 2]);
    expect(maskElements(window({ left: 0, right: 2 }), 5).future).toBe(2 + 2 + 2 + 1);
  });
  it('count ranges of neighbouring keys by row', () => {
    const dilated = window({ left: 2, right: 1, dilation: 2 });
    expect(mostRanges(dilated, 9, [0])).toBe(2); // keys 0 and 2
    expect(mostRanges(dilated, 9, [0, 4])).toBe(4); // keys 0, 2, 4, 6
    expect(mostRanges(causal(), 9, [0, 4, 8])).toBe(1);
    expect(mostRanges(window({ left: 0, right: 0 }), 0, [])).toBe(0);
  });
  it('agree with the definition, element by element and tile by tile', () => {
    forAll([...drawn, fc.integer({ min: 1, max: 8 })], (seed, length, side) => {
      const mask = maskOfSeed(seed, length);
      const { seen, count } = maskElements(mask, length);
      const sizes = { batch: 1, heads: 1, queries: length, keys: length };
      let expected = 0;
      for (let query = 0; query < length; query++)
        for (let key = 0; key < length; key++)
          if (allows(mask, { batch: 0, head: 0, query, key }, sizes)) expected++;
      expect(count).toBe(expected);
      const { coverage, rows, columns } = maskTiles(mask, length, { queries: side, keys: side });
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          let [own, total] = [0, 0];
          for (let query = row * side; query < Math.min(length, (row + 1) * side); query++)
            for (let key = column * side; key < Math.min(length, (column + 1) * side); key++, total++)
              own += seen[query * length + key] ?? 0;
          const said = coverage[row * columns + column];
          if (said === 0) expect(own).toBe(0);
          if (said === 2) expect(own).toBe(total);
        }
      const whole = { batch: 0, queryStart: 0, queryEnd: length, keyStart: 0, keyEnd: length };
      if (count === 0) expect(tile(mask, whole, sizes)).toBeLessThan(2);
    });
  });
  it('reach is the powers of the mask with the residual path: layer by layer as by multiplying matrices', () => {
    forAll([...drawn], (seed, length) => {
      const elements = maskElements(maskOfSeed(seed, length), length);
      const { layers, settled } = maskReach(elements);
      let power = Array.from({ length: length ** 2 }, (_, at) => at % (length + 1) === 0);
      for (let depth = 0; depth <= settled + 1; depth++) {
        for (const [at, reached] of power.entries()) expect((layers[at] ?? never) <= depth).toBe(reached);
        const before = power;
        power = before.map((reached, at) => {
          const [query, key] = [Math.floor(at / length), at % length];
          return (
            reached ||
            Array.from({ length }, (_, via) => via).some(
              (via) => elements.seen[query * length + via] === 1 && before[via * length + key] === true,
            )
          );
        });
      }
    });
  });
  it('a window of w tokens back reaches L·w tokens back after L layers', () => {
    const reach = maskReach(maskElements(window({ left: 3, right: 0 }), 32));
    for (let depth = 0; depth < 9; depth++) expect(reachedBy(reach, 32, 31, depth)).toBe(1 + 3 * depth);
  });
});

describe('the cost of a mask', () => {
  it('is that of its tiles: about half where it is causal, all where all is seen, and flash moves less than standard', () => {
    const problem = { length: 2048, heads: 2, depth: 64 };
    const { standard, flash, masked, visited, tile: sides } = maskCost(causal(), problem);
    const blocks = Math.ceil(2048 / sides.keys);
    expect(visited).toBeGreaterThan(0.5);
    expect(visited).toBeLessThan(0.5 + 1 / blocks);
    expect(masked.flops / flash.flops).toBeCloseTo(visited, 2);
    expect(flash.bytes).toBeLessThan(standard.bytes);
    expect(masked.bytes).toBeLessThan(flash.bytes);
    const all = maskCost(window({ left: 4096, right: 4096 }), problem);
    expect(all.masked).toEqual(all.flash);
    expect(all.visited).toBe(1);
  });
});
