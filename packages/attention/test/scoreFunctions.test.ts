import {
  add,
  backward,
  gradientCheck,
  mul,
  normal,
  random,
  sum,
  type Tensor,
  tensor,
  variable,
} from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  additive,
  attention,
  attentionWeights,
  attentionWithLogSumExp,
  byDistance,
  causal,
  cosine,
  dense,
  flash,
  general,
  type Scores,
  scaledDot,
  unscaled,
  where,
} from '../src/index.ts';

const close = { absolute: 2e-5, relative: 2e-5 };
const draw = (shape: readonly number[], seed: number) => normal(shape, random(seed));

/** score(q, k) of one pair of rows, in float64. */
type Score = (head: number, q: ArrayLike<number>, k: ArrayLike<number>) => number;

const expectWeights = (weights: Tensor, [q, k]: readonly [Tensor, Tensor], score: Score): void => {
  const [batch, heads, queries, keys] = weights.shape as [number, number, number, number];
  const kvHeads = k.shape[1] as number;
  const rowOf = (x: Tensor, row: number) =>
    x.data.slice(row * (x.shape[3] as number), (row + 1) * (x.shape[3] as number));
  const expected: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < queries; i++) {
        const own = b * kvHeads + Math.floor((h * kvHeads) / heads);
        const scores = Array.from({ length: keys }, (_, j) =>
          score(h, rowOf(q, (b * heads + h) * queries + i), rowOf(k, own * keys + j)),
        );
        const top = Math.max(...scores);
        const total = scores.reduce((a, s) => a + Math.exp(s - top), 0);
        expected.push(...scores.map((s) => Math.exp(s - top) / total));
      }
  expectClose(weights, { shape: weights.shape, data: Float64Array.from(expected) }, close);
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((s, x, i) => s + x * (b[i] as number), 0);

describe('scores', () => {
  it('unscaled is q·k, and equals a scale of 1', () => {
    const [q, k] = [draw([2, 4, 5, 3], 1), draw([2, 2, 6, 3], 2)];
    expectWeights(attentionWeights(q, k, { scores: unscaled() }), [q, k], (_, a, b) => dot(a, b));
    expectClose(attentionWeights(q, k, { scores: unscaled() }), attentionWeights(q, k, { scale: 1 }));
  });
  it('cosine depends on directions only; a vector of zeros has cosine 0 to all', () => {
    const [q, k] = [draw([1, 2, 5, 3], 1), draw([1, 1, 6, 3], 2)];
    const length = (a: ArrayLike<number>) => Math.sqrt(dot(a, a));
    expectWeights(
      attentionWeights(q, k, { scores: cosine(), scale: 7 }),
      [q, k],
      (_, a, b) => (7 * dot(a, b)) / (length(a) * length(b)),
    );
    const once = attentionWeights(q, k, { scores: cosine() });
    expectClose(attentionWeights(mul(q, 1e4), mul(k, 1e-3), { scores: cosine() }), once, close);
    expectClose(
      attentionWeights(mul(q, 0), k, { scores: cosine() }),
      { shape: [1, 2, 5, 6], data: new Float64Array(60).fill(1 / 6) },
      close,
    );
  });
  it('general is q·W·k, of queries and keys of different depths, one W for all heads or one a head', () => {
    const [q, k] = [draw([2, 4, 5, 3], 1), draw([2, 2, 6, 7], 2)];
    for (const weight of [draw([3, 7], 3), draw([4, 3, 7], 3)]) {
      const at = (h: number, i: number, j: number) =>
        weight.data[((weight.rank === 3 ? h * 3 : 0) + i) * 7 + j] as number;
      expectWeights(attentionWeights(q, k, { scores: general(weight) }), [q, k], (h, a, b) =>
        Array.from(a).reduce(
          (s, x, i) => s + Array.from(b).reduce((t, y, j) => t + x * at(h, i, j) * y, 0),
          0,
        ),
      );
    }
  });
  it('additive is energy·tanh(W_q q + W_k k), of any sizes, block by block or at once', () => {
    forAll(
      [
        fc.constantFrom(1, 2, 4),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
      ],
      (kvHeads, queries, keys, byHead) => {
        const [q, k] = [draw([2, 4, queries, 3], 1), draw([2, kvHeads, keys, 5], 2)];
        const heads = byHead ? [4] : [];
        const weights = {
          queryWeight: draw([...heads, 6, 3], 3),
          keyWeight: draw([...heads, 6, 5], 4),
          energy: draw([...heads, 6], 5),
        };
        const row = (x: Tensor, h: number, u: number, width: number) => {
          const start = ((byHead ? h * 6 : 0) + u) * width;
          return x.data.slice(start, start + width);
        };
        expectWeights(attentionWeights(q, k, { scores: additive(weights) }), [q, k], (h, a, b) =>
          Array.from({ length: 6 }, (_, u) => {
            const hidden =
              dot(row(weights.queryWeight, h, u, 3), a) + dot(row(weights.keyWeight, h, u, 5), b);
            return (row(weights.energy, h, u, 1)[0] as number) * Math.tanh(hidden);
          }).reduce((s, x) => s + x, 0),
        );
      },
      { runs: 12 },
    );
    const [q, k] = [variable(draw([1, 2, 90, 4], 1)), variable(draw([1, 2, 100, 4], 2))]; // 64 hidden: more than one block
    const weights = {
      queryWeight: draw([64, 4], 3),
      keyWeight: draw([64, 4], 4),
      energy: variable(draw([64], 5)),
    };
    const whole = attentionWeights(q, k, { scores: additive(weights) });
    expectWeights(whole, [q, k], (_, a, b) =>
      Array.from({ length: 64 }, (_unit, u) => {
        const own = (x: Tensor) => x.data.slice(u * 4, u * 4 + 4);
        return (
          (weights.energy.data[u] as number) *
          Math.tanh(dot(own(weights.queryWeight), a) + dot(own(weights.keyWeight), b))
        );
      }).reduce((s, x) => s + x, 0),
    );
  });
  const table = draw([1, 5], 9);
  const every: [string, (leaves: readonly Tensor[]) => Scores, Tensor[]][] = [
    ['cosine', ([t]) => cosine({ temperature: t as Tensor }), [draw([2], 4)]],
    ['general', ([w]) => general(w as Tensor), [draw([3, 3], 4)]],
    [
      'additive',
      ([queryWeight, keyWeight, energy]) =>
        additive({
          queryWeight: queryWeight as Tensor,
          keyWeight: keyWeight as Tensor,
          energy: energy as Tensor,
        }),
      [draw([2, 3], 4), draw([2, 3], 5), draw([2], 6)],
    ],
  ];
  it.each(every)(
    '%s has the gradients of finite differences, in every kernel, under a mask and a bias',
    (_name, make, weights) => {
      const inputs = [draw([1, 2, 3, 3], 1), draw([1, 1, 4, 3], 2), draw([1, 1, 4, 2], 3), ...weights];
      for (const kernel of [dense, flash]) {
        gradientCheck((...[q, k, v, ...rest]: readonly Tensor[]) => {
          const options = { scores: make(rest), mask: causal(), bias: byDistance(table), softcap: 2, kernel };
          return attention(q as Tensor, k as Tensor, v as Tensor, options);
        }, inputs);
      }
    },
  );
  it('with sinks, softcap, masks and no queries, keys or batches at all, flash gives what dense gives, gradients too', () => {
    const size = fc.integer({ min: 0, max: 5 });
    const kinds = fc.constantFrom('scaledDot', 'unscaled', 'cosine', 'general', 'additive');
    forAll(
      [fc.nat(2), size, size, fc.constantFrom(1, 2), kinds, fc.boolean(), fc.boolean(), fc.boolean()],
      (batch, queries, keys, kvHeads, kind, withSinks, capped, hidden) => {
        const draws = [
          draw([batch, 2, queries, 3], 1),
          draw([batch, kvHeads, keys, 3], 2),
          draw([batch, kvHeads, keys, 2], 3),
          draw([2], 4),
        ];
        const scores = {
          ...{
            scaledDot: scaledDot(),
            unscaled: unscaled(),
            cosine: cosine(),
            general: general(draw([3, 3], 5)),
          },
          additive: additive({
            queryWeight: draw([4, 3], 6),
            keyWeight: draw([4, 3], 7),
            energy: draw([4], 8),
          }),
        }[kind];
        const by = (kernel: typeof flash) => {
          const [q, k, v, sinks] = draws.map(variable) as [Tensor, Tensor, Tensor, Tensor];
          const { output, logSumExp } = attentionWithLogSumExp(q, k, v, {
            ...{ kernel, scores, sinks: withSinks ? sinks : undefined, softcap: capped ? 1.5 : undefined },
            mask: hidden ? causal() : undefined,
          });
          const finite = withSinks ? sum(logSumExp) : sum(mul(output, 0)); // −∞ of rows that see nothing has no sum
          const gradients = backward(add(sum(mul(output, output)), finite));
          return [output, logSumExp, ...[q, k, v, sinks].map((x) => gradients.get(x) ?? mul(x, 0))];
        };
        const expected = by(dense);
        for (const [index, given] of by(flash).entries())
          expectClose(given, expected[index] as Tensor, { ...close, name: `result ${index}` });
      },
      { runs: 150 },
    );
  });
  it('refuses weights that do not fit, by name', () => {
    const x = draw([1, 2, 3, 4], 1);
    expect(() => attention(x, x, x, { scores: general(draw([4, 3], 1)) })).toThrow(/scores general: weight/);
    expect(() => attention(x, x, x, { scores: cosine({ temperature: draw([3], 1) }) })).toThrow(
      /temperature.*one a head/,
    );
    const weights = { queryWeight: draw([5, 4], 1), keyWeight: draw([5, 3], 1), energy: draw([5], 1) };
    expect(() => attention(x, x, x, { scores: additive(weights) })).toThrow(/scores additive.*\[hidden, 4\]/);
    expect(() => attention(x, x, x, { sinks: draw([3], 1) })).toThrow(/sinks.*one a head/);
    expect(() => attention(x, x, x, { scale: Number.NaN })).toThrow(/scale NaN/);
  });
});

describe('sinks', () => {
  const [q, k, v] = [draw([2, 4, 3, 5], 1), draw([2, 2, 5, 5], 2), draw([2, 2, 5, 6], 3)];
  it('are a key that every query sees and that has no value', () => {
    const sinks = draw([4], 4);
    const scores = attentionWeights(q, k, { sinks });
    const alone = attentionWeights(q, k);
    const { logSumExp } = attentionWithLogSumExp(q, k, v);
    const expected = alone.data.map((weight, index) => {
      const row = Math.floor(index / 5);
      return (
        weight /
        (1 + Math.exp((sinks.data[Math.floor(row / 3) % 4] as number) - (logSumExp.data[row] as number)))
      );
    });
    expectClose(scores, { shape: alone.shape, data: expected }, close);
    for (const kernel of [dense, flash]) {
      const found = attentionWithLogSumExp(q, k, v, { sinks, kernel });
      expectClose(attentionWeights(q, k, { sinks, logSumExp: found.logSumExp }), scores, close);
    }
  });
  it.each([dense, flash])('of −∞ change nothing, of +1e4 leave nothing, $name', (kernel) => {
    const of = (value: number) =>
      attention(q, k, v, { kernel, sinks: tensor([value, value, value, value]), mask: causal() });
    expectClose(of(-Infinity), attention(q, k, v, { kernel, mask: causal() }), close);
    expectClose(of(1e4), mul(of(0), 0));
  });
});

describe('log-sum-exp', () => {
  it.each([dense, flash])(
    'has the gradients of finite differences, with a bias, sinks and masks of either kind, $name',
    (kernel) => {
      const inputs = [draw([1, 2, 3, 3], 1), draw([1, 1, 4, 3], 2), draw([1, 5], 3), draw([2], 4)] as const;
      const value = draw([1, 1, 4, 2], 5);
      for (const mask of [undefined, causal(), where(({ query, key }) => query !== key)]) {
        gradientCheck(
          (...[query, key, table, sinks]: readonly Tensor[]) =>
            attentionWithLogSumExp(query as Tensor, key as Tensor, value, {
              ...{ mask, kernel, sinks },
              bias: byDistance(table as Tensor),
            }).logSumExp,
          inputs,
        );
        gradientCheck(
          (query, key) => attentionWithLogSumExp(query, key, value, { mask, kernel }).logSumExp,
          [inputs[0], inputs[1]],
        );
      }
    },
  );
});
