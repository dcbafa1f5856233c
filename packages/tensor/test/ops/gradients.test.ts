// Every derivative against finite differences, over random shapes: scalars, extents of 0 and 1, broadcast operands.
import { expectGradients, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  abs,
  activate,
  add,
  addLayerNorm,
  backward,
  binaryCrossEntropy,
  clamp,
  concat,
  cos,
  crossEntropy,
  div,
  dropout,
  erf,
  exp,
  expand,
  gather,
  gelu,
  geluTanh,
  layerNorm,
  linear,
  log,
  logSoftmax,
  logSumExp,
  maskedFill,
  matmul,
  max,
  maximum,
  mean,
  meanSquaredError,
  min,
  minimum,
  mul,
  neg,
  pad,
  permute,
  pow,
  random,
  reciprocal,
  relu,
  repeat,
  reshape,
  rmsNorm,
  scatterAdd,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  softmax,
  split,
  sqrt,
  square,
  stack,
  sub,
  sum,
  sumTo,
  Tensor,
  takeAlong,
  tanh,
  tensor,
  transpose,
  tril,
  triu,
  useBackend,
  variable,
  variance,
  where,
} from '../../src/index.ts';
import { backends } from '../backends.ts';

type Shape = readonly number[];
const sizeOf = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1);

/** Numbers of a shape that keep at least `apart` from each other and from 0, so that no kink lies within a step. */
const apartNumbers = (shape: Shape, seed: number, apart: number): Float64Array => {
  const size = sizeOf(shape);
  const ranks = random(seed).shuffle(Array.from({ length: size }, (_, i) => i - Math.floor(size / 2)));
  return Float64Array.from(ranks, (rank) => (rank + 0.5) * apart);
};

interface Point {
  readonly shapes: readonly Shape[];
  readonly values: readonly ArrayLike<number>[];
}

/** Claimed gradients of Σ f(inputs)·weight for fixed random weights against numeric ones. */
const check = (
  f: (inputs: Tensor[]) => Tensor,
  { shapes, values }: Point,
  tolerance: { absolute?: number; relative?: number } = {},
): void => {
  const leaves = (inputs: Float64Array[]): Tensor[] =>
    inputs.map((data, i) => variable(tensor(Float32Array.from(data), shapes[i] as Shape)));
  expectGradients({
    inputs: values,
    loss: (inputs) => {
      const output = f(leaves(inputs));
      const weight = noise(output.shape, 99).data;
      return output.data.reduce((total, value, i) => total + value * (weight[i] as number), 0);
    },
    gradients: (inputs) => {
      const at = leaves(inputs);
      const output = f(at);
      if (!output.requiresGradient) return at.map(({ size }) => new Float32Array(size)); // nothing depends on the inputs
      const gradients = backward(output, new Tensor('float32', output.shape, noise(output.shape, 99).data));
      return at.map((leaf) => {
        const gradient = gradients.get(leaf);
        if (gradient !== undefined && gradient.shape.join() !== leaf.shape.join())
          throw new Error(`gradient ${gradient} of ${leaf}`);
        return gradient?.data ?? new Float32Array(leaf.size);
      });
    },
    ...tolerance,
  });
};

const shape = (minRank: number, maxRank: number, minExtent = 0) =>
  fc.array(fc.integer({ min: minExtent, max: 3 }), { minLength: minRank, maxLength: maxRank });
const seed = fc.integer({ min: 0, max: 1e6 });

/** Two shapes that broadcast: some extents of either made 1, some leading ones left out. */
const broadcastPair = fc
  .tuple(
    shape(0, 3),
    fc.array(fc.constantFrom('both', 'left', 'right'), { minLength: 3, maxLength: 3 }),
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
  )
  .map(([full, kept, cut, turned]) => {
    const a = full.map((extent, axis) => (kept[axis] === 'right' ? 1 : extent));
    const b = full
      .map((extent, axis) => (kept[axis] === 'left' ? 1 : extent))
      .slice(Math.min(cut, full.length));
    return (turned ? [b, a] : [a, b]) as [number[], number[]];
  });

const normal = (own: Shape, at: number, scale = 1): Float64Array =>
  Float64Array.from(noise(own, at, scale).data);
const between = (own: Shape, at: number, [low, high]: readonly [number, number]): Float64Array => {
  const source = random(at);
  return Float64Array.from({ length: sizeOf(own) }, () => low + (high - low) * source.uniform());
};

describe.each(backends)('derivatives, $name', ({ backend }) => {
  const property = (name: string, body: () => void): void => {
    it(name, () => {
      using _ = useBackend(backend);
      body();
    });
  };

  describe.each([
    ['add', add, [-2, 2]],
    ['sub', sub, [-2, 2]],
    ['mul', mul, [-2, 2]],
    ['div', div, [0.5, 2]],
    ['pow', pow, [0.5, 2]],
  ] as const)('%s', (_name, op, range) => {
    property('is right for every pair of shapes that broadcast', () =>
      forAll(
        [broadcastPair, seed],
        ([a, b], at) =>
          check(([x, y]) => op(x as Tensor, y as Tensor), {
            shapes: [a, b],
            values: [between(a, at, range), between(b, at + 1, range)],
          }),
        { runs: 40 },
      ),
    );
  });

  describe.each([
    ['maximum', maximum],
    ['minimum', minimum],
  ] as const)('%s', (_name, op) => {
    property('is right for every pair of shapes that broadcast', () =>
      forAll(
        [broadcastPair, seed],
        ([a, b], at) => {
          const all = apartNumbers([sizeOf(a) + sizeOf(b)], at, 0.25);
          check(([x, y]) => op(x as Tensor, y as Tensor), {
            shapes: [a, b],
            values: [all.slice(0, sizeOf(a)), all.slice(sizeOf(a))],
          });
        },
        { runs: 40 },
      ),
    );
  });

  describe.each([
    ['neg', neg, [-2, 2]],
    ['exp', exp, [-2, 1]],
    ['log', log, [0.5, 3]],
    ['sqrt', sqrt, [0.5, 3]],
    ['square', square, [-2, 2]],
    ['reciprocal', reciprocal, [0.5, 2]],
    ['erf', erf, [-2, 2]],
    ['tanh', tanh, [-2, 2]],
    ['sigmoid', sigmoid, [-4, 4]],
    ['sin', sin, [-4, 4]],
    ['cos', cos, [-4, 4]],
    ['abs', abs, [0.1, 2]],
    ['abs below 0', abs, [-2, -0.1]],
    ['sign', sign, [0.1, 2]],
    ['relu above 0', relu, [0.1, 2]],
    ['relu below 0', relu, [-2, -0.1]],
    ['gelu', gelu, [-4, 4]],
    ['geluTanh', geluTanh, [-4, 4]],
    ['silu', silu, [-4, 4]],
    ['activate none', (x: Tensor) => activate(x, 'none'), [-2, 2]],
    ['activate tanh', (x: Tensor) => activate(x, 'tanh'), [-2, 2]],
    ['clamp inside', (x: Tensor) => clamp(x, -3, 3), [-2, 2]],
    ['clamp outside', (x: Tensor) => clamp(x, -1, 1), [1.1, 3]],
    ['pow by a number', (x: Tensor) => pow(x, 3), [-2, 2]],
    ['a number to a power', (x: Tensor) => pow(2, x), [-2, 2]],
  ] as const)('%s', (_name, op, range) => {
    property('is right for every shape', () =>
      forAll(
        [shape(0, 3), seed],
        (own, at) => check(([x]) => op(x as Tensor), { shapes: [own], values: [between(own, at, range)] }),
        { runs: 25 },
      ),
    );
  });

  /** A shape and some of its axes. */
  const reducing = (minExtent: number) =>
    shape(1, 4, minExtent).chain((own) =>
      fc.tuple(fc.constant(own), fc.subarray(own.map((_, axis) => axis)), fc.boolean(), fc.boolean()),
    );

  describe.each([
    ['sum', sum],
    ['mean', mean],
    ['variance', variance],
    [
      'variance with correction',
      (x: Tensor, axes: readonly number[], options: { keepDims: boolean }) =>
        variance(x, axes, { ...options, correction: 1 }),
    ],
    ['logSumExp', logSumExp],
    ['max', max],
    ['min', min],
  ] as const)('%s', (name, op) => {
    property('is right over every choice of axes', () =>
      forAll(
        [reducing(name === 'sum' ? 0 : name === 'variance with correction' ? 2 : 1), seed],
        ([own, axes, keepDims, negative], at) => {
          if (name === 'variance with correction' && axes.length === 0) return; // nothing to divide by
          const over = negative ? axes.map((axis) => axis - own.length) : axes;
          const extreme = name === 'max' || name === 'min';
          check(([x]) => op(x as Tensor, over, { keepDims }), {
            shapes: [own],
            values: [extreme ? apartNumbers(own, at, 0.25) : normal(own, at)],
          });
        },
        { runs: 40 },
      ),
    );
  });

  property('matmul: every transposition, batches that broadcast, vectors', () =>
    forAll(
      [
        broadcastPair,
        fc.tuple(...[0, 0, 0].map((min) => fc.integer({ min, max: 3 }))),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('none', 'left', 'right'),
        seed,
      ],
      ([aBatch, bBatch], [m = 1, n = 1, k = 1], transposeA, transposeB, vector, at) => {
        const a = vector === 'left' ? [k] : [...aBatch, ...(transposeA ? [k, m] : [m, k])];
        const b = vector === 'right' ? [k] : [...bBatch, ...(transposeB ? [n, k] : [k, n])];
        if (sizeOf(a) + sizeOf(b) > 40) return; // keeps the differences cheap
        check(([x, y]) => matmul(x as Tensor, y as Tensor, { transposeA, transposeB }), {
          shapes: [a, b],
          values: [normal(a, at), normal(b, at + 1)],
        });
      },
      { runs: 80 },
    ),
  );

  property('linear: with and without bias, every activation', () =>
    forAll(
      [
        shape(0, 2),
        fc.nat(4),
        fc.nat(4),
        fc.boolean(),
        fc.constantFrom('none', 'gelu', 'geluTanh', 'silu', 'tanh' as const),
        seed,
      ],
      (rows, inputs, outputs, biased, activation, at) => {
        const shapes = [[...rows, inputs], [outputs, inputs], ...(biased ? [[outputs]] : [])];
        check(([x, weight, bias]) => linear(x as Tensor, weight as Tensor, bias, activation), {
          shapes,
          values: shapes.map((own, i) => normal(own, at + i, 0.7)),
        });
      },
      { runs: 40 },
    ),
  );

  property('reshape, permute, transpose, expand, repeat, tril, triu', () =>
    forAll(
      [shape(2, 3), seed],
      (own, at) => {
        const values = [normal(own, at)];
        const axes = random(at).shuffle(own.map((_, axis) => axis));
        for (const f of [
          (x: Tensor) => reshape(x, [x.size]),
          (x: Tensor) => permute(x, axes),
          (x: Tensor) => transpose(x),
          (x: Tensor) => expand(x, [2, ...own]),
          (x: Tensor) => expand(reshape(x, [...own, 1]), [...own, 3]),
          (x: Tensor) => repeat(x, [2, ...own.map((_, axis) => axis + 1)]),
          (x: Tensor) => tril(x, at % 3) as Tensor,
          (x: Tensor) => triu(x, -(at % 3)) as Tensor,
          (x: Tensor) =>
            sumTo(
              x,
              own.map(() => 1),
            ),
        ])
          check(([x]) => f(x as Tensor), { shapes: [own], values });
      },
      { runs: 15 },
    ),
  );

  property('slice, split, pad, concat and stack along every axis', () =>
    forAll(
      [shape(1, 3, 1), fc.nat(2), seed],
      (own, place, at) => {
        const axis = place % own.length;
        const extent = own[axis] as number;
        const values = [normal(own, at), normal(own, at + 1)];
        const both = { shapes: [own, own], values };
        const one = { shapes: [own], values: values.slice(0, 1) };
        check(([x]) => slice(x as Tensor, axis, at % extent, extent), one);
        check(([x]) => split(x as Tensor, [1, extent - 1], axis).reduce((a, b) => add(sum(a), sum(b))), one);
        check(([x]) => pad(x as Tensor, axis, { before: 1, after: 2, value: 5 }), one);
        check(([x]) => pad(x as Tensor, axis, { before: -1, after: 1 }), one);
        check(([x, y]) => concat([x as Tensor, y as Tensor, x as Tensor], axis), both);
        check(([x, y]) => stack([x as Tensor, y as Tensor], axis), both);
      },
      { runs: 15 },
    ),
  );

  property('where and maskedFill: the mask and both sides broadcast', () =>
    forAll(
      [broadcastPair, seed],
      ([a, b], at) => {
        const source = random(at);
        const mask = tensor(
          Uint8Array.from({ length: sizeOf(b) }, () => source.integer(2)),
          b,
        );
        const values = [normal(a, at), normal(b, at + 1)];
        check(([x, y]) => where(mask, x as Tensor, y as Tensor), { shapes: [a, b], values });
        check(([x]) => maskedFill(x as Tensor, mask, 3), { shapes: [a], values: values.slice(0, 1) });
      },
      { runs: 30 },
    ),
  );

  property('gather, takeAlong and scatterAdd add up what was read twice', () =>
    forAll(
      [shape(1, 3, 1), fc.nat(2), fc.integer({ min: 0, max: 4 }), seed],
      (own, place, count, at) => {
        const axis = place % own.length;
        const indexShape = own.map((extent, i) => (i === axis ? count : extent));
        const source = random(at);
        const ids = (length: number, limit: number) =>
          Int32Array.from({ length }, () => source.integer(limit));
        const index = tensor(ids(sizeOf(indexShape), own[axis] as number), indexShape);
        const rows = tensor(ids(2 * count, own[0] as number), [2, count]);
        check(([x]) => gather(x as Tensor, rows), { shapes: [own], values: [normal(own, at)] });
        check(([x]) => takeAlong(x as Tensor, index, axis), { shapes: [own], values: [normal(own, at)] });
        check(([x]) => scatterAdd(x as Tensor, index, { shape: own, axis }), {
          shapes: [indexShape],
          values: [normal(indexShape, at)],
        });
      },
      { runs: 20 },
    ),
  );

  describe.each([
    ['softmax', softmax],
    ['logSoftmax', logSoftmax],
  ] as const)('%s', (_name, op) => {
    property('is right over every axis', () =>
      forAll(
        [shape(1, 3), fc.nat(2), seed],
        (own, place, at) =>
          check(([x]) => op(x as Tensor, place % own.length), { shapes: [own], values: [normal(own, at)] }),
        { runs: 30 },
      ),
    );
  });

  property('layerNorm, addLayerNorm and rmsNorm, with and without weights', () =>
    forAll(
      [shape(0, 2), fc.integer({ min: 2, max: 6 }), seed],
      (rows, width, at) => {
        const own = [...rows, width];
        const [x, residual] = [apartNumbers(own, at, 0.3), normal(own, at + 1, 0.1)]; // spread out: a row of equal numbers has no derivative to speak of
        const weights = [normal([width], at + 2), normal([width], at + 3)];
        const shapes = [own, [width], [width]];
        check(([a]) => layerNorm(a as Tensor), { shapes: [own], values: [x] });
        check(([a, scale, shift]) => layerNorm(a as Tensor, scale, shift, { epsilon: 0.1 }), {
          shapes,
          values: [x, ...weights],
        });
        check(
          ([a, b, scale, shift]) => addLayerNorm(a as Tensor, b as Tensor, scale as Tensor, shift as Tensor),
          {
            shapes: [own, ...shapes],
            values: [x, residual, ...weights],
          },
        );
        check(([a, scale]) => rmsNorm(a as Tensor, scale), {
          shapes: [own, [width]],
          values: [x, weights[0] as Float64Array],
        });
        check(([a]) => rmsNorm(a as Tensor, undefined, { epsilon: 0.1 }), { shapes: [own], values: [x] });
      },
      { runs: 15 },
    ),
  );

  property('dropout draws the same places again', () =>
    forAll(
      [shape(0, 3), seed],
      (own, at) =>
        check(([x]) => dropout(x as Tensor, 0.4, random(at)), { shapes: [own], values: [normal(own, at)] }),
      { runs: 15 },
    ),
  );

  property('losses, every reduction', () =>
    forAll(
      [
        shape(0, 2),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('mean', 'sum', 'none' as const),
        fc.constantFrom(0, 0.1, 1),
        seed,
      ],
      (rows, classes, reduction, labelSmoothing, at) => {
        if (reduction === 'mean' && sizeOf(rows) === 0) return; // 0 / 0
        const own = [...rows, classes];
        const source = random(at);
        const targets = tensor(
          Int32Array.from({ length: sizeOf(rows) }, (_, i) => (i === 1 ? -100 : source.integer(classes))),
          rows,
        );
        const point = { shapes: [own, own], values: [normal(own, at), between(own, at + 1, [0.1, 0.9])] };
        check(([x]) => crossEntropy(x as Tensor, targets, { reduction, labelSmoothing }), {
          shapes: [own],
          values: point.values.slice(0, 1),
        });
        check(([x, y]) => meanSquaredError(x as Tensor, y as Tensor, { reduction }), point);
        check(([x, y]) => binaryCrossEntropy(x as Tensor, y as Tensor, { reduction }), point);
      },
      { runs: 30 },
    ),
  );
});
