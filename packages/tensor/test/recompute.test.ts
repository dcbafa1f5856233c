// recompute: the same values and gradients as without, nothing kept between, dropout drawn alike both times.
import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  backward,
  defineOp,
  dropout,
  gelu,
  inference,
  matmul,
  mul,
  noGrad,
  random,
  recompute,
  sum,
  type Tensor,
  tensor,
  trainingStep,
  useBackend,
  variable,
} from '../src/index.ts';
import { FeedForward, initialize, parameters } from '../src/nn/index.ts';
import { wasmBackendSync, wasmSupported } from '../src/wasm/wasmBackend.ts';
import { backends } from './backends.ts';

const of = (shape: readonly number[], seed: number): Tensor =>
  tensor(Float32Array.from(noise(shape, seed).data), shape);

describe.each(backends)('recompute, $name', ({ backend }) => {
  const property = (name: string, body: () => void): void => {
    it(name, () => {
      using _ = useBackend(backend);
      body();
    });
  };

  property(
    'gives bit by bit the values and gradients of a stack of layers with dropout, in and outside of a training step',
    () =>
      forAll(
        [fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.nat(1000)],
        (layers, rows, seed) => {
          const model = initialize(
            Array.from({ length: layers }, () => new FeedForward(3, 5, { activation: 'gelu', dropout: 0.3 })),
            random(seed),
          );
          const step = (kind: 'plain' | 'recomputed') => {
            const source = random(seed + 1);
            let x = variable(of([rows, 3], seed));
            const input = x;
            for (const layer of model) {
              const before = x; // x itself changes before the second run
              x =
                kind === 'plain'
                  ? layer.forward(before, { random: source.split() })
                  : recompute((noise) => layer.forward(before, noise && { random: noise }), source);
            }
            const loss = sum(mul(x, x));
            const gradients = backward(loss);
            return {
              loss,
              gradients: [input, ...parameters(model).values()].map((leaf) => gradients.get(leaf) as Tensor),
            };
          };
          const inStep = (kind: 'plain' | 'recomputed') => trainingStep(() => step(kind));
          for (const run of [step, inStep]) {
            const [given, expected] = [run('recomputed'), run('plain')];
            expectClose(given.loss, expected.loss, { name: 'loss' });
            given.gradients.forEach((gradient, i) =>
              expectClose(gradient, expected.gradients[i] as Tensor, { name: `gradient ${i}` }),
            );
          }
        },
        { runs: 10 },
      ),
  );

  property('sends gradients to what it refers to: parameters, inputs, and values computed before', () => {
    const [a, b] = [variable(of([2, 2], 1)), variable(of([2, 2], 2))];
    const build = (wrap: (body: () => Tensor) => Tensor) => {
      const before = mul(a, b);
      const x = gelu(a);
      const gradients = backward(
        sum(
          mul(
            wrap(() => add(matmul(x, before), mul(before, b))),
            before,
          ),
        ),
      );
      return [gradients.get(a), gradients.get(b)] as [Tensor, Tensor];
    };
    const expected = build((body) => body());
    build((body) => recompute(body)).forEach((gradient, i) =>
      expectClose(gradient, expected[i] as Tensor, { absolute: 1e-6, relative: 1e-6 }),
    );
  });

  property('nests', () => {
    const x = variable(of([3], 5));
    const twice = (f: (x: Tensor) => Tensor) => (x: Tensor) => recompute(() => f(recompute(() => f(x))));
    const gradient = backward(sum(twice(twice(gelu))(x))).get(x) as Tensor;
    const expected = backward(sum(gelu(gelu(gelu(gelu(x)))))).get(x) as Tensor;
    expectClose(gradient, expected, { absolute: 1e-7 });
  });
});

describe.skipIf(!wasmSupported())('recompute in engine memory', () => {
  it('takes, after the forward pass, less than a third of the memory of layers that keep their activations', () => {
    using engine = wasmBackendSync();
    using _ = useBackend(engine);
    const layers = initialize(
      Array.from({ length: 8 }, () => new FeedForward(64, 256, { activation: 'gelu' })),
      random(1),
    );
    const input = of([32, 64], 2);
    const bytes = (wrap: (body: () => Tensor) => Tensor): number =>
      trainingStep(() => {
        const before = engine.memory?.mark() ?? 0;
        const output = layers.reduce((x, layer) => wrap(() => layer.forward(x)), input);
        const used = (engine.memory?.mark() ?? 0) - before;
        backward(sum(output));
        return used;
      });
    expect(bytes((body) => recompute(body)) * 3).toBeLessThan(bytes((body) => body()));
  });
});

describe('recompute', () => {
  it('runs the function once in the forward pass and once in the backward pass, and records only what it refers to', () => {
    let runs = 0;
    const counted = defineOp<readonly [Tensor]>({
      name: 'counted',
      forward: ([x]) => {
        runs++;
        return { shape: x.shape, data: x.data.slice() };
      },
      backward: (gradient) => [gradient],
    });
    const [x, weight] = [variable(tensor([1, 2])), variable(tensor([3, 4]))];
    const y = recompute(() => mul(counted([mul(x, x)], undefined), weight));
    expect(runs).toBe(1);
    expect(new Set(y.origin?.inputs)).toEqual(new Set([x, weight]));
    backward(sum(y));
    expect(runs).toBe(2);
  });
  it('records nothing where nothing is trainable, and runs once where ops do not record', () => {
    expect(recompute(() => mul(tensor([2]), 3)).requiresGradient).toBe(false);
    const x = variable(tensor([2]));
    expect(noGrad(() => recompute(() => mul(x, 3))).toArray()).toEqual([6]);
    expect(inference(() => recompute(() => mul(x, 3))).toArray()).toEqual([6]);
  });
  it('passes on what it is given', () => {
    const x = variable(tensor([2]));
    expect(
      backward(sum(recompute(() => x)))
        .get(x)
        ?.toArray(),
    ).toEqual([1]);
  });
  it('draws the same numbers with and without recording', () => {
    const x = tensor(new Float32Array(50).fill(1));
    const draw = (of: Tensor) => recompute((source) => dropout(of, 0.5, source), random(3)).data;
    expect(draw(variable(x))).toEqual(noGrad(() => draw(x)));
  });
  it('refuses a function that gives something else the second time', () => {
    const [x, source] = [variable(tensor(new Float32Array(50).fill(1))), random(3)];
    const y = recompute(() => dropout(x, 0.5, source)); // not from its argument
    expect(() => backward(sum(y))).toThrow(/second run gave other values .* from its argument/);
  });
});
