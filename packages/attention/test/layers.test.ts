import { inference, normal, random, reshape, slice, type Tensor } from '@heed/tensor';
import { initialize, parameters } from '@heed/tensor/nn';
import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  causal,
  dense,
  flash,
  KVCache,
  MultiHeadAttention,
  packing,
  padding,
  TransformerLayer,
} from '../src/index.ts';

const close = { absolute: 2e-5, relative: 2e-5 };
const x = normal([2, 7, 16], random(1));
const reshaped = (rows: Tensor, shape: readonly number[]) => ({ shape, data: rows.data });

describe('MultiHeadAttention', () => {
  it('has the parameters of its projections, fewer with fewer key heads', () => {
    const count = (kvHeads: number) =>
      [...parameters(new MultiHeadAttention({ width: 16, heads: 4, kvHeads })).values()].reduce(
        (sum, { size }) => sum + size,
        0,
      );
    expect(count(4)).toBe(4 * (16 * 16 + 16));
    expect(count(1)).toBe(2 * (16 * 16 + 16) + 2 * (16 * 4 + 4));
  });
  it.each([4, 2, 1])('gives the same by every kernel, with %i key heads', (kvHeads) => {
    const model = initialize(new MultiHeadAttention({ width: 16, heads: 4, kvHeads }), random(2));
    const by = (kernel: typeof flash) => model.forward(x, { mask: causal() }, { kernel });
    expectClose(by(flash), by(dense), close);
  });
  it('decodes step by step with a cache to what one causal pass gives', () => {
    const model = initialize(new MultiHeadAttention({ width: 16, heads: 4, kvHeads: 2 }), random(3));
    const whole = model.forward(x, { mask: causal() });
    const cache = new KVCache();
    for (const [start, end] of [
      [0, 3],
      [3, 4],
      [4, 7],
    ] as const)
      expectClose(model.forwardCached(slice(x, 1, start, end), cache), slice(whole, 1, start, end), {
        ...close,
        name: `${start}`,
      });
    expect(cache.length).toBe(7);
    expect(cache.bytes).toBe(4 * 2 * 2 * 7 * 8);
  });
  it('shows its weights to observers, rows summing to one', () => {
    const model = initialize(new MultiHeadAttention({ width: 16, heads: 4 }), random(4));
    const seen: [string, Tensor][] = [];
    model.forward(x, { mask: padding([7, 3]) }, { observe: (name, value) => seen.push([name, value]) });
    expect(seen.map(([name, { shape }]) => [name, shape])).toEqual([['weights', [2, 4, 7, 7]]]);
    const row = (seen[0] as [string, Tensor])[1].data.subarray(4 * 49, 4 * 49 + 7);
    expect([...row.subarray(3)]).toEqual([0, 0, 0, 0]);
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });
  it('refuses heads that do not divide its width', () => {
    expect(() => new MultiHeadAttention({ width: 10, heads: 4 })).toThrow(/heads must divide width/);
    expect(() => new MultiHeadAttention({ width: 12, heads: 4, kvHeads: 3 })).toThrow(
      /key heads must divide heads/,
    );
  });
});

describe('KVCache', () => {
  it('selects rows, repeats included, and truncates', () => {
    const cache = new KVCache();
    const key = normal([2, 1, 3, 4], random(1));
    const query = normal([2, 1, 1, 4], random(2));
    cache.append(key, key);
    const both = cache.attend(query);
    cache.select([1, 1]);
    const second = slice(query, 0, 1, 2);
    const expected = slice(both, 0, 1, 2);
    cache.select([0]);
    expectClose(cache.attend(second), expected, close);
    cache.truncate(1);
    expectClose(cache.attend(second), reshaped(slice(slice(key, 0, 1, 2), 2, 0, 1), [1, 1, 1, 4]), close);
    expect(() => cache.truncate(2)).toThrow(/2 of 1 positions/);
    expect(() => cache.select([3])).toThrow(/row 3 of 1/);
  });
});

describe('TransformerLayer', () => {
  const make = (normPlacement: 'pre' | 'post') =>
    initialize(
      new TransformerLayer({ width: 16, heads: 4, innerWidth: 24, cross: true, normPlacement }),
      random(5),
    );
  it.each(['pre', 'post'] as const)(
    'steps with caches to what one causal pass gives, %s-norm',
    (placement) => {
      const layer = make(placement);
      const memory = normal([2, 5, 16], random(6));
      const memoryMask = padding([5, 2]);
      const whole = layer.forward(x, { mask: causal(), memory, memoryMask });
      const state = layer.start(memory, memoryMask);
      for (let i = 0; i < 7; i++)
        expectClose(layer.step(slice(x, 1, i, i + 1), state), slice(whole, 1, i, i + 1), {
          ...close,
          name: `step ${i}`,
        });
    },
  );
  it('gives packed rows what each sequence gives alone, in and out of inference', () => {
    const layer = initialize(
      new TransformerLayer({ width: 16, heads: 4, innerWidth: 24, activation: 'gelu' }),
      random(7),
    );
    const rows = normal([9, 16], random(8));
    const packed = inference(() => layer.forwardPacked(rows, packing([4, 5])));
    expectClose(packed, layer.forwardPacked(rows, packing([4, 5])), close);
    for (const [start, end] of [
      [0, 4],
      [4, 9],
    ] as const)
      expectClose(
        slice(packed, 0, start, end),
        reshape(layer.forward(reshape(slice(rows, 0, start, end), [1, end - start, 16])), [end - start, 16]),
        close,
      );
  });
  it('drops out only with a source of randomness, and the same with the same source', () => {
    const layer = initialize(
      new TransformerLayer({ width: 16, heads: 4, innerWidth: 24, dropout: 0.5 }),
      random(9),
    );
    expectClose(layer.forward(x), layer.forward(x));
    const noisy = (seed: number) => layer.forward(x, {}, { random: random(seed) });
    expectClose(noisy(1), noisy(1));
    expect(noisy(1).data).not.toEqual(noisy(2).data);
    expect(noisy(1).data).not.toEqual(layer.forward(x).data);
  });
});
