// Attention whose heads stay side by side: the dense kernel's numbers, forward and backward, for every size, mask and source.
import { backward, mul, normal, random, sum, type Tensor, trainingStep } from '@heed/tensor';
import { initialize, type Linear, parameters } from '@heed/tensor/nn';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  and,
  causal,
  dense,
  flash,
  type Mask,
  MultiHeadAttention,
  packing,
  padding,
  window,
} from '../src/index.ts';

const close = { absolute: 5e-5, relative: 5e-5 };

/** Output, and the gradient of every parameter of Σ output · weights. */
const outcome = (model: MultiHeadAttention, run: () => Tensor): readonly (readonly [string, Tensor])[] =>
  trainingStep(() => {
    const output = run();
    const gradients = backward(sum(mul(output, normal(output.shape, random(9)))));
    const found = [...parameters(model)].map(
      ([path, weight]) => [path, gradients.get(weight) as Tensor] as const,
    );
    return [['output', output] as const, ...found];
  });

const expectSame = (
  actual: readonly (readonly [string, Tensor])[],
  expected: readonly (readonly [string, Tensor])[],
): void => {
  for (const [i, [name, tensor]] of expected.entries())
    expectClose((actual[i] as readonly [string, Tensor])[1], tensor, { ...close, name });
};

describe('attention over rows', () => {
  it('gives what dense and flash give, and their gradients, in self- and cross-attention', () => {
    forAll(
      [
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(1, 2, 4),
        fc.constantFrom('none', 'causal', 'padding', 'both', 'window'),
      ],
      (batch, queries, keys, kvHeads, kind) => {
        const model = initialize(
          new MultiHeadAttention({ width: 12, heads: 4, kvHeads }),
          random(batch + keys),
        );
        const lengths = Array.from({ length: batch }, (_, b) => (7 * b + keys) % (keys + 1));
        const masks: Record<typeof kind, Mask | undefined> = {
          none: undefined,
          causal: causal(),
          padding: padding(lengths),
          both: and(causal(), padding(lengths)),
          window: window({ left: 2, right: 1 }),
        };
        const x = normal([batch, queries, 12], random(1));
        const source = normal([batch, keys, 12], random(2));
        const by = (kernel?: typeof flash) =>
          outcome(model, () =>
            model.forward(x, { source, mask: masks[kind] }, kernel === undefined ? {} : { kernel }),
          );
        const expected = by(dense);
        expectSame(by(), expected);
        expectSame(by(flash), expected);
      },
      { runs: 40 },
    );
  });

  it('of packed sequences has the gradients of each sequence alone', () => {
    const model = initialize(new MultiHeadAttention({ width: 8, heads: 2 }), random(3));
    const lengths = [3, 0, 70, 1];
    const x = normal([74, 8], random(4));
    const places = packing(lengths);
    const expected = outcome(model, () => model.forwardPacked(x, places, { kernel: dense }));
    expectSame(
      outcome(model, () => model.forwardPacked(x, places)),
      expected,
    );
  });

  it('of nothing is nothing', () => {
    const model = initialize(new MultiHeadAttention({ width: 8, heads: 2 }), random(3));
    expect(model.forward(normal([0, 5, 8], random(1))).shape).toEqual([0, 5, 8]);
    expect(model.forward(normal([2, 0, 8], random(1))).shape).toEqual([2, 0, 8]);
    const seesNothing = model.forward(normal([2, 3, 8], random(1)), { source: normal([2, 0, 8], random(1)) });
    const bias = (model.output as Linear).bias?.data ?? [];
    expect([...seesNothing.data]).toEqual(Array.from({ length: 6 }, () => [...bias]).flat());
  });

  it('refuses what is not [batch, length, width], before anything is computed', () => {
    const model = initialize(new MultiHeadAttention({ width: 8, heads: 2 }), random(3));
    expect(() => model.forward(normal([5, 8], random(1)))).toThrow(/MultiHeadAttention/);
    expect(() =>
      model.forward(normal([2, 5, 8], random(1)), { source: normal([1, 5, 8], random(1)) }),
    ).toThrow(/batch/);
  });
});
