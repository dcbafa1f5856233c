import {
  backward,
  concat,
  inference,
  jsBackend,
  normal,
  random,
  slice,
  type Tensor,
  useBackend,
  variable,
} from '@heed/tensor';
import { initialize } from '@heed/tensor/nn';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attentionWeights,
  dense,
  MultiHeadAttention,
  packedAttention,
  packedHeads,
  packedWeights,
  packing,
} from '../src/index.ts';

const close = { absolute: 1e-5, relative: 1e-5 };
const lengths = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 });
const rowsOf = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
const qkv = (rows: number, seed: number): [Tensor, Tensor, Tensor] => {
  const source = random(seed);
  return [normal([rows, 12], source), normal([rows, 6], source), normal([rows, 6], source)];
};

describe('packed attention', () => {
  it('gives each sequence exactly what it gives alone', () => {
    forAll([lengths, fc.nat(1000)], (all, seed) => {
      const [q, k, v] = qkv(rowsOf(all), seed);
      const packed = packing(all);
      const together = packedAttention(q, k, v, { heads: 4, kvHeads: 2, packing: packed });
      for (const [s, length] of all.entries()) {
        const own = (x: Tensor) => slice(x, 0, packed.starts[s] as number, packed.starts[s + 1] as number);
        const alone = packedAttention(own(q), own(k), own(v), {
          heads: 4,
          kvHeads: 2,
          packing: packing([length]),
        });
        expectClose(own(together), alone, { name: `sequence ${s}` });
      }
    });
  });
  it('agrees with the dense kernel, sequence by sequence, and with the plain engine', () => {
    forAll([lengths, fc.nat(1000)], (all, seed) => {
      const [q, k, v] = qkv(rowsOf(all), seed);
      const options = { heads: 4, kvHeads: 2, packing: packing(all) };
      const fast = packedAttention(q, k, v, options);
      if (rowsOf(all) > 0)
        expectClose(fast, packedAttention(q, k, v, { ...options, kernel: dense }), {
          ...close,
          name: 'dense',
        });
      using _ = useBackend(jsBackend);
      expectClose(fast, packedAttention(q, k, v, options), { ...close, name: 'js' });
    });
  });
  it('tells observers queries and keys of each sequence, whose products are its weights', () => {
    forAll([lengths, fc.nat(1000)], (all, seed) => {
      const model = initialize(new MultiHeadAttention({ width: 12, heads: 4, kvHeads: 2 }), random(seed));
      const seen = new Map<string, Tensor>();
      const [x] = qkv(rowsOf(all), seed);
      model.forwardPacked(x, packing(all), { observe: (name, value) => seen.set(name, value) });
      expect(seen.size).toBe(3 * all.length);
      for (const [s, length] of all.entries()) {
        const [query, key] = [seen.get(`${s}.query`) as Tensor, seen.get(`${s}.key`) as Tensor]; // counted above
        expect([query.shape, key.shape]).toEqual([
          [1, 4, length, 3],
          [1, 2, length, 3],
        ]);
        if (length > 0)
          expectClose(attentionWeights(query, key), seen.get(`${s}.weights`) as Tensor, {
            ...close,
            name: `${s}`,
          });
      }
    });
  });
  it('takes one sequence out in heads, and says what is wrong with another', () => {
    const [q] = qkv(8, 1);
    const packed = packing([5, 0, 3]);
    const second = packedHeads(q, { heads: 3, packing: packed, sequence: 2 });
    expect(second.shape).toEqual([1, 3, 3, 4]);
    expect([...second.data.slice(12, 16)]).toEqual([...q.data.slice(5 * 12 + 4, 5 * 12 + 8)]);
    expect(packedHeads(q, { heads: 3, packing: packed, sequence: 1 }).shape).toEqual([1, 3, 0, 4]);
    expect(() => packedHeads(q, { heads: 3, packing: packed, sequence: 3 })).toThrow(/sequence 3 of 3/);
    expect(() => packedHeads(q, { heads: 5, packing: packed, sequence: 0 })).toThrow(/multiple of 5 heads/);
  });
  it('gives the same inside inference', () => {
    const [q, k, v] = qkv(30, 5);
    const run = () => packedAttention(q, k, v, { heads: 4, kvHeads: 2, packing: packing([11, 19]) });
    expectClose(inference(run), run(), { name: 'inference' });
  });
  it('has gradients: those of the sequences, each alone', () => {
    const leaves = qkv(9, 3).map(variable) as [Tensor, Tensor, Tensor];
    const upstream = normal([9, 12], random(4));
    const options = { heads: 4, kvHeads: 2 };
    const together = backward(packedAttention(...leaves, { ...options, packing: packing([4, 5]) }), upstream);
    const parts = [[0, 4] as const, [4, 9] as const].map(([start, end]) => {
      const own = leaves.map((x) => variable(slice(x, 0, start, end))) as [Tensor, Tensor, Tensor];
      const gradients = backward(
        packedAttention(...own, { ...options, kernel: dense, packing: packing([end - start]) }),
        slice(upstream, 0, start, end),
      );
      return own.map((x) => gradients.get(x) as Tensor);
    });
    for (const index of [0, 1, 2])
      expectClose(
        together.get(leaves[index] as Tensor) as Tensor,
        concat(
          parts.map((part) => part[index] as Tensor),
          0,
        ),
        { ...close, name: `input ${index}` },
      );
  });
  it('shows its weights: rows sum to one and equal those of the sequence alone', () => {
    const [q, k] = qkv(8, 2);
    const weights = packedWeights(q, k, { heads: 4, kvHeads: 2, packing: packing([3, 5]), sequence: 1 });
    expect(weights.shape).toEqual([1, 4, 5, 5]);
    for (let row = 0; row < 20; row++)
      expect(weights.data.slice(row * 5, row * 5 + 5).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });
  it('refuses rows and packings that do not fit, by name', () => {
    const [q, k, v] = qkv(4, 1);
    expect(() => packedAttention(q, k, v, { heads: 4, kvHeads: 2, packing: packing([3]) })).toThrow(
      /expected to rise from 0 to 4/,
    );
    expect(() => packedAttention(q, k, v, { heads: 5, packing: packing([4]) })).toThrow(
      /multiple of 5 heads/,
    );
  });
});
