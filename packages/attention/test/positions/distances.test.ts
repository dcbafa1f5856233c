// Positions that act on scores by distance: byDistance, ALiBi, T5, Shaw, Transformer-XL's shift; and what holds without positions.
import { gather, gradientCheck, integers, mul, normal, random, sum, type Tensor, tensor } from '@heed/tensor';
import { initialize } from '@heed/tensor/nn';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alibi,
  alibiSlopes,
  attention,
  byDistance,
  causal,
  dense,
  flash,
  LearnedPositions,
  relativeShift,
  rope,
  shawAttention,
  shawBias,
  sumByDistance,
  t5Bias,
  t5Buckets,
  transformerXlBias,
  withContentBias,
} from '../../src/index.ts';

const draw = (seed: number, ...shape: number[]): Tensor => normal(shape, random(seed));
const kernels = [dense, flash];

describe('byDistance', () => {
  it.each(kernels)(
    '$name gives what the written-out tensor gives, whatever lengths, first distance and table',
    (kernel) => {
      forAll(
        [
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: -9, max: 9 }),
          fc.boolean(),
        ],
        (queries, keys, distances, first, shared) => {
          const heads = shared ? 1 : 2;
          const table = draw(1, heads, distances);
          const written = new Float32Array(heads * queries * keys);
          for (let h = 0; h < heads; h++)
            for (let i = 0; i < queries; i++)
              for (let j = 0; j < keys; j++) {
                const distance = j - (i + keys - queries);
                const column = Math.min(distances - 1, Math.max(0, distance - first));
                written[(h * queries + i) * keys + j] = table.data[h * distances + column] as number;
              }
          const [q, k] = [draw(2, 1, 2, queries, 3), draw(3, 1, 2, keys, 3)];
          expectClose(
            attention(q, k, k, { bias: byDistance(table, { first }), kernel }),
            attention(q, k, k, { bias: tensor(written, [1, heads, queries, keys]), kernel: dense }),
            { absolute: 1e-6, relative: 1e-5 },
          );
        },
      );
    },
  );
  it.each(kernels)('$name: its gradient agrees with finite differences', (kernel) => {
    const [q, k, v] = [draw(1, 2, 2, 4, 3), draw(2, 2, 1, 6, 3), draw(3, 2, 1, 6, 3)];
    gradientCheck(
      (table: Tensor, query: Tensor, key: Tensor, value: Tensor) =>
        attention(query, key, value, { bias: byDistance(table), mask: causal(), kernel }),
      [draw(4, 2, 5), q, k, v],
    );
  });
  it('takes memory in proportion to the distances: 100 000 of them are no matter', () => {
    const bias = byDistance(draw(1, 1, 199_999));
    expect(bias.first).toBe(-99_999);
  });
  it('refuses what does not fit', () => {
    const x = draw(1, 1, 2, 3, 4);
    expect(() => byDistance(draw(1, 2, 4))).toThrow(/4 distances from -1.5; expected an odd number/);
    expect(() => byDistance(draw(1, 4))).toThrow(/expected \[heads or 1, distances\]/);
    expect(() => attention(x, x, x, { bias: byDistance(draw(1, 1, 2, 2, 5)) })).toThrow(/and 3 queries/);
    expect(() => attention(x, x, x, { bias: byDistance(draw(1, 3, 5)) })).toThrow(/2 heads and 3 queries/);
  });
});

describe('ALiBi', () => {
  it('slopes halve from head to head of eight, and interleave where heads are no power of two', () => {
    expect([...alibiSlopes(8).data]).toEqual(Array.from({ length: 8 }, (_, h) => 2 ** -(h + 1)));
    expect([...alibiSlopes(3).data]).toEqual([2 ** -4, 2 ** -8, 2 ** -2]);
    expect(alibiSlopes(1).data[0]).toBe(2 ** -8);
    expect(() => alibiSlopes(0)).toThrow(/0 heads/);
  });
  it('weights of equal keys fall by exp(−slope) a step, and shifting the sequence changes nothing', () => {
    const zero = mul(draw(1, 1, 2, 6, 2), 0);
    const values = tensor(
      Float32Array.from({ length: 72 }, (_, i) => (i % 6 === Math.floor(i / 6) % 6 ? 1 : 0)),
      [1, 2, 6, 6],
    );
    const bias = alibi(alibiSlopes(2), { queries: 6, keys: 6 });
    const weights = attention(zero, zero, values, { bias, mask: causal() });
    for (let h = 0; h < 2; h++)
      for (let i = 1; i < 6; i++) {
        const row = weights.data.slice((h * 6 + i) * 6, (h * 6 + i) * 6 + i + 1);
        for (let j = 1; j <= i; j++)
          expect((row[j - 1] as number) / (row[j] as number)).toBeCloseTo(
            Math.exp(-(2 ** (-4 * (h + 1)))),
            5,
          );
      }
    const last = attention(draw(1, 1, 2, 1, 2), zero, values, {
      bias: alibi(alibiSlopes(2), { queries: 1, keys: 6 }),
    });
    expectClose(last.data.slice(0, 6), weights.data.slice(30, 36), { absolute: 1e-6 });
  });
});

describe('T5', () => {
  it('buckets are one a distance up to half of them, then grow, and never pass the last', () => {
    forAll(
      [fc.constantFrom(8, 16, 32, 64), fc.integer({ min: 65, max: 500 }), fc.boolean()],
      (buckets, maxDistance, bidirectional) => {
        const own = bidirectional ? buckets / 2 : buckets;
        const back = t5Buckets(
          Array.from({ length: 600 }, (_, i) => -i),
          { buckets, maxDistance, bidirectional },
        ).data;
        for (let i = 0; i < 600; i++) {
          if (i < own / 2) expect(back[i]).toBe(i);
          if (i > 0) expect(back[i]).toBeGreaterThanOrEqual(back[i - 1] as number);
          if (i >= maxDistance) expect(back[i]).toBe(own - 1);
        }
        const ahead = t5Buckets([1, 600], { buckets, maxDistance, bidirectional }).data;
        expect([...ahead]).toEqual(bidirectional ? [own + 1, buckets - 1] : [0, 0]);
      },
    );
  });
  it('a decoding step has the bias of its row of the whole', () => {
    const table = draw(1, 8, 2);
    const [q, k] = [draw(2, 1, 2, 9, 3), draw(3, 1, 2, 9, 3)];
    const options = { keys: 9, bidirectional: false, maxDistance: 20 };
    const whole = attention(q, k, k, {
      bias: t5Bias(table, { ...options, queries: 9 }),
      mask: causal(),
      scale: 1,
    });
    const step = attention(gather(q, integers([8]), 2), k, k, {
      bias: t5Bias(table, { ...options, queries: 1 }),
      scale: 1,
    });
    expectClose(step, gather(whole, integers([8]), 2), { absolute: 1e-6 });
  });
  it('refuses tables and buckets that do not fit', () => {
    expect(() => t5Buckets([1], { buckets: 2 })).toThrow(/2 buckets up to distance 128/);
    expect(() => t5Buckets([1], { maxDistance: 8 })).toThrow(/distance 8/);
    expect(() => t5Bias(draw(1, 4), { queries: 1, keys: 1 })).toThrow(/expected \[buckets, heads\]/);
  });
});

describe('relativeShift', () => {
  it('and sumByDistance are transposes of each other', () => {
    forAll(
      [
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: -8, max: 4 }),
      ],
      (queries, keys, distances, first) => {
        const [x, y] = [draw(1, 2, queries, distances), draw(2, 2, queries, keys)];
        const a = sum(mul(relativeShift(x, { keys, first }), y)).data[0] as number;
        const b = sum(mul(x, sumByDistance(y, { distances, first }))).data[0] as number;
        expect(a).toBeCloseTo(b, 4);
      },
    );
  });
  it('is Transformer-XL’s trick of padding and reshaping wherever a key is not after the query', () => {
    forAll([fc.integer({ min: 1, max: 6 }), fc.nat(5)], (queries, memory) => {
      const keys = queries + memory;
      const x = draw(1, queries, keys);
      // A column of zeros in front, read anew as [keys + 1, queries], without its first row.
      const padded = Array.from({ length: queries }, (_, i) => [
        0,
        ...x.data.slice(i * keys, (i + 1) * keys),
      ]).flat();
      const tricked = padded.slice(queries);
      const shifted = relativeShift(x, { keys }).data;
      for (let i = 0; i < queries; i++)
        for (let j = 0; j <= i + memory; j++) expect(shifted[i * keys + j]).toBe(tricked[i * keys + j]);
    });
  });
  it('gradients of it, of Shaw’s and of Transformer-XL’s terms agree with finite differences', () => {
    gradientCheck((x: Tensor) => relativeShift(x, { keys: 4, first: -2 }), [draw(1, 3, 5)]);
    gradientCheck((x: Tensor) => sumByDistance(x, { distances: 3, first: -1 }), [draw(1, 3, 4)]);
    const [q, k, v] = [draw(1, 1, 2, 3, 4), draw(2, 1, 2, 5, 4), draw(3, 1, 2, 5, 4)];
    gradientCheck(
      (query: Tensor, relativeKeys: Tensor, relativeValues: Tensor) =>
        shawAttention(query, k, v, { relativeKeys, relativeValues, mask: causal() }),
      [q, draw(4, 5, 4), draw(5, 5, 4)],
    );
    for (const kernel of kernels)
      gradientCheck(
        (query: Tensor, relative: Tensor, u: Tensor, positionBias: Tensor) =>
          attention(withContentBias(query, u), k, v, {
            bias: transformerXlBias(query, { relative, positionBias, keys: 5 }),
            mask: causal(),
            kernel,
          }),
        [q, draw(4, 2, 5, 4), draw(5, 2, 4), draw(6, 2, 4)],
      );
  });
  it('refuses what does not fit', () => {
    const q = draw(1, 1, 2, 3, 4);
    expect(() => relativeShift(draw(1, 3), { keys: 2 })).toThrow(/relativeShift/);
    expect(() => shawBias(q, draw(1, 4, 4))).toThrow(/expected \[2 · farthest \+ 1, 4\]/);
    expect(() => withContentBias(q, draw(1, 3, 4))).toThrow(/\[heads, depth\]/);
  });
});

describe('learned positions', () => {
  it('add the row of each position, from where they start', () => {
    const layer = initialize(new LearnedPositions(6, 2), random(1));
    const x = mul(draw(1, 2, 3, 2), 0);
    const rows = [...layer.weight.data.slice(4, 10)];
    expect([...layer.forward(x, { start: 2 }).data]).toEqual([...rows, ...rows]);
    expect(() => layer.forward(x, { start: 4 })).toThrow(/from position 4 .* positions below 6/);
  });
});

describe('order', () => {
  const order = integers([4, 2, 0, 5, 1, 3]);
  const [q, k, v] = [draw(1, 1, 2, 6, 4), draw(2, 1, 2, 6, 4), draw(3, 1, 2, 6, 4)];
  const shuffled = (x: Tensor) => gather(x, order, 2);
  it.each(kernels)(
    'without positions the order of tokens does not matter: outputs move with them, $name',
    (kernel) => {
      const given = attention(shuffled(q), shuffled(k), shuffled(v), { kernel });
      expectClose(given, shuffled(attention(q, k, v, { kernel })), { absolute: 1e-6 });
    },
  );
  it('with any encoding it does', () => {
    const ways: Readonly<Record<string, (q: Tensor, k: Tensor, v: Tensor) => Tensor>> = {
      rope: (a, b, c) => attention(rope(a), rope(b), c),
      alibi: (a, b, c) => attention(a, b, c, { bias: alibi(alibiSlopes(2), { queries: 6, keys: 6 }) }),
      t5: (a, b, c) => attention(a, b, c, { bias: t5Bias(draw(4, 8, 2), { queries: 6, keys: 6 }) }),
      shaw: (a, b, c) => attention(a, b, c, { bias: shawBias(a, draw(5, 5, 4)) }),
      causal: (a, b, c) => attention(a, b, c, { mask: causal() }),
    };
    for (const [name, way] of Object.entries(ways)) {
      const [moved, plain] = [way(shuffled(q), shuffled(k), shuffled(v)).data, shuffled(way(q, k, v)).data];
      expect(Math.max(...moved.map((x, i) => Math.abs(x - (plain[i] as number)))), name).toBeGreaterThan(
        0.01,
      );
    }
  });
});
