// prod, norm, standardDeviation, any, all, cosineSimilarity, rmsNorm and batchNorm against their formulas; their gradients; hard places.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  all,
  any,
  backward,
  batchNorm,
  cosineSimilarity,
  embedding,
  gather,
  gradientCheck,
  integers,
  layerNorm,
  max,
  norm,
  permute,
  prod,
  reshape,
  rmsNorm,
  standardDeviation,
  sum,
  type Tensor,
  tensor,
  useBackend,
  variable,
  variance,
  zeros,
} from '../../src/index.ts';
import { backends } from '../backends.ts';
import { normal, seed, shapes, sizeOf } from './indexing.ts';

/** A shape, and some of its axes. */
const reducing = shapes(1, 4, 0, 3).chain((shape) =>
  fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, axis) => axis)), fc.boolean()),
);

/** The groups that a reduction sees, each as a list. */
const groups = (
  x: { shape: readonly number[]; data: ArrayLike<number> },
  axes: readonly number[],
): number[][] => {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const moved = permute(tensor(Float32Array.from(x.data), x.shape), [...kept, ...axes]);
  const count = axes.reduce((size, axis) => size * (x.shape[axis] as number), 1);
  const outer = kept.reduce((size, axis) => size * (x.shape[axis] as number), 1);
  return Array.from({ length: outer }, (_, i) => Array.from(moved.data.subarray(i * count, (i + 1) * count)));
};
const close = { absolute: 1e-5, relative: 1e-5 };

describe('reductions', () => {
  const deviation = (values: readonly number[]): number => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
  };
  it.each([
    ['prod', prod, (values: number[]) => values.reduce((a, b) => a * b, 1)],
    ['norm', norm, (values: number[]) => Math.hypot(...values)],
    [
      'norm of order 1',
      (x: Tensor, axes: number[], o: object) => norm(x, axes, { ...o, order: 1 }),
      (values: number[]) => values.reduce((a, b) => a + Math.abs(b), 0),
    ],
    [
      'norm of order 3',
      (x: Tensor, axes: number[], o: object) => norm(x, axes, { ...o, order: 3 }),
      (values: number[]) => values.reduce((a, b) => a + Math.abs(b) ** 3, 0) ** (1 / 3),
    ],
    ['standardDeviation', standardDeviation, deviation],
  ] as const)('%s follows its formula over every choice of axes, empty ones too', (name, op, formula) =>
    forAll([reducing, seed], ([shape, axes, keepDims], at) => {
      const x = normal(shape, at);
      const given = op(x, axes, { keepDims });
      expectClose(given.data, groups(x, axes).map(formula), close);
      expect(given.shape).toEqual(
        keepDims
          ? shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
          : shape.filter((_, axis) => !axes.includes(axis)),
      );
      const pointed = // near a kink: of a norm at 0, of a deviation where all are equal
        (name.startsWith('norm') && x.data.some((v) => Math.abs(v) < 0.2)) ||
        (name === 'standardDeviation' && groups(x, axes).some((group) => !(deviation(group) > 0.2)));
      if (x.size > 0 && x.size < 30 && !pointed)
        gradientCheck((one) => op(one, axes, { keepDims }), [x], { tolerance: 1e-2 });
    }),
  );
  it('the norm of order Infinity is the largest magnitude', () =>
    expect(
      norm(
        tensor([
          [1, -3],
          [2, 0],
        ]),
        [1],
        { order: Infinity },
      ).toArray(),
    ).toEqual([3, 2]));
  it('norm neither overflows nor divides by 0', () => {
    expectClose([norm(tensor([3e30, 4e30])).item()], [5e30], { relative: 1e-6 });
    const x = variable(zeros([2, 2]));
    expect(
      backward(sum(norm(x, [1])))
        .get(x)
        ?.toArray(),
    ).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(() => norm(x, [1], { order: 0 })).toThrow(/order 0/);
  });
  it('the deviation of equal numbers has gradient 0', () => {
    const x = variable(tensor([2, 2]));
    expect(backward(standardDeviation(x)).get(x)?.toArray()).toEqual([0, 0]);
    expectClose(
      standardDeviation(tensor([1, 2, 4]), undefined, { correction: 1 }),
      { shape: [], data: [Math.sqrt(7 / 3)] },
      { absolute: 1e-6 },
    );
  });
  it('the derivative of a product is right at zeros: of all others, however many are 0', () => {
    const x = variable(
      tensor([
        [2, 0, 3],
        [0, 0, 5],
      ]),
    );
    expect(
      backward(sum(prod(x, [1])))
        .get(x)
        ?.toArray(),
    ).toEqual([
      [0, 6, 0],
      [0, 0, 0],
    ]);
  });
  it('any and all are what some and every say', () =>
    forAll([reducing, seed], ([shape, axes, keepDims], at) => {
      const bits = normal(shape, at).data.map((x) => (x > 0 ? 1 : 0));
      const x = tensor(Uint8Array.from(bits), shape);
      const of = groups({ shape, data: bits }, axes);
      expect([...any(x, axes, { keepDims }).data]).toEqual(
        of.map((group) => Number(group.some((bit) => bit === 1))),
      );
      expect([...all(x, axes, { keepDims }).data]).toEqual(
        of.map((group) => Number(group.every((bit) => bit === 1))),
      );
    }));
  it('cosineSimilarity is the cosine, broadcast, and 0 for a vector of zeros', () => {
    const [a, b] = [normal([2, 1, 3], 1), normal([4, 3], 2)];
    const given = cosineSimilarity(a, b);
    expect(given.shape).toEqual([2, 4]);
    const [x, y] = [a.data.subarray(3, 6), b.data.subarray(6, 9)];
    const dot = x.reduce((total, value, i) => total + value * (y[i] as number), 0);
    expectClose([given.data[6] as number], [dot / Math.hypot(...x) / Math.hypot(...y)], close);
    expect(cosineSimilarity(zeros([3]), normal([3], 3)).item()).toBe(0);
    gradientCheck((p, q) => cosineSimilarity(p, q, { axis: 0 }), [normal([3, 2], 4), normal([3, 2], 5)]);
  });
});

describe.each(backends)('normalization, $name', ({ backend }) => {
  it('layerNorm and rmsNorm over several axes are those over one axis of all their elements', () => {
    using _ = useBackend(backend);
    forAll(
      [shapes(1, 4, 1, 3), fc.nat(3), seed],
      (shape, many, at) => {
        const axes = 1 + (many % shape.length);
        const last = shape.slice(shape.length - axes);
        const [x, scale, shift] = [normal(shape, at), normal(last, at + 1), normal(last, at + 2)];
        const width = sizeOf(last);
        const [rows, flat] = [reshape(x, [x.size / width, width]), (w: Tensor) => reshape(w, [width])];
        expectClose(layerNorm(x, scale, shift).data, layerNorm(rows, flat(scale), flat(shift)).data);
        expectClose(layerNorm(x, undefined, undefined, { axes }).data, layerNorm(rows).data);
        expectClose(rmsNorm(x, scale).data, rmsNorm(rows, flat(scale)).data);
        gradientCheck((one, w) => rmsNorm(one, w, { epsilon: 0.1 }), [x, scale], { tolerance: 5e-3 });
      },
      { runs: 40 },
    );
  });
  it('rmsNorm divides by the root of the mean square', () => {
    using _ = useBackend(backend);
    expectClose(
      rmsNorm(tensor([[3, 4]]), tensor([1, 2]), { epsilon: 0 }),
      { shape: [1, 2], data: [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)] },
      close,
    );
    expectClose(rmsNorm(tensor([[1e30, 1e30]])), { shape: [1, 2], data: [1, 1] }, close);
  });
  it('batchNorm gives each channel mean 0 and variance 1, with its gradient, for every number of places', () => {
    using _ = useBackend(backend);
    forAll(
      [fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 3 }), shapes(0, 2, 1, 3), seed],
      (batch, channels, places, at) => {
        const x = normal([batch, channels, ...places], at);
        const { output, mean, variance: spread } = batchNorm(x, undefined, undefined, { epsilon: 1e-12 });
        const over = [0, ...places.map((_, axis) => axis + 2)];
        expectClose(sum(output, over), zeros([channels]), { absolute: 1e-4 });
        expectClose(
          variance(output, over),
          { shape: [channels], data: new Array(channels).fill(1) },
          { absolute: 1e-4 },
        );
        expectClose(
          mean.data,
          groups(x, over).map((g) => g.reduce((a, b) => a + b, 0) / g.length),
          close,
        );
        expectClose(spread, variance(x, over), close);
        const [scale, shift] = [normal([channels], at + 1), normal([channels], at + 2)];
        gradientCheck((one, a, b) => batchNorm(one, a, b, { epsilon: 0.1 }).output, [x, scale, shift], {
          tolerance: 5e-3,
        });
        const statistics = { mean: shift, variance: tensor(scale.data.map((v) => v * v + 0.1)) };
        gradientCheck((one, a, b) => batchNorm(one, a, b, { statistics }).output, [x, scale, shift], {
          tolerance: 5e-3,
        });
        expectClose(
          batchNorm(x, scale, shift, { statistics: { mean, variance: spread } }).output,
          batchNorm(x, scale, shift).output,
          close,
        );
      },
      { runs: 25 },
    );
  });
});

describe('normalization', () => {
  it('batchNorm keeps a small variance around a large mean', () => {
    const x = tensor(Float32Array.of(10000, 10001, 10002, 10003), [4, 1]);
    const expected = [-1.5, -0.5, 0.5, 1.5].map((v) => v / Math.sqrt(1.25));
    expectClose(batchNorm(x, undefined, undefined, { epsilon: 0 }).output.data, expected, close);
  });
  it('refuses what does not fit, by name', () => {
    expect(() => batchNorm(zeros([3]))).toThrow(/expected x \[batch, channels, \.\.\.\]/);
    expect(() => batchNorm(zeros([2, 3]), zeros([2]))).toThrow(/scale float32\[2\]/);
    expect(() => batchNorm(zeros([0, 3]))).toThrow(/no elements/);
    expect(
      batchNorm(zeros([0, 3]), undefined, undefined, {
        statistics: { mean: zeros([3]), variance: zeros([3]) },
      }).output.shape,
    ).toEqual([0, 3]);
    expect(() => layerNorm(zeros([2, 3]), zeros([2]))).toThrow(/scale float32\[2\]/);
    expect(() => rmsNorm(zeros([2, 3]), undefined, { axes: 3 })).toThrow(/its last 3 axes/);
    expect(() => max(zeros([0]))).toThrow(/no element/);
  });
  it('embedding reads the row of padding and gives it no gradient', () => {
    const table = variable(normal([3, 2], 1));
    const ids = integers([
      [0, 1],
      [1, 2],
    ]);
    const rows = embedding(table, ids, { paddingIndex: 1 });
    expectClose(rows, gather(table, ids));
    expect(backward(sum(rows)).get(table)?.toArray()).toEqual([
      [1, 1],
      [0, 0],
      [1, 1],
    ]);
  });
});
