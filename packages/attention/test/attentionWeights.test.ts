import {
  add,
  backward,
  gradientCheck,
  normal,
  random,
  slice,
  type Tensor,
  tensor,
  variable,
} from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  and,
  attentionWeights,
  attentionWithLogSumExp,
  byDistance,
  causal,
  padding,
  where,
} from '../src/index.ts';

const close = { absolute: 1e-5, relative: 1e-5 };
const draw = (shape: readonly number[], seed: number) => normal(shape, random(seed));
const [q, k] = [draw([2, 4, 7, 5], 1), draw([2, 2, 9, 5], 2)];

describe('attentionWeights', () => {
  it('of chosen heads and queries are those of the whole, with masks, biases, softcap and sinks', () => {
    const indices = (count: number) => fc.array(fc.nat(count - 1), { minLength: 1, maxLength: 5 });
    forAll(
      [
        fc.option(indices(4)),
        fc.option(indices(7)),
        fc.boolean(),
        fc.constantFrom('none', 'interval', 'any'),
      ],
      (heads, queries, dressed, kind) => {
        const mask = {
          none: undefined,
          interval: and(causal(), padding([9, 4])),
          any: where(({ head, query, key }) => (head + query + key) % 3 > 0),
        }[kind];
        const options = dressed
          ? { mask, bias: byDistance(draw([4, 7], 3)), softcap: 1.5, sinks: draw([4], 4), scale: 0.7 }
          : { mask };
        const whole = attentionWeights(q, k, options);
        const { logSumExp } = attentionWithLogSumExp(q, k, k, options);
        const chosen = { ...(heads && { heads }), ...(queries && { queries }) };
        const expected: number[] = [];
        for (const batch of [0, 1])
          for (const head of heads ?? [0, 1, 2, 3])
            for (const query of queries ?? [0, 1, 2, 3, 4, 5, 6]) {
              const start = ((batch * 4 + head) * 7 + query) * 9;
              expected.push(...whole.data.slice(start, start + 9));
            }
        const shape = [2, heads?.length ?? 4, queries?.length ?? 7, 9];
        const target = { shape, data: Float64Array.from(expected) };
        expectClose(attentionWeights(q, k, { ...options, ...chosen }), target, close);
        expectClose(attentionWeights(q, k, { ...options, ...chosen, logSumExp }), target, close);
      },
      { runs: 60 },
    );
  });
  it('of one query over 16 384 keys costs one row, not a matrix', () => {
    const long = draw([1, 2, 16_384, 8], 5);
    const row = attentionWeights(long, long, { mask: causal(), heads: [1], queries: [9_999] }); // the whole has 2 GB
    expect(row.shape).toEqual([1, 1, 1, 16_384]);
    expect(row.data.slice(10_000).every((weight) => weight === 0)).toBe(true);
    expect(row.data.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
    const query = slice(slice(long, 1, 1, 2), 2, 9_999, 10_000);
    const keys = slice(slice(long, 1, 1, 2), 2, 0, 10_000);
    expectClose(slice(row, 3, 0, 10_000), attentionWeights(query, keys), close);
  });
  it('of a row that sees nothing are zeros', () => {
    const hidden = where(({ query }) => query !== 3);
    const weights = attentionWeights(q, k, { mask: hidden, queries: [3] });
    expect(weights.data.every((weight) => weight === 0)).toBe(true);
  });
  it('refuses heads and queries that are not there', () => {
    expect(() => attentionWeights(q, k, { heads: [4] })).toThrow(/head 4 of 4/);
    expect(() => attentionWeights(q, k, { queries: [0.5] })).toThrow(/query 0.5 of 7/);
    expect(() => attentionWeights(q, k, { sinks: tensor([1]) })).toThrow(/sinks/);
  });
  it('of chosen rows have gradients of queries, keys, bias and sinks, whether a log-sum-exp is given or not', () => {
    const bias = draw([4, 7], 3);
    const sinks = draw([4], 4);
    const options = { mask: causal(), softcap: 1.5, heads: [3, 1], queries: [6, 2, 2] };
    const { logSumExp } = attentionWithLogSumExp(q, k, k, { ...options, bias: byDistance(bias), sinks });
    const added = draw([1, 4, 7, 9], 6);
    const run =
      (given: { readonly logSumExp?: Tensor }) =>
      (...[query, key, table, one, sink]: readonly [Tensor, Tensor, Tensor, Tensor, Tensor]) =>
        add(
          attentionWeights(query, key, { ...options, ...given, bias: byDistance(table), sinks: sink }),
          attentionWeights(query, key, { ...options, ...given, bias: one, sinks: sink }),
        );
    const inputs = [q, k, bias, added, sinks] as const;
    gradientCheck(run({}), inputs);
    const gradientsBy = (given: { readonly logSumExp?: Tensor }) => {
      const own = inputs.map((x) => variable(x)) as unknown as typeof inputs;
      const output = run(given)(...own);
      const gradients = backward(output, draw(output.shape, 8));
      return own.map((x) => gradients.get(x) as Tensor);
    };
    const expected = gradientsBy({});
    for (const [index, given] of gradientsBy({ logSumExp }).entries())
      expectClose(given, expected[index] as Tensor);
  });
});
