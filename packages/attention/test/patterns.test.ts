// Longformer, BigBird, prefixes and streams: masks that equal dense attention and visit few tiles.
import { backward, normal, random, type Tensor, variable } from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttentionKernel,
  allows,
  and,
  attention,
  bigBird,
  causal,
  dense,
  flash,
  keepWhere,
  longformer,
  type Mask,
  padding,
  prefix,
  streaming,
  tile,
  toTensor,
  window,
} from '../src/index.ts';

const drawn = (mask: Mask, queries: number, keys = queries, batch = 1): string[] => {
  const bits = toTensor(mask, { batch, heads: 1, queries, keys }).data;
  return Array.from({ length: batch * queries }, (_, row) =>
    bits.slice(row * keys, (row + 1) * keys).join(''),
  );
};

describe('patterns', () => {
  it('prefix: its keys are seen by all, the rest causally, by one length or one a batch', () => {
    expect(drawn(prefix(2), 4)).toEqual(['1100', '1100', '1110', '1111']);
    expect(drawn(prefix([1, 3]), 3, 3, 2)).toEqual(['100', '110', '111', '111', '111', '111']);
  });
  it('Longformer: half a window on either side, and global tokens both ways', () => {
    expect(drawn(longformer({ window: 2 }), 5)).toEqual(['11000', '11100', '01110', '00111', '00011']);
    expect(drawn(longformer({ window: 2, global: [4] }), 5)).toEqual([
      ...['11001', '11101', '01111', '00111', '11111'],
    ]);
    expect(drawn(longformer({ window: 2, dilation: 2 }), 5)).toEqual([
      ...['10100', '01010', '10101', '01010', '00101'],
    ]);
    expect(() => longformer({ window: 3 })).toThrow(/window 3; expected an even number/);
  });
  it('streaming: the latest keys and the first ones', () => {
    expect(drawn(streaming({ window: 1, sinks: 1 }), 5)).toEqual([
      '10000',
      '11000',
      '11100',
      '10110',
      '10011',
    ]);
  });
  it('BigBird: each row of blocks sees the ends, its window and as many random blocks as asked', () => {
    forAll(
      [fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 6 }), fc.nat(3), fc.nat(99)],
      (length, blockSize, count, seed) => {
        const make = () => bigBird({ length, blockSize, random: { blocks: count, source: random(seed) } });
        const mask = make();
        expect(mask).toEqual(make());
        const plain = bigBird({ length, blockSize });
        if (mask.kind !== 'blocks' || plain.kind !== 'blocks') throw new Error('no blocks');
        const blocks = Math.ceil(length / blockSize);
        for (const [row, columns] of mask.table.entries()) {
          const fixed = (plain.table[row] as readonly number[]).reduce((a, b) => a + b, 0);
          for (const [column, bit] of columns.entries()) {
            const near =
              Math.abs(row - column) <= 1 || [row, column].some((one) => one === 0 || one === blocks - 1);
            expect(plain.table[row]?.[column]).toBe(near ? 1 : 0);
            if (near) expect(bit).toBe(1);
          }
          expect(columns.reduce((a, b) => a + b, 0)).toBe(Math.min(blocks, fixed + count));
        }
      },
    );
    expect(() => bigBird({ length: 9, windowBlocks: 2 })).toThrow(/windowBlocks 2; expected an odd number/);
    expect(() => bigBird({ length: 9, blockSize: 0 })).toThrow(/blockSize 0/);
  });

  const length = 200;
  const sizes = { batch: 2, heads: 2, queries: length, keys: length };
  const shapes: readonly (readonly [string, Mask])[] = [
    ['Longformer', longformer({ window: 20, global: [0, 1, 150] })],
    ['Longformer under padding', and(longformer({ window: 20, global: [[0], [3, 9]] }), padding([200, 77]))],
    ['dilated Longformer', longformer({ window: 16, global: [0], dilation: 3 })],
    ['BigBird', bigBird({ length, blockSize: 16, random: { blocks: 2, source: random(8) } })],
    ['a stream', streaming({ window: 30, sinks: 2 })],
    ['a prefix', prefix([20, 150])],
  ];
  it.each(shapes)(
    '%s: flash gives what dense gives under the equivalent boolean tensor, gradients too',
    (_name, mask) => {
      const source = random(5);
      const [q, k, v, upstream] = Array.from({ length: 4 }, () =>
        variable(normal([2, 2, length, 8], source)),
      ) as [...[Tensor, Tensor, Tensor, Tensor]];
      const run = (kernel: AttentionKernel, given: Mask) => {
        const output = attention(q, k, v, { kernel, mask: given });
        const gradients = backward(output, upstream);
        return [output, ...[q, k, v].map((x) => gradients.get(x) as Tensor)];
      };
      const expected = run(dense, keepWhere(toTensor(mask, sizes)));
      for (const [index, given] of run(flash, mask).entries())
        expectClose(given, expected[index] as Tensor, { absolute: 1e-5, relative: 1e-5 });
    },
  );

  /** Tiles of 64 × 64 that are not empty. */
  const visited = (mask: Mask, tokens: number): number => {
    let count = 0;
    const whole = { batch: 1, heads: 1, queries: tokens, keys: tokens };
    for (let queryStart = 0; queryStart < tokens; queryStart += 64)
      for (let keyStart = 0; keyStart < tokens; keyStart += 64) {
        const place = { batch: 0, queryStart, queryEnd: queryStart + 64, keyStart, keyEnd: keyStart + 64 };
        if (tile(mask, place, whole) !== 0) count++;
      }
    return count;
  };
  it.each([
    ['Longformer', () => longformer({ window: 512, global: [0] })],
    ['BigBird', (tokens: number) => bigBird({ length: tokens, random: { blocks: 3, source: random(1) } })],
    ['a window', () => window({ left: 256, right: 0 })],
    ['a stream', () => streaming({ window: 256, sinks: 4 })],
  ])('the tiles that %s visits grow in proportion to the tokens', (_name, make: (tokens: number) => Mask) => {
    const [short, long] = [visited(make(2048), 2048), visited(make(8192), 8192)];
    // Four times the tokens: exactly four times the tiles, but for what the short one lacks at its ends.
    expect(long / short).toBeLessThan(5);
    expect(visited(causal(), 8192) / visited(causal(), 2048)).toBeGreaterThan(15);
  });
  it('a million tokens’ pattern is read element by element without being stored', () => {
    const whole = { batch: 1, heads: 1, queries: 2 ** 20, keys: 2 ** 20 };
    const mask = longformer({ window: 512, global: [0] });
    expect(allows(mask, { batch: 0, head: 0, query: 2 ** 19, key: 2 ** 19 + 256 }, whole)).toBe(true);
    expect(allows(mask, { batch: 0, head: 0, query: 2 ** 19, key: 2 ** 19 + 257 }, whole)).toBe(false);
  });
});
