// linearCrossEntropy: the numbers and gradients of its two parts, without their memory.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backward,
  crossEntropy,
  integers,
  linear,
  linearCrossEntropy,
  mul,
  noGrad,
  normal,
  random,
  type Tensor,
  tensor,
  trainingStep,
  useBackend,
  variable,
  zeros,
} from '../../src/index.ts';
import { wasmBackendSync } from '../../src/wasm/wasmBackend.ts';
import { backends } from '../backends.ts';

describe.each(backends)('linearCrossEntropy, $name', ({ backend }) => {
  it('is crossEntropy of linear, and so are its gradients', () => {
    using _ = useBackend(backend);
    forAll(
      [
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        fc.constantFrom('mean' as const, 'sum' as const),
        fc.constantFrom(0, 0.1),
        fc.boolean(),
      ],
      (rows, classes, withBias, reduction, labelSmoothing, resident) => {
        const source = random(rows * 100 + classes);
        const leaves = [
          normal([rows, 2, 5], source),
          normal([classes, 5], source),
          normal([classes], source),
        ].map(variable);
        const [hidden, weight, last] = leaves as [Tensor, Tensor, Tensor];
        const bias = withBias ? last : undefined;
        const targets = integers(
          Array.from({ length: rows }, (_, i) => [i % classes, i === 0 ? -100 : (3 * i) % classes]),
        );
        const options = { reduction, labelSmoothing };
        const gradientsOf = (loss: () => Tensor): readonly Tensor[] => {
          const run = (): readonly Tensor[] => {
            const value = mul(loss(), 2);
            const gradients = backward(value);
            return [value, ...leaves.flatMap((leaf) => gradients.get(leaf) ?? [])];
          };
          return resident ? trainingStep(run) : run();
        };
        const expected = gradientsOf(() => crossEntropy(linear(hidden, weight, bias), targets, options));
        const actual = gradientsOf(() => linearCrossEntropy(hidden, weight, targets, { ...options, bias }));
        expect(actual.length).toBe(expected.length);
        for (const [i, part] of expected.entries())
          expectClose(actual[i] as Tensor, part, { relative: 1e-4, absolute: 2e-5 });
        const value = noGrad(() => linearCrossEntropy(hidden, weight, targets, { ...options, bias }));
        expectClose(mul(value, 2), expected[0] as Tensor, { relative: 1e-5, absolute: 1e-5 });
      },
      { runs: 40 },
    );
  });

  it('refuses what does not fit, and targets outside of the vocabulary', () => {
    using _ = useBackend(backend);
    expect(() => linearCrossEntropy(zeros([2, 3]), zeros([4, 5]), integers([0, 1]))).toThrow(
      /weight float32\[4, 5\]/,
    );
    expect(() => linearCrossEntropy(zeros([2, 5]), zeros([4, 5]), integers([0, 4]))).toThrow(/target 4/);
    expect(linearCrossEntropy(zeros([1, 5]), zeros([4, 5]), integers([-100])).item()).toBeNaN();
  });
});

describe('memory of linearCrossEntropy', () => {
  it('is that of a block of rows, and of the gradients', () => {
    using engine = wasmBackendSync({ memoryLimit: 2 ** 28 });
    using _ = useBackend(engine);
    const [rows, classes, width] = [4096, 20_000, 8]; // 328 MB of logits, more than the engine may have
    const weight = variable(normal([classes, width], random(1)));
    const hidden = variable(normal([rows, width], random(2)));
    const targets = integers(Array.from({ length: rows }, (_, i) => (i * 31) % classes));
    const [loss, gradient] = trainingStep(() => {
      const value = linearCrossEntropy(hidden, weight, targets);
      return [value, backward(value).get(weight) as Tensor] as const;
    });
    expect(loss.item()).toBeGreaterThan(1);
    // The gradients of all logits of a row sum to nothing: so do those of the weights over the classes.
    const sums = new Float64Array(width);
    for (const [i, value] of gradient.data.entries()) sums[i % width] = (sums[i % width] as number) + value;
    expect(Math.max(...sums.map(Math.abs))).toBeLessThan(1e-4);
  });

  it('takes its place in a training step with the rest of the loss', () => {
    const x = variable(tensor([[1, 2]]));
    const total = trainingStep(() => backward(linearCrossEntropy(mul(x, x), zeros([3, 2]), integers([1]))));
    expect([...(total.get(x) as Tensor).data]).toEqual([0, 0]);
  });
});
