// What a mask hides is not read: NaN planted there reaches no output and no gradient of a row that does not see it.
import { backward, normal, random, sum, type Tensor, tensorOf, variable } from '@heed/tensor';
import { initialize } from '@heed/tensor/nn';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allows,
  and,
  attention,
  attentionWithLogSumExp,
  byDistance,
  causal,
  dense,
  documents,
  flash,
  global,
  longformer,
  type Mask,
  MultiHeadAttention,
  not,
  padding,
  shawAttention,
  where,
  window,
} from '../src/index.ts';

const [batch, heads, length, depth] = [2, 2, 90, 4];
const sizes = { batch, heads, queries: length, keys: length };
const draw = (seed: number) => normal([batch, heads, length, depth], random(seed));

/** x with NaN at one row of every batch and head. */
const poisoned = (x: Tensor, row: number, number = Number.NaN): Tensor =>
  tensorOf(
    'float32',
    x.shape,
    x.data.map((old, index) => (Math.floor(index / depth) % length === row ? number : old)),
  );

const masks: readonly (readonly [string, Mask])[] = [
  ['padding', padding([80, 40])],
  ['causal', causal()],
  ['window', window({ left: 3, right: 1 })],
  ['documents', documents(Array.from({ length }, (_, i) => Math.floor(i / 30)))],
  ['Longformer', longformer({ window: 6, global: [0, 70] })],
  ['a predicate', where(({ query, key }) => (query * key) % 3 === 0)],
  ['an expression', and(not(global([5])), window({ left: 60, right: 60, dilation: 2 }))],
];

describe.each([dense, flash])('hidden keys, $name', (kernel) => {
  it.each(masks)('NaN planted in a key reaches exactly the rows that see it: %s', (_name, mask) => {
    forAll(
      [fc.nat(length - 1), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY), fc.boolean()],
      (row, number, biased) => {
        const [q, k, v] = [draw(1), draw(2), draw(3)];
        const bias = biased ? byDistance(normal([heads, 21], random(4))) : undefined;
        const run = (key: Tensor, value: Tensor) =>
          attentionWithLogSumExp(q, key, value, { mask, bias, kernel });
        const plain = run(k, v);
        const [keyBad, valueBad] = [run(poisoned(k, row, number), v), run(k, poisoned(v, row, number))];
        for (const [index, expected] of plain.output.data.entries()) {
          const place = Math.floor(index / depth);
          const at = {
            batch: Math.floor(place / (heads * length)),
            head: Math.floor(place / length) % heads,
            query: place % length,
            key: row,
          };
          if (allows(mask, at, sizes)) {
            if (Number.isNaN(number)) expect(keyBad.output.data[index]).toBeNaN();
            expect(valueBad.output.data[index]).toBeNaN();
          } else {
            expect(keyBad.output.data[index]).toBeCloseTo(expected, 5);
            expect(valueBad.output.data[index]).toBeCloseTo(expected, 5);
          }
        }
      },
      { runs: 4 },
    );
  });
  it('NaN in padding changes no output, no log-sum-exp and no gradient', () => {
    const mask = padding([80, 40]);
    const upstream = draw(9);
    const run = (spoil: (x: Tensor) => Tensor) => {
      const [q, k, v] = [variable(draw(1)), variable(spoil(draw(2))), variable(spoil(draw(3)))];
      const { output, logSumExp } = attentionWithLogSumExp(q, k, v, { mask, kernel });
      const gradients = backward(output, upstream);
      return [output, logSumExp, ...[q, k, v].map((x) => gradients.get(x) as Tensor)];
    };
    const clean = run((x) => x);
    const spoilt = run((x) => {
      const rows = (index: number) => Math.floor(index / depth) % length;
      return tensorOf(
        'float32',
        x.shape,
        x.data.map((old, i) => (rows(i) >= (i < x.size / 2 ? 80 : 40) ? Number.NaN : old)),
      );
    });
    for (const [index, x] of clean.entries())
      expect([...(spoilt[index] as Tensor).data]).toEqual([...x.data]);
  });
  it('rows that see nothing give zeros, log-sum-exp −∞ and zero gradients, whatever stands beside them', () => {
    const mask = and(
      where(({ query }) => query % 2 === 0),
      causal(),
    );
    const [q, k, v] = [variable(draw(1)), variable(draw(2)), variable(draw(3))];
    const table = variable(normal([heads, 21], random(4)));
    const { output, logSumExp } = attentionWithLogSumExp(q, k, v, { mask, kernel, bias: byDistance(table) });
    const odd = (index: number) => Math.floor(index / depth) % 2 === 1;
    const given = backward(sum(output));
    expect(output.data.some((x, i) => odd(i) && x !== 0)).toBe(false);
    expect(logSumExp.data.some((x, i) => i % 2 === 1 && x !== Number.NEGATIVE_INFINITY)).toBe(false);
    expect((given.get(q) as Tensor).data.some((x, i) => odd(i) && x !== 0)).toBe(false);
    const none = where(() => false);
    const nothing = attention(q, k, v, { mask: none, kernel, bias: byDistance(table) });
    const gradients = backward(sum(nothing));
    for (const leaf of [q, k, v, table])
      expect((gradients.get(leaf)?.data ?? new Float32Array(1)).every((x) => x === 0)).toBe(true);
  });
});

it('NaN in hidden values does not pass Shaw’s attention', () => {
  const relativeValues = normal([5, depth], random(5));
  const given = shawAttention(draw(1), draw(2), poisoned(draw(3), 89), { relativeValues, mask: causal() });
  expect(given.data.some((x, i) => Math.floor(i / depth) % length < 89 && Number.isNaN(x))).toBe(false);
});

it.each([
  ['padding', padding([60, 60])],
  ['causal', causal()],
  ['Longformer', longformer({ window: 4 })],
] as const)('NaN in the tokens of a layer stays in the rows that see them: %s', (_name, mask) => {
  const layer = initialize(new MultiHeadAttention({ width: 16, heads: 2 }), random(2));
  const x = normal([2, length, 16], random(3));
  const bad = tensorOf(
    'float32',
    x.shape,
    x.data.map((old, i) => (Math.floor(i / 16) % length >= 60 ? Number.NaN : old)),
  );
  const [clean, given] = [layer.forward(x, { mask }), layer.forward(bad, { mask })];
  for (const [index, expected] of clean.data.entries())
    if (Math.floor(index / 16) % length < 58) expect(given.data[index]).toBeCloseTo(expected, 5);
});
