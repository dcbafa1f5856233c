// trainingStep: the numbers of a plain step, and memory that neither grows nor is read too early.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  backward,
  crossEntropy,
  defineOp,
  type Gradients,
  inference,
  integers,
  jsBackend,
  layerNorm,
  linear,
  mul,
  normal,
  random,
  region,
  reshape,
  square,
  sum,
  type Tensor,
  tensor,
  trainingStep,
  useBackend,
  variable,
} from '../src/index.ts';
import { FeedForward, initialize, LayerNorm, Linear, parameters } from '../src/nn/index.ts';
import { adamW, clipGradients } from '../src/optim/index.ts';
import { wasmBackend, wasmBackendSync } from '../src/wasm/wasmBackend.ts';
import { backends } from './backends.ts';

class Net {
  readonly blocks = [0, 1].map(() => ({ norm: new LayerNorm(12), feed: new FeedForward(12, 20) }));
  readonly head = new Linear(12, 5);

  forward(x: Tensor): Tensor {
    let h = x;
    for (const { norm, feed } of this.blocks) h = region(() => norm.forwardAdded(feed.forward(h), h));
    return this.head.forward(h);
  }
}

/** Losses of some steps, and the weights behind them. */
const train = (wrap: <T>(body: () => T) => T, steps: number): number[] => {
  const net = initialize(new Net(), random(3));
  const optimizer = adamW(parameters(net), { learningRate: 0.01 });
  const x = normal([7, 12], random(4));
  const targets = integers([0, 1, 2, 3, 4, 0, 1]);
  const losses = Array.from({ length: steps }, () =>
    wrap(() => {
      const loss = crossEntropy(net.forward(x), targets);
      optimizer.step(clipGradients(backward(loss), 0.5));
      return loss;
    }).item(),
  );
  return [...losses, ...[...parameters(net).values()].flatMap(({ data }) => [...data])];
};

describe.each(backends)('trainingStep, $name', ({ backend }) => {
  it('gives the losses and weights of plain steps', () => {
    using _ = useBackend(backend);
    const plain = train((body) => body(), 5);
    const resident = train(trainingStep, 5);
    expect(resident.length).toBe(plain.length);
    for (const [i, value] of plain.entries())
      expect(Math.abs((resident[i] as number) - value)).toBeLessThan(2e-5);
  });

  it('gives out gradients that stay readable, and lets them be added up', () => {
    using _ = useBackend(backend);
    const x = variable(tensor([1, 2, 3]));
    const part = (factor: number): Gradients => trainingStep(() => backward(sum(mul(square(x), factor))));
    const total = part(1).add(part(2));
    expect([...(total.get(x) as Tensor).data]).toEqual([6, 12, 18]);
  });

  it('keeps what it computed readable until it ends, after backward too', () => {
    using _ = useBackend(backend);
    const x = variable(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    const found = trainingStep(() => {
      const hidden = mul(x, 2);
      const gradients = backward(sum(square(hidden)));
      return { hidden: [...hidden.data], gradient: [...(gradients.get(x) as Tensor).data] };
    });
    expect(found).toEqual({ hidden: [2, 4, 6, 8], gradient: [8, 16, 24, 32] });
  });

  it('sums gradients that meet, whatever they share', () => {
    using _ = useBackend(backend);
    forAll(
      [fc.array(fc.constantFrom('add', 'twice', 'square', 'flat', 'same'), { minLength: 1, maxLength: 8 })],
      (kinds) => {
        const gradientOf = (): number[] => {
          const x = variable(
            tensor([
              [0.5, -1],
              [2, 0.25],
            ]),
          );
          let y: Tensor = x;
          for (const kind of kinds)
            if (kind === 'add') y = add(y, x);
            else if (kind === 'twice') y = add(y, y);
            else if (kind === 'square') y = mul(y, square(x));
            else if (kind === 'flat') y = reshape(reshape(y, [4]), [2, 2]);
            else y = add(add(y, x), mul(x, 3));
          return [...(backward(sum(y)).get(x) as Tensor).data];
        };
        expect(trainingStep(gradientOf)).toEqual(gradientOf());
      },
    );
  });
});

describe('memory of a training step', () => {
  it('tells who kept a gradient on its way that it is gone', () => {
    using engine = wasmBackendSync();
    using _ = useBackend(engine);
    let kept: Tensor | undefined;
    const spy = defineOp<readonly [Tensor]>({
      name: 'spy',
      forward: ([x]) => ({ shape: x.shape, data: x.data }),
      backward: (gradient) => {
        kept = gradient;
        return [mul(gradient, 1)];
      },
    });
    const x = variable(tensor([1, 2]));
    trainingStep(() => {
      backward(sum(mul(spy([square(x)], undefined), 2)));
    });
    expect(() => kept?.data).toThrow(/a gradient that backward has used/);
  });

  it('is used again during backward: a deep net needs little more than its activations', () => {
    using engine = wasmBackendSync();
    using _ = useBackend(engine);
    const memory = engine.memory;
    if (memory === undefined) throw new Error('no memory');
    const weight = variable(normal([64, 64], random(1)));
    const norm = [
      variable(tensor(new Array<number>(64).fill(1))),
      variable(tensor(new Array<number>(64).fill(0))),
    ] as const;
    trainingStep(() => {
      const begin = memory.mark();
      let h: Tensor = normal([512, 64], random(2));
      for (let layer = 0; layer < 20; layer++) h = layerNorm(linear(h, weight), ...norm);
      const loss = sum(square(h));
      const activations = memory.mark() - begin;
      backward(loss);
      expect(memory.mark() - begin).toBeLessThan(1.25 * activations);
    });
  });

  it('stays what it is over many steps, and inference within a step gives its own back', () => {
    using engine = wasmBackendSync();
    using _ = useBackend(engine);
    const { memory } = engine;
    trainingStep(() => sum(tensor([1])));
    const before = memory?.mark();
    const net = initialize(new Net(), random(3));
    const x = normal([7, 12], random(4));
    for (let step = 0; step < 300; step++)
      trainingStep(() => {
        const value = inference(() => sum(net.forward(x)));
        backward(add(sum(net.forward(x)), value));
      });
    expect(memory?.mark()).toBe(before);
  });

  it('that is too little is an error that says what to do, and the next step has all of it again', () => {
    using engine = wasmBackendSync({ memoryLimit: 2 ** 23 });
    using _ = useBackend(engine);
    const weight = variable(normal([64, 64], random(1)));
    const step = (rows: number): Tensor =>
      trainingStep(() => {
        let h: Tensor = normal([rows, 64], random(2));
        for (let layer = 0; layer < 6; layer++) h = linear(h, weight, undefined, 'relu');
        return backward(sum(square(h))).get(weight) as Tensor;
      });
    const small = step(100);
    expect(() => step(10_000)).toThrow(/memoryLimit.*fewer rows at a time.*recompute/);
    expect([...step(100).data]).toEqual([...small.data]);
  });

  it('refuses a function that returns a promise', () => {
    using _ = useBackend(wasmBackendSync());
    expect(() => trainingStep(async () => 1)).toThrow(/must be synchronous/);
  });

  it('is as ever on an engine without memory of its own', () => {
    using _ = useBackend(jsBackend);
    expect(trainingStep(() => 7)).toBe(7);
  });

  it('gives the same bits with one thread and with two', async () => {
    using one = wasmBackendSync();
    using two = await wasmBackend({ threads: 2 });
    const run = (engine: typeof one): number[] => {
      using _ = useBackend(engine);
      return train(trainingStep, 4);
    };
    expect(run(two)).toEqual(run(one));
  });
});
