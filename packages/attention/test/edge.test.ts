// Nothing to see: no queries, no keys, no batches, under masks and biases of every kind.
import { backward, normal, random, sum, type Tensor, variable, zeros } from '@heed/tensor';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  alibi,
  alibiSlopes,
  attentionWithLogSumExp,
  byDistance,
  dense,
  flash,
  longformer,
  printMask,
  rope,
  t5Bias,
  toTensor,
} from '../src/index.ts';
import { maskExpression } from './masks.ts';

it.each([dense, flash])(
  '$name: empty queries, keys or batches give empty outputs or zeros, never an error or NaN',
  (kernel) => {
    const sizes = fc.constantFrom(
      { batch: 1, heads: 2, queries: 0, keys: 3 },
      { batch: 1, heads: 2, queries: 3, keys: 0 },
      { batch: 1, heads: 2, queries: 0, keys: 0 },
      { batch: 2, heads: 2, queries: 1, keys: 1 },
    );
    const call = sizes.chain((size) => fc.tuple(fc.constant(size), maskExpression(size), fc.nat(3)));
    forAll([call], ([{ batch, heads, queries, keys }, mask, biased]) => {
      const draw = (length: number) => variable(normal([batch, heads, length, 4], random(1)));
      const [q, k, v] = [draw(queries), draw(keys), draw(keys)];
      const at = { queries, keys };
      const bias = [
        () => undefined,
        () => byDistance(zeros([1, 3])),
        () => alibi(alibiSlopes(2), at),
        () => t5Bias(zeros([8, 2]), { ...at, maxDistance: 20 }),
      ][biased]?.();
      const { output, logSumExp } = attentionWithLogSumExp(q, k, v, { mask, bias, kernel });
      expect(output.shape).toEqual([batch, heads, queries, 4]);
      expect(logSumExp.shape).toEqual([batch, heads, queries]);
      expect(output.data.every((x) => Number.isFinite(x))).toBe(true);
      if (keys === 0) expect(output.data.every((x) => x === 0)).toBe(true);
      const gradients = backward(sum(output));
      for (const x of [q, k, v])
        expect((gradients.get(x) as Tensor).data.every((g) => Number.isFinite(g))).toBe(true);
    });
  },
);

it('masks and positions of nothing are nothing', () => {
  const mask = longformer({ window: 2, global: [0] });
  expect(toTensor(mask, { batch: 1, heads: 1, queries: 0, keys: 0 }).size).toBe(0);
  expect(printMask(mask, { queries: 0, keys: 3, show: 'kept' })).toBe('kept([])');
  expect(rope(zeros([1, 2, 0, 4])).shape).toEqual([1, 2, 0, 4]);
});
