import {
  type Backend,
  backward,
  concat,
  type EngineMemory,
  gather,
  integers,
  jsBackend,
  noGrad,
  normal,
  random,
  slice,
  type Tensor,
  useBackend,
  variable,
  wasmBackendSync,
} from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
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
  it('passes gradients on to all that was appended, as attention over the whole does', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 12 });
    forAll(
      [lengths, fc.option(fc.nat(9), { nil: Number.POSITIVE_INFINITY }), fc.nat(3), fc.nat(2)],
      (counts, left, first, again) => {
        const length = counts.reduce((a, b) => a + b);
        const made = [
          draw([2, 4, length, 3], 1),
          draw([2, 2, length, 3], 2),
          draw([2, 2, length, 5], 3),
          draw([4], 4),
        ];
        const rows = [1, 0];
        const gradientsBy = (run: (q: Tensor, k: Tensor, v: Tensor, sinks: Tensor) => Tensor) => {
          const [q, k, v, sinks] = made.map((x) => variable(x)) as [Tensor, Tensor, Tensor, Tensor]; // four
          const output = run(q, k, v, sinks);
          const gradients = backward(output, draw(output.shape, 5));
          return [output, ...[q, k, v, sinks].map((x) => gradients.get(x) as Tensor)];
        };
        const whole = gradientsBy((q, k, v, sinks) => {
          const mask = and(causal(), or(window({ left, right: 0 }), firstKeys(first)));
          return gather(attention(q, k, v, { mask, sinks, kernel: dense }), integers(rows));
        });
        const stepped = gradientsBy((q, k, v, sinks) => {
          const cache = new KVCache({ left, firstKeys: first });
          cache.select(rows);
          const outputs: Tensor[] = [];
          const [own, key, value] = [q, k, v].map((x) => gather(x, integers(rows))) as [
            Tensor,
            Tensor,
            Tensor,
          ]; // three
          let at = 0;
          for (const count of counts) {
            const now = (x: Tensor) => slice(x, 2, at, at + count);
            cache.append(now(key), now(value));
            // A draft that is taken back leaves nothing in the gradient.
            if (left === Number.POSITIVE_INFINITY && again > 0) {
              cache.append(slice(key, 2, 0, again), slice(value, 2, 0, again));
              cache.truncate(at + count);
            }
            cache.select([1, 0]);
            cache.select([1, 0]);
            outputs.push(cache.attend(now(own), { sinks }));
            at += count;
          }
          return concat(outputs, 2);
        });
        for (const [index, part] of stepped.entries())
          expectClose(part, whole[index] as Tensor, {
            absolute: 1e-4,
            relative: 1e-4,
            name: `part ${index}`,
          });
      },
      { runs: 30 },
    );
  });
  it('keeps no record inside noGrad, and passes none on where nothing wants it', () => {
    const cache = new KVCache();
    const [key, value] = [variable(draw([1, 1, 3, 4], 1)), draw([1, 1, 3, 4], 2)];
    noGrad(() => cache.append(key, value));
    expect(cache.attend(draw([1, 1, 1, 4], 3)).requiresGradient).toBe(false);
    cache.append(key, value);
    expect(cache.attend(draw([1, 1, 1, 4], 3)).requiresGradient).toBe(true);
    expect(noGrad(() => cache.attend(draw([1, 1, 1, 4], 3))).requiresGradient).toBe(false);
    expect(cache.read()[0].requiresGradient).toBe(true);
  });
  it('lies in the memory of the engine, grows there, and gives it back when it is disposed of', () => {
    using engine = wasmBackendSync({ memoryLimit: 2 ** 26 });
    using _ = useBackend(engine);
    const held: Float32Array[] = [];
    const memory = engine.memory as EngineMemory; // shared memory is there in Node
    const hold = vi.spyOn(memory, 'hold');
    const drop = vi.spyOn(memory, 'drop');
    const cache = new KVCache();
    for (let i = 0; i < 40; i++) cache.append(draw([2, 2, 100, 8], i), draw([2, 2, 100, 8], i + 1));
    const before = hold.mock.calls.length;
    cache.append(draw([2, 2, 1, 8], 1), draw([2, 2, 1, 8], 2));
    for (let i = 0; i < 5; i++) cache.attend(draw([2, 4, 1, 8], i));
    expect(hold.mock.calls.length).toBe(before); // a step makes no room of its own
    for (const { value } of hold.mock.results) held.push(value as Float32Array);
    expect(held.every((array) => array.buffer instanceof SharedArrayBuffer)).toBe(true);
    cache[Symbol.dispose]();
    cache[Symbol.dispose]();
    expect(new Set(drop.mock.calls.map(([array]) => array)).size).toBeGreaterThanOrEqual(held.length);
    expect(cache.length).toBe(0);
    cache.append(draw([1, 1, 2, 4], 1), draw([1, 1, 2, 4], 2));
    expect(cache.read()[0].shape).toEqual([1, 1, 2, 4]);
  });
  it('stays right when engines change, and where one has no memory of its own', () => {
    const cache = new KVCache();
    using little = wasmBackendSync({ memoryLimit: 2 ** 21 });
    using unshared = wasmBackendSync({ sharedMemory: false });
    const parts = Array.from(
      { length: 12 },
      (_, i) => [draw([1, 2, 97, 8], i), draw([1, 2, 97, 8], 50 + i)] as const,
    );
    for (const [index, [key, value]] of parts.entries()) {
      using _ = useBackend([jsBackend, little, unshared][index % 3] as Backend); // three
      cache.append(key, value);
      const whole = (part: 0 | 1) =>
        concat(
          parts.slice(0, index + 1).map((one) => one[part]),
          2,
        );
      const query = draw([1, 4, 1, 8], index);
      expectClose(cache.attend(query), attention(query, whole(0), whole(1), { kernel: dense }), close);
    }
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
