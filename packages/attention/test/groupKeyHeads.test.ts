import { normal, random, sub, type Tensor, tensor } from '@heed/tensor';
import { initialize, type Linear, load, parameters } from '@heed/tensor/nn';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averageCheckpoints,
  causal,
  groupKeyHeads,
  type HeadPooling,
  MultiHeadAttention,
  type MultiHeadOptions,
  TransformerLayer,
} from '../src/index.ts';
import { polar } from '../src/polar.ts';

const close = { absolute: 2e-5, relative: 2e-5 };
const x = normal([2, 7, 16], random(1));
const sizes = { width: 16, heads: 4, headDim: 5, valueDim: 3 };
const drawn = (options: Partial<MultiHeadOptions> = {}, seed = 2) => {
  const model = initialize(new MultiHeadAttention({ ...sizes, ...options }), random(seed));
  for (const part of [model.query, model.key, model.value])
    part?.bias?.fill(normal(part.bias.shape, random(seed + 9)).data as Float32Array<ArrayBuffer>);
  return model;
};
const converted = (
  model: MultiHeadAttention,
  to: number,
  by: HeadPooling,
  options: Partial<MultiHeadOptions> = {},
) =>
  load(
    new MultiHeadAttention({ ...sizes, ...options, kvHeads: to }),
    groupKeyHeads(parameters(model), {
      heads: 4,
      from: model.options.kvHeads ?? 4,
      to,
      by,
      random: random(5),
    }),
  );
const run = (model: MultiHeadAttention) => model.forward(x, { mask: causal() });
const distance = (a: Tensor, b: Tensor) => Math.sqrt(sub(a, b).data.reduce((s, d) => s + d * d, 0));

describe('groupKeyHeads', () => {
  it.each(['mean', 'first', 'aligned', 'alignedValues'] as const)(
    'to as many heads as there were is the same checkpoint, bit for bit, by %s',
    (by) => {
      const model = drawn();
      for (const [path, { data }] of parameters(converted(model, 4, by)))
        expect(data, path).toEqual(parameters(model).get(path)?.data);
      expect(run(converted(model, 4, by)).data).toEqual(run(model).data);
    },
  );
  it('of heads that are equal changes nothing: grouped heads copied to all are multi-head attention, and back', () => {
    for (const kvHeads of [1, 2]) {
      const grouped = drawn({ kvHeads });
      const copies = new Map<string, Tensor>(parameters(grouped));
      for (const name of ['key.weight', 'key.bias', 'value.weight', 'value.bias']) {
        const own = copies.get(name) as Tensor;
        const rows = own.shape[0] as number;
        const size = own.size / kvHeads;
        const heads = Array.from({ length: 4 }, (_, h) =>
          own.data.slice(Math.floor((h * kvHeads) / 4) * size, (Math.floor((h * kvHeads) / 4) + 1) * size),
        );
        const shape = [(rows / kvHeads) * 4, ...own.shape.slice(1)];
        copies.set(name, tensor(Float32Array.from(heads.flatMap((head) => [...head])), shape));
      }
      const whole = load(new MultiHeadAttention(sizes), copies);
      expectClose(run(whole), run(grouped), close);
      for (const by of ['mean', 'first', 'aligned', 'alignedValues'] as const)
        expectClose(run(converted(whole, kvHeads, by)), run(grouped), {
          absolute: 5e-5,
          relative: 5e-5,
          name: by,
        });
    }
  });
  it('by mean is the mean of each group: of two steps the same as of one', () => {
    const model = drawn();
    const once = converted(model, 1, 'mean');
    const twice = load(
      new MultiHeadAttention({ ...sizes, kvHeads: 1 }),
      groupKeyHeads(parameters(converted(model, 2, 'mean')), { heads: 4, from: 2, to: 1 }),
    );
    expectClose(run(twice), run(once), close);
    const head = (h: number, r: number, c: number) => model.key?.weight.data[(h * 5 + r) * 16 + c] as number;
    const pooled = converted(model, 2, 'mean').key?.weight.data as Float32Array;
    expect(pooled[(1 * 5 + 2) * 16 + 7]).toBeCloseTo((head(2, 2, 7) + head(3, 2, 7)) / 2, 6);
    expect(converted(model, 2, 'first').key?.weight.data[(1 * 5 + 2) * 16 + 7]).toBe(head(2, 2, 7));
  });
  it('by alignment finds heads that differ by a rotation only, where the mean does not', () => {
    const model = drawn({ bias: false }, 3);
    // Heads 1, 2, 3 compute what head 0 computes, each turned by a matrix of its own.
    const checkpoint = new Map<string, Tensor>(parameters(model));
    const [key, value] = [checkpoint.get('key.weight') as Tensor, checkpoint.get('value.weight') as Tensor];
    for (const [weight, depth] of [
      [key, 5],
      [value, 3],
    ] as const)
      for (let h = 1; h < 4; h++) {
        const q = polar(normal([depth, depth], random(10 + h)).data, depth);
        for (let r = 0; r < depth; r++)
          for (let c = 0; c < 16; c++) {
            let total = 0;
            for (let s = 0; s < depth; s++)
              total += (q[r * depth + s] as number) * (weight.data[s * 16 + c] as number);
            weight.data[(h * depth + r) * 16 + c] = total;
          }
      }
    const options = { bias: false };
    const before = run(model);
    expectClose(run(converted(model, 1, 'aligned', options)), before, { absolute: 2e-4, relative: 2e-4 });
    expect(distance(run(converted(model, 1, 'mean', options)), before)).toBeGreaterThan(0.1);
  });
  it('by alignment is nearer to the weights of every head than the mean is', () => {
    forAll(
      [fc.nat(1000)],
      (seed) => {
        const model = drawn({ bias: false }, seed);
        const spread = (by: 'mean' | 'aligned') => {
          // What pooling loses: Σ ‖head − mean‖² = Σ ‖head‖² − 4 ‖mean‖², and turning keeps ‖head‖.
          const { key, value } = converted(model, 1, by, { bias: false });
          const squares = (part: Linear | undefined) =>
            Array.from(part?.weight.data ?? []).reduce((t, w) => t + w * w, 0);
          return -(squares(key) + squares(value));
        };
        expect(spread('aligned')).toBeLessThan(spread('mean'));
      },
      { runs: 10 },
    );
  });
  it('at random draws new heads by the given source', () => {
    const model = drawn();
    const key = converted(model, 2, 'random').key;
    expect(key?.weight.data).not.toEqual(converted(model, 2, 'first').key?.weight.data);
    expect(key?.bias?.data.every((b) => b === 0)).toBe(true);
    expect(() => groupKeyHeads(parameters(model), { heads: 4, to: 2, by: 'random' })).toThrow(
      /source of randomness/,
    );
  });
  it('converts every attention of a model, and shared keys and values once', () => {
    const options = { width: 16, heads: 4, innerWidth: 8, cross: true };
    const layer = initialize(new TransformerLayer(options), random(4));
    const small = load(
      new TransformerLayer({ ...options, kvHeads: 2 }),
      groupKeyHeads(parameters(layer), { heads: 4, to: 2 }),
    );
    expect(small.crossAttention?.key?.weight.shape).toEqual([8, 16]);
    expect(small.feedForward?.inner.weight.data).toEqual(layer.feedForward?.inner.weight.data);
    const shared = initialize(new MultiHeadAttention({ width: 16, heads: 4, shared: 'keyValue' }), random(4));
    const one = load(
      new MultiHeadAttention({ width: 16, heads: 4, shared: 'keyValue', kvHeads: 1 }),
      groupKeyHeads(parameters(shared), { heads: 4, to: 1 }),
    );
    expect(one.key).toBe(one.value);
  });
  it('refuses what cannot be converted, by name', () => {
    const model = drawn();
    expect(() => groupKeyHeads(parameters(model), { heads: 4, to: 3 })).toThrow(
      /to is 3 key heads; expected a divisor of 4/,
    );
    expect(() => groupKeyHeads(new Map(), { heads: 4, to: 2 })).toThrow(/no attention/);
    const normed = drawn({ qkNorm: true });
    expect(() => groupKeyHeads(parameters(normed), { heads: 4, to: 2, by: 'aligned' })).toThrow(
      /keyNorm.*alignedValues/,
    );
  });
});

describe('polar', () => {
  it('is orthogonal, gives back an orthogonal matrix, and makes the trace largest, of singular matrices too', () => {
    forAll(
      [fc.integer({ min: 1, max: 8 }), fc.nat(8), fc.nat(1000)],
      (size, rank, seed) => {
        const source = random(seed);
        const m = Float64Array.from({ length: size * size }, () => 0);
        for (let k = 0; k < rank; k++) {
          const [u, v] = [normal([size], source).data, normal([size], source).data];
          for (let r = 0; r < size; r++)
            for (let c = 0; c < size; c++)
              m[r * size + c] = (m[r * size + c] as number) + (u[r] as number) * (v[c] as number);
        }
        const trace = (q: ArrayLike<number>) =>
          Array.from(q).reduce((s, value, i) => s + value * (m[i] as number), 0);
        const q = polar(m, size);
        for (let a = 0; a < size; a++)
          for (let b = 0; b < size; b++) {
            let total = 0;
            for (let r = 0; r < size; r++) total += (q[r * size + a] as number) * (q[r * size + b] as number);
            expect(total).toBeCloseTo(a === b ? 1 : 0, 9);
          }
        for (let other = 0; other < 5; other++)
          expect(trace(q)).toBeGreaterThanOrEqual(
            trace(polar(normal([size, size], source).data, size)) - 1e-9,
          );
        expectClose(
          { shape: [size, size], data: polar(q, size) },
          { shape: [size, size], data: q },
          { absolute: 1e-9 },
        );
      },
      { runs: 60 },
    );
  });
});

describe('averageCheckpoints', () => {
  it('is the mean, or the weighted mean, of each tensor', () => {
    const [a, b] = [parameters(drawn({}, 1)), parameters(drawn({}, 2))];
    for (const [name, mean] of averageCheckpoints([a, b], { weights: [3, 1] })) {
      const expected = mean.data.map(
        (_, i) => 0.75 * (a.get(name)?.data[i] as number) + 0.25 * (b.get(name)?.data[i] as number),
      );
      expectClose(mean, { shape: mean.shape, data: expected }, close);
    }
    expect(averageCheckpoints([a, a, a]).get('key.weight')?.data).toEqual(a.get('key.weight')?.data);
    load(new MultiHeadAttention(sizes), averageCheckpoints([a, b]));
  });
  it('refuses checkpoints of different models, by name', () => {
    const a = parameters(drawn());
    expect(() => averageCheckpoints([a, parameters(drawn({ kvHeads: 2 }))])).toThrow(
      /key.weight is .* in checkpoint 0 and .* in checkpoint 1/,
    );
    expect(() => averageCheckpoints([])).toThrow(/one checkpoint at least/);
    expect(() => averageCheckpoints([a, a], { weights: [1, -1] })).toThrow(/sum is not 0/);
  });
});
