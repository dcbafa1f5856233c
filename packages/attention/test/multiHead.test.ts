import {
  backward,
  gather,
  integers,
  normal,
  random,
  reshape,
  slice,
  sum,
  type Tensor,
  tensor,
} from '@heed/tensor';
import { initialize, type Linear, parameter, parameters, xavierUniform } from '@heed/tensor/nn';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  additive,
  alibi,
  alibiSlopes,
  and,
  causal,
  cosine,
  dense,
  firstKeys,
  general,
  global,
  KVCache,
  keepWhere,
  MultiHeadAttention,
  type MultiHeadOptions,
  not,
  or,
  packing,
  padding,
  selectBatch,
  selectState,
  TransformerLayer,
  toTensor,
  where,
  window,
} from '../src/index.ts';

const close = { absolute: 5e-5, relative: 5e-5 };
const distances = alibi(alibiSlopes(4), { queries: 9, keys: 9 });
const x = normal([2, 9, 16], random(1));
const make = (options: Partial<MultiHeadOptions> = {}) =>
  initialize(new MultiHeadAttention({ width: 16, heads: 4, ...options }), random(2));

/** Choices of an attention that decode with a cache; each may stand with each. */
const choices: fc.Arbitrary<Partial<MultiHeadOptions>> = fc
  .record({
    kvHeads: fc.constantFrom(4, 2, 1),
    headDim: fc.constantFrom(4, 6),
    valueDim: fc.constantFrom(4, 6, 3),
    qkNorm: fc.boolean(),
    rope: fc.option(fc.constant({}), { nil: undefined }),
    sinks: fc.boolean(),
    softcap: fc.option(fc.constant(2), { nil: undefined }),
    scale: fc.option(fc.constant(0.3), { nil: undefined }),
    scores: fc.constantFrom('scaledDot', 'cosine', 'general', 'additive'),
    bias: fc.boolean(),
  })
  .map(({ scores, headDim, rope, softcap, scale, ...rest }) => {
    const weight = (...shape: number[]) => parameter(shape, xavierUniform());
    const made = {
      scaledDot: undefined,
      cosine: cosine({
        temperature: parameter([4], (shape) =>
          Float32Array.from({ length: shape[0] as number }, (_, i) => 2 + i),
        ),
      }),
      general: general(weight(headDim, headDim)),
      additive: additive({
        queryWeight: weight(5, headDim),
        keyWeight: weight(4, 5, headDim),
        energy: weight(1, 5),
      }),
    };
    const energy = {
      ...made.additive,
      energy: parameter([5], (shape) => new Float32Array(shape[0] as number).fill(0.7)),
    };
    const chosen = scores === 'additive' ? energy : made[scores];
    return {
      ...rest,
      headDim,
      ...(rope && { rope }),
      ...(softcap && { softcap }),
      ...(scale && { scale }),
      ...(chosen && { scores: chosen }),
    };
  });

describe('MultiHeadAttention', () => {
  it('decodes step by step, and packed sequence by sequence, to what one causal pass gives, with any choices', () => {
    forAll(
      [choices, fc.option(fc.nat(4), { nil: Number.POSITIVE_INFINITY }), fc.nat(2)],
      (options, left, first) => {
        const model = make(options);
        const mask = and(causal(), or(window({ left, right: 0 }), firstKeys(first)));
        const whole = model.forward(x, { mask });
        expectClose(model.forward(x, { mask }, { kernel: dense }), whole, { ...close, name: 'dense' });
        const cache = new KVCache({ left, firstKeys: first });
        for (const [start, end] of [
          [0, 3],
          [3, 4],
          [4, 9],
        ] as const)
          expectClose(model.forwardCached(slice(x, 1, start, end), cache), slice(whole, 1, start, end), {
            ...close,
            name: `positions from ${start}`,
          });
        const alone = model.forward(x);
        const packed = model.forwardPacked(reshape(x, [18, 16]), packing([9, 9]));
        expectClose(reshape(packed, [2, 9, 16]), alone, { ...close, name: 'packed' });
      },
      { runs: 60 },
    );
  });
  it('decodes over a sliding cache that has dropped positions, softcap, sinks and observers too', () => {
    const long = normal([1, 70, 16], random(8));
    const mask = and(causal(), or(window({ left: 4, right: 0 }), firstKeys(2)));
    for (const options of [
      { softcap: 2, rope: {} },
      { sinks: true, kvHeads: 2 },
    ]) {
      const model = make(options);
      const whole = model.forward(long, { mask });
      const cache = new KVCache({ left: 4, firstKeys: 2 });
      const seen: Tensor[] = [];
      for (let i = 0; i < 70; i++) {
        const pass = i === 69 ? { observe: (_: string, weights: Tensor) => seen.push(weights) } : {};
        expectClose(
          model.forwardCached(slice(long, 1, i, i + 1), cache, {}, pass),
          slice(whole, 1, i, i + 1),
          close,
        );
      }
      expect(cache.dropped).toBeGreaterThan(0);
      expect(seen[0]?.shape).toEqual([1, 4, 1, 70 - cache.dropped]);
      expect(() => model.forwardCached(slice(long, 1, 0, 1), cache, { mask: causal() })).toThrow(
        /has dropped/,
      );
    }
  });
  it('decodes with a bias by distance and a window', () => {
    const model = make({ kvHeads: 2 });
    const options = { bias: distances, mask: window({ left: 3, right: 0 }) };
    const whole = model.forward(x, options);
    const cache = new KVCache();
    for (let i = 0; i < 9; i++)
      expectClose(
        model.forwardCached(slice(x, 1, i, i + 1), cache, options),
        slice(whole, 1, i, i + 1),
        close,
      );
  });
  it('has one parameter where projections are shared, and its gradient is the sum', () => {
    const paths = (shared: 'keyValue' | 'queryKey' | 'all') => [
      ...parameters(make({ shared, bias: false })).keys(),
    ];
    expect(paths('keyValue')).toEqual(['query.weight', 'key.weight', 'output.weight']);
    expect(paths('queryKey')).toEqual(['query.weight', 'value.weight', 'output.weight']);
    expect(paths('all')).toEqual(['query.weight', 'output.weight']);
    const [tied, free] = [make({ shared: 'all' }), make()];
    const copy = (to: Linear | undefined, from: Linear | undefined) =>
      to?.weight.fill(Float32Array.from(from?.weight.data ?? []));
    for (const part of [free.query, free.key, free.value]) copy(part, tied.query); // biases are 0 in both
    copy(free.output, tied.output);
    const [a, b] = [tied.forward(x, { mask: causal() }), free.forward(x, { mask: causal() })];
    expectClose(a, b, close);
    const gradients = backward(sum(b));
    const parts = [free.query, free.key, free.value].map(
      (part) => gradients.get(part?.weight as Tensor) as Tensor,
    );
    const total = (parts[0] as Tensor).data.map((_, i) =>
      parts.reduce((s, { data }) => s + (data[i] as number), 0),
    );
    expectClose(
      backward(sum(a)).get(tied.query?.weight as Tensor) as Tensor,
      { shape: [16, 16], data: total },
      close,
    );
  });
  it('of shared keys and values reads them from the same numbers in cross-attention and caches', () => {
    const model = make({ shared: 'keyValue', kvHeads: 2 });
    const [key, value] = model.project(x);
    expect(value).toBe(key);
    expectClose(model.forwardProjected(x, [key, value]), model.forward(x), close);
  });
  it('without projections is attention of x to itself, cut into heads', () => {
    const model = make({ projections: false });
    expect(parameters(model).size).toBe(0);
    expect(model.forward(x, { mask: firstKeys(1) }).data.slice(0, 16)).toEqual(x.data.slice(0, 16));
  });
  it('gives every parameter a gradient, of every choice', () => {
    forAll([choices, fc.boolean(), fc.boolean()], (options, learnedKey, zeroKey) => {
      const model = make({ ...options, learnedKey, zeroKey });
      const gradients = backward(sum(model.forward(x, { mask: causal() })));
      for (const [path, weight] of parameters(model))
        expect(gradients.get(weight)?.shape, path).toEqual(weight.shape);
    });
  });
  it('refuses what does not fit together, by name', () => {
    expect(() => make({ shared: 'keyValue', valueDim: 3 })).toThrow(/one projection have the same widths/);
    expect(() => make({ shared: 'queryKey', kvHeads: 2 })).toThrow(/same heads and width/);
    expect(() => make({ projections: false, kvHeads: 2 })).toThrow(/without projections/);
    expect(() => make({ zeroKey: true }).forwardCached(x, new KVCache())).toThrow(/use sinks/);
  });
});

describe('TransformerLayer', () => {
  const layer = (options: object) =>
    initialize(new TransformerLayer({ width: 16, heads: 4, innerWidth: 24, ...options }), random(3));
  it('is what its parts are, each left out or not', () => {
    expect(parameters(layer({ attention: false, feedForward: false })).size).toBe(0);
    const bare = layer({
      attention: { projections: false },
      feedForward: false,
      normPlacement: 'none',
      residual: false,
    });
    expect(parameters(bare).size).toBe(0);
    expectClose(bare.forward(x), make({ projections: false }).forward(x));
    const feed = layer({ attention: false, normPlacement: 'none', residual: false });
    expectClose(feed.forward(x), (feed.feedForward as { forward(y: Tensor): Tensor }).forward(x));
  });
  it.each(['pre', 'post', 'none'] as const)(
    'steps with caches to what one causal pass gives, %s, with the choices of its attentions',
    (normPlacement) => {
      const options = { rope: {}, qkNorm: true, sinks: true };
      const model = layer({
        normPlacement,
        norm: 'rms',
        gated: true,
        attention: options,
        cross: { qkNorm: true, valueDim: 3 },
        kvHeads: 2,
      });
      const memory = normal([2, 5, 16], random(6));
      const whole = model.forward(x, { mask: causal(), memory });
      const state = model.start(memory);
      for (let i = 0; i < 9; i++)
        expectClose(model.step(slice(x, 1, i, i + 1), state), slice(whole, 1, i, i + 1), close);
    },
  );
  it('steps with a bias, and with a sliding window', () => {
    const model = layer({});
    const biased = model.forward(x, { mask: causal(), bias: distances });
    const windowed = model.forward(x, { mask: window({ left: 2, right: 0 }) });
    const [one, other] = [model.start(), model.start(undefined, undefined, { left: 2 })];
    for (let i = 0; i < 9; i++) {
      const now = slice(x, 1, i, i + 1);
      expectClose(model.step(now, one, {}, { bias: distances }), slice(biased, 1, i, i + 1), close);
      expectClose(model.step(now, other), slice(windowed, 1, i, i + 1), close);
    }
  });
  it('goes on from a state of selected rows as those rows would alone, its memory and mask with them', () => {
    const model = layer({ cross: true, kvHeads: 2 });
    const memory = normal([2, 5, 16], random(6));
    const steps = normal([2, 4, 16], random(7));
    const rows = [1, 0, 1];
    const state = model.start(memory, padding([5, 3]));
    for (let i = 0; i < 3; i++) model.step(slice(steps, 1, i, i + 1), state);
    const picked = gather(steps, integers(rows));
    const chosen = { memory: gather(memory, integers(rows)), memoryMask: padding([3, 5, 3]), mask: causal() };
    const whole = model.forward(picked, chosen);
    expectClose(model.step(slice(picked, 1, 3, 4), selectState(state, rows)), slice(whole, 1, 3, 4), close);
  });
  it('without positions and mask, permuted tokens give permuted outputs', () => {
    const model = layer({ normPlacement: 'pre' });
    const order = integers([4, 0, 8, 1, 7, 3, 2, 6, 5]);
    expectClose(model.forward(gather(x, order, 1)), gather(model.forward(x), order, 1), close);
  });
});

describe('selectBatch', () => {
  it('reads as the selected rows of the mask', () => {
    const bits = Uint8Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => ((i * 7) % 3 === 0 ? 1 : 0));
    const masks = [
      padding([5, 2]),
      global([[0], [3]]),
      global([1]),
      keepWhere(tensor(bits, [2, 3, 4, 5])),
      keepWhere(tensor(bits.slice(0, 20), [4, 5])),
      where(({ batch, query }) => batch === query % 2),
      or(and(causal(), padding([4, 1])), not(padding([1, 3]))),
    ];
    const sizes = { heads: 3, queries: 4, keys: 5 };
    for (const mask of masks) {
      const whole = toTensor(mask, { ...sizes, batch: 2 }).data;
      const rows = [1, 1, 0];
      const expected = rows.flatMap((row) => [...whole.slice(row * 60, (row + 1) * 60)]);
      expect([...toTensor(selectBatch(mask, rows), { ...sizes, batch: 3 }).data], mask.kind).toEqual(
        expected,
      );
    }
    expect(() => selectBatch(padding([1]), [1])).toThrow(/row 1 of a mask of 1/);
  });
});
