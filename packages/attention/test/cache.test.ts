import { concat, gather, integers, normal, random, slice, type Tensor } from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { and, attention, causal, dense, firstKeys, KVCache, or, window } from '../src/index.ts';

const close = { absolute: 2e-5, relative: 2e-5 };
const draw = (shape: readonly number[], seed: number) => normal(shape, random(seed));

/** What was done to a cache, and how much of it. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 7 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('truncate' as const), count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('select' as const), count: fc.nat(3) }) },
);

describe('KVCache', () => {
  it('attends as attention under the same mask does, whatever was appended, truncated and selected, with a window or without', () => {
    forAll(
      [
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.option(fc.nat(9), { nil: Number.POSITIVE_INFINITY }),
        fc.nat(3),
        fc.boolean(),
      ],
      (steps, left, first, withSinks) => {
        const cache = new KVCache({ left, firstKeys: first });
        const sinks = withSinks ? draw([4], 77) : undefined;
        let [keys, values] = [draw([2, 2, 0, 3], 1), draw([2, 2, 0, 5], 1)];
        for (const [seed, { kind, count }] of steps.entries()) {
          if (kind === 'select') {
            const rows = [count % 2, Math.floor(count / 2)];
            cache.select(rows);
            [keys, values] = [gather(keys, integers(rows)), gather(values, integers(rows))];
          } else if (kind === 'truncate') {
            const length = Math.max(0, cache.length - count);
            try {
              cache.truncate(length);
            } catch (error) {
              expect(left).toBeLessThan(Number.POSITIVE_INFINITY); // only a window may have dropped what is needed
              expect(String(error)).toMatch(/first one that is still held/);
              continue;
            }
            [keys, values] = [slice(keys, 2, 0, length), slice(values, 2, 0, length)];
          } else {
            const [key, value] = [draw([2, 2, count, 3], 3 * seed), draw([2, 2, count, 5], 3 * seed + 1)];
            cache.append(key, value);
            [keys, values] = [concat([keys, key], 2), concat([values, value], 2)];
            const query = draw([2, 4, count, 3], 3 * seed + 2);
            const mask = and(causal(), or(window({ left, right: 0 }), firstKeys(first)));
            const expected = attention(query, keys, values, { mask, sinks, kernel: dense });
            expectClose(cache.attend(query, { sinks }), expected, { ...close, name: `step ${seed}` });
          }
          expect(cache.length).toBe(keys.shape[2]);
        }
      },
      { runs: 80 },
    );
  });
  it('of a window has bounded bytes, however long the stream', () => {
    const cache = new KVCache({ left: 15, firstKeys: 4 });
    const [key, value] = [draw([1, 2, 1, 8], 1), draw([1, 2, 1, 8], 2)];
    for (let i = 0; i < 3000; i++) cache.append(key, value);
    expect(cache.length).toBe(3000);
    expect(cache.bytes).toBe(4 * 2 * 20 * 16);
    expect(() => cache.truncate(2000)).toThrow(/first one that is still held/);
    expect(cache.read()[0].shape).toEqual([1, 2, 3000 - cache.dropped, 8]);
    expect(cache.dropped).toBeGreaterThan(2900);
    cache.truncate(3);
    expect(cache.read()[0].shape).toEqual([1, 2, 3, 8]);
  });
  it('reads back what was appended, of all heads', () => {
    const cache = new KVCache();
    const parts = [3, 14, 40].map(
      (count, i) => [draw([2, 3, count, 4], i), draw([2, 3, count, 2], 9 + i)] as const,
    );
    for (const [key, value] of parts) cache.append(key, value);
    const whole = (index: 0 | 1): Tensor =>
      concat(
        parts.map((part) => part[index]),
        2,
      );
    expectClose(cache.read()[0], whole(0));
    expectClose(cache.read()[1], whole(1));
  });
  it('refuses what does not fit, by name', () => {
    const cache = new KVCache({ left: 2 });
    expect(() => cache.read()).toThrow(/nothing was appended/);
    expect(() => cache.attend(draw([1, 1, 1, 4], 1))).toThrow(/KVCache.attend/);
    cache.append(draw([1, 1, 40, 4], 1), draw([1, 1, 40, 4], 2));
    expect(() => cache.append(draw([2, 1, 1, 4], 1), draw([2, 1, 1, 4], 2))).toThrow(/KVCache.append/);
    for (let i = 0; i < 40; i++) cache.append(draw([1, 1, 1, 4], 1), draw([1, 1, 1, 4], 2));
    expect(() => cache.attend(draw([1, 1, 70, 4], 1))).toThrow(/held from/);
    expect(() => new KVCache({ left: -1 })).toThrow(/left -1/);
    expect(() => new KVCache({ firstKeys: 0.5 })).toThrow(/firstKeys 0.5/);
  });
});
