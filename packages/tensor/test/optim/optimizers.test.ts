// What holds of every optimizer: exact resumes, decay groups, weights without gradients; and the averages, clips and schedules around them.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyTensor,
  backward,
  CheckpointError,
  Gradients,
  normal,
  random,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  useBackend,
} from '../../src/index.ts';
import { readSafetensors, writeSafetensors } from '../../src/io/index.ts';
import {
  constant,
  normal as gaussian,
  initialize,
  type Parameter,
  parameter,
  parameters,
} from '../../src/nn/index.ts';
import {
  adafactor,
  adagrad,
  adam,
  adamW,
  clipGradients,
  clipGradientValues,
  cosineDecay,
  gradientNorm,
  joined,
  linearDecay,
  lion,
  movingAverage,
  nadam,
  type Optimizer,
  type OptimizerOptions,
  polynomialDecay,
  radam,
  rmsProp,
  scaleGradients,
  sgd,
  stepDecay,
  type Weights,
  warmup,
} from '../../src/optim/index.ts';
import { backends } from '../backends.ts';

const makers: Readonly<Record<string, (weights: Weights, options: OptimizerOptions) => Optimizer>> = {
  sgd: (weights, options) => sgd(weights, { ...options, momentum: 0.9, nesterov: true, dampening: 0.1 }),
  adam: (weights, options) => adam(weights, { ...options, amsgrad: true }),
  adamW,
  adafactor: (weights, options) => adafactor(weights, { ...options, beta1: 0.5 }),
  radam,
  nadam,
  rmsProp: (weights, options) => rmsProp(weights, { ...options, momentum: 0.5, centered: true }),
  adagrad,
  lion,
};
const kind = fc.constantFrom(...Object.keys(makers));
const make = (name: string, weights: Weights, options: Partial<OptimizerOptions> = {}): Optimizer =>
  (makers[name] as (typeof makers)[string])(weights, { learningRate: 0.05, ...options });

const model = (seed: number) =>
  initialize(
    {
      matrix: parameter([3, 5], gaussian(1)),
      bias: parameter([5], gaussian(1)),
      stack: parameter([2, 2, 3], gaussian(1)),
    },
    random(seed),
  );
const gradientsOf = (weights: Weights, seed: number): Gradients => {
  const source = random(seed);
  return new Gradients(
    Array.from(weights.values(), (weight) => [weight, normal(weight.shape, source)] as const),
  );
};
const values = (weights: Weights): number[] => [...weights.values()].flatMap(({ data }) => [...data]);

describe.each(backends)('optimizers, $name', ({ backend }) => {
  it('go on from a saved state, through a file, with the same bits', () => {
    using _ = useBackend(backend);
    forAll(
      [kind, fc.nat(5), fc.integer({ min: 1, max: 5 }), fc.nat(100)],
      (name, before, after, seed) => {
        const options = { learningRate: warmup(3, cosineDecay(0.05, 10)), weightDecay: 0.1 };
        const weights = parameters(model(seed));
        const optimizer = make(name, weights, options);
        for (let step = 0; step < before; step++) optimizer.step(gradientsOf(weights, seed + step));
        const file = writeSafetensors(new Map<string, AnyTensor>([...optimizer.state()]));
        const copy = parameters(model(seed));
        for (const [path, weight] of copy) weight.fill((weights.get(path) as Parameter).data.slice());
        const resumed = make(name, copy, options);
        resumed.load(readSafetensors(file));
        expect([resumed.steps, resumed.learningRate]).toEqual([optimizer.steps, optimizer.learningRate]);
        for (let step = before; step < before + after; step++) {
          optimizer.step(gradientsOf(weights, seed + step));
          resumed.step(gradientsOf(copy, seed + step));
        }
        expect(values(copy)).toEqual(values(weights));
      },
      { runs: 40 },
    );
  });

  it.each(Object.keys(makers))('%s comes near the minimum of a quadratic', (name) => {
    using _ = useBackend(backend);
    const one = { x: parameter([2, 3], constant(1)) };
    initialize(one, random(0));
    const target = tensor([
      [0.5, -0.3, 0],
      [2, 1, -1],
    ]);
    const optimizer = make(name, parameters(one), {
      learningRate: linearDecay(name === 'adagrad' ? 1 : 0.1, 400),
      weightDecay: 0,
    });
    for (let step = 0; step < 400; step++) optimizer.step(backward(sum(square(sub(one.x, target)))));
    expectClose(one.x, target, { absolute: 0.05 });
  });
});

describe('optimizers', () => {
  it.each(Object.keys(makers))(
    '%s leaves weights without a gradient as they are, and counts the steps of each',
    (name) => {
      const weights = parameters(model(3));
      const optimizer = make(name, weights);
      const [matrix, bias] = [weights.get('matrix'), weights.get('bias')] as [Parameter, Parameter];
      const untouched = [...bias.data];
      const only = new Gradients([[matrix, normal([3, 5], random(1))]]);
      for (let step = 0; step < 3; step++) optimizer.step(only);
      expect([...bias.data]).toEqual(untouched);
      expect(optimizer.steps).toBe(3);
      expect(optimizer.state().get('matrix.steps')?.data[0]).toBe(3);
      expect(optimizer.state().has('bias.steps')).toBe(false);
      optimizer.step(gradientsOf(weights, 1));
      const late = parameters(model(3));
      for (const [path, weight] of late)
        if (path !== 'bias') weight.fill((weights.get(path) as Parameter).data.slice());
      const fresh = make(name, late);
      fresh.step(gradientsOf(late, 1));
      expect([...(late.get('bias') as Parameter).data]).toEqual([...bias.data]); // its first step, though the optimizer's fourth
    },
  );

  it.each(Object.keys(makers))('%s decays matrices but not vectors, unless it is told which', (name) => {
    const decayed = (decays?: OptimizerOptions['decays']): string[] => {
      const run = (weightDecay: number): ReadonlyMap<string, Parameter> => {
        const weights = parameters(model(5));
        make(name, weights, { weightDecay, ...(decays && { decays }) }).step(gradientsOf(weights, 2));
        return weights;
      };
      const [without, withDecay] = [run(0), run(0.5)];
      return [...without]
        .filter(([path, { data }]) =>
          values(new Map([[path, withDecay.get(path) as Parameter]])).some((value, i) => value !== data[i]),
        )
        .map(([path]) => path);
    };
    // One step of a sign or of a normalized gradient may hide what L2 decay adds to it: those optimizers are asked for a subset only.
    const hides = ['adagrad', 'rmsProp', 'adam', 'radam', 'nadam'].includes(name);
    if (hides) expect(['matrix', 'stack']).toEqual(expect.arrayContaining(decayed()));
    else expect(decayed()).toEqual(['matrix', 'stack']);
    expect(['bias']).toEqual(expect.arrayContaining(decayed((path) => path === 'bias')));
  });

  it('refuse a state of other weights or of another kind, name by name, and change nothing', () => {
    const weights = parameters(model(1));
    const optimizer = adam(weights, { learningRate: 0.1 });
    optimizer.step(gradientsOf(weights, 1));
    const good = optimizer.state();
    const bad = new Map(good).set('matrix.first', tensor([1, 2])).set('other.first', tensor([1]));
    bad.delete('bias.second');
    expect(() => optimizer.load(bad)).toThrow(CheckpointError);
    expect(() => optimizer.load(bad)).toThrow('matrix.first: given float32[2], expected float32[15]');
    expect(() => optimizer.load(bad)).toThrow('bias.second: given nothing, expected float32[5]');
    expect(() => optimizer.load(bad)).toThrow('other.first: given float32[1], expected nothing of this name');
    expect(optimizer.state()).toEqual(good);
  });

  it('give copies: a state does not change with the steps that follow', () => {
    const weights = parameters(model(1));
    const optimizer = adamW(weights, { learningRate: 0.1 });
    optimizer.step(gradientsOf(weights, 1));
    const state = optimizer.state();
    const first = [...(state.get('matrix.first') as Tensor).data];
    optimizer.load(state);
    optimizer.step(gradientsOf(weights, 2));
    expect([...(state.get('matrix.first') as Tensor).data]).toEqual(first);
  });

  it('adafactor remembers rows and columns of a matrix, not the matrix', () => {
    const weights = parameters(model(1));
    const optimizer = adafactor(weights);
    optimizer.step(gradientsOf(weights, 1));
    const sizes = Object.fromEntries([...optimizer.state()].map(([name, { size }]) => [name, size]));
    expect(sizes).toMatchObject({
      'matrix.rows': 3,
      'matrix.columns': 5,
      'stack.rows': 4,
      'stack.columns': 6,
      'bias.second': 5,
    });
  });
});

describe('bounds for gradients', () => {
  it('clipping by norm keeps directions and never exceeds the limit; smaller gradients pass as they are', () => {
    forAll(
      [fc.nat(1000), fc.double({ min: 0.01, max: 20, noNaN: true }), fc.constantFrom(1, 2, 3, Infinity)],
      (seed, limit, norm) => {
        const gradients = gradientsOf(parameters(model(1)), seed);
        const clipped = clipGradients(gradients, limit, norm);
        expect(gradientNorm(clipped, norm)).toBeLessThanOrEqual(limit * (1 + 1e-6));
        if (gradientNorm(gradients, norm) <= limit) expect(clipped).toBe(gradients);
        else {
          const factor = limit / (gradientNorm(gradients, norm) + 1e-6);
          for (const [leaf, gradient] of gradients)
            expectClose(
              clipped.get(leaf) as Tensor,
              gradient.data.map((value) => value * factor),
              { relative: 1e-6 },
            );
        }
      },
    );
    expect(() => gradientNorm(new Gradients(), 0)).toThrow("the norm's exponent is 0");
    expect(gradientNorm(new Gradients())).toBe(0);
  });

  it('by value they end at the limit, and NaN stays to be seen', () => {
    const leaf = tensor([0, 0, 0, 0]);
    const clipped = clipGradientValues(new Gradients([[leaf, tensor([-3, 0.2, 3, NaN])]]), 0.5);
    expectClose(clipped.get(leaf) as Tensor, [-0.5, 0.2, 0.5, NaN], { absolute: 1e-7 });
    expect([
      ...(scaleGradients(new Gradients([[leaf, tensor([1, 2, 3, 4])]]), 2).get(leaf)?.data ?? []),
    ]).toEqual([2, 4, 6, 8]);
  });
});

describe('averages of weights', () => {
  it('change places with the weights and back, in the same arrays; what would mix them up is refused', () => {
    const weights = parameters(model(1));
    const average = movingAverage(weights, { decay: 0.5 });
    const matrix = weights.get('matrix') as Parameter;
    const array = matrix.data;
    const before = [...array];
    matrix.data.fill(3);
    average.update();
    {
      using handle = average.apply();
      expect(matrix.data).toBe(array);
      expectClose(
        matrix.data,
        before.map((value) => (value + 3) / 2),
        { absolute: 1e-6 },
      );
      for (const call of [
        () => average.update(),
        () => average.apply(),
        () => average.state(),
        () => average.load(new Map()),
      ])
        expect(call).toThrow('while the averages are in place of the weights');
      handle[Symbol.dispose]();
      handle[Symbol.dispose]();
      expect([...matrix.data]).toEqual(before.map(() => 3));
      using second = average.apply();
      handle[Symbol.dispose](); // not its turn
      expect(matrix.data[0]).not.toBe(3);
      second[Symbol.dispose]();
    }
    expect([...matrix.data]).toEqual(before.map(() => 3));
  });

  it('go on from a saved state, and refuse one of another model', () => {
    const weights = parameters(model(1));
    const average = movingAverage(weights, { warmup: true });
    for (const { data } of weights.values()) data.fill(2);
    average.update();
    const other = movingAverage(weights, { warmup: true });
    other.load(average.state());
    for (const one of [average, other]) one.update();
    expect(other.state()).toEqual(average.state());
    expect(() => other.load(new Map([['updates', average.state().get('updates') as AnyTensor]]))).toThrow(
      'matrix, bias, stack',
    );
    expect(() => movingAverage(weights, { decay: 1 })).toThrow('decay is 1; expected from 0 to less than 1');
  });
});

describe('schedules', () => {
  it('begin and end at what they were given, and stay there', () => {
    forAll(
      [
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 0.001, noNaN: true }),
      ],
      (start, steps, end) => {
        for (const schedule of [
          linearDecay(start, steps, end),
          cosineDecay(start, steps, end),
          polynomialDecay(start, steps, { end, power: 3 }),
        ]) {
          expectClose([schedule(0), schedule(steps), schedule(steps + 7)], [start, end, end], {
            absolute: 1e-12,
          });
          for (let step = 1; step <= steps; step++)
            expect(schedule(step)).toBeLessThanOrEqual(schedule(step - 1));
        }
      },
    );
    expect(linearDecay(1, 0)(0)).toBe(0); // no steps: it is over
    expect([0, 4, 5, 10].map(stepDecay(1, 5, 0.5))).toEqual([1, 1, 0.5, 0.25]);
  });

  it('joined, each counts from its own start; starts must rise and be one fewer', () => {
    const schedule = joined([(step) => step, 100, (step) => -step], [3, 5]);
    expect([0, 1, 2, 3, 4, 5, 6].map(schedule)).toEqual([0, 1, 2, 100, 100, -0, -1]);
    expect(() => joined([1, 2], [])).toThrow('2 schedules with starts []');
    expect(() => joined([1, 2, 3], [5, 5])).toThrow('above 0 and rising');
    expect(() => joined([1, 2], [0])).toThrow('above 0 and rising');
  });
});
