// Functions of one number against their formulas in float64, far out as well as near 0; and their gradients.
import { expectClose, forAll } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  backward,
  ceil,
  detach,
  elu,
  expm1,
  floor,
  glu,
  gradientCheck,
  hardSwish,
  leakyRelu,
  log1p,
  logSigmoid,
  mish,
  mul,
  quickGelu,
  reluSquared,
  round,
  rsqrt,
  softplus,
  sum,
  type Tensor,
  tensor,
  trunc,
  variable,
  zeros,
} from '../../src/index.ts';
import { normal, seed, shapes } from './indexing.ts';

const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoidOf = (x: number): number => 1 / (1 + Math.exp(-x));

type Row = readonly [
  name: string,
  op: (x: Tensor) => Tensor,
  formula: (x: number) => number,
  kinks: readonly number[],
];

const smooth: readonly Row[] = [
  ['softplus', (x: Tensor) => softplus(x), softplusOf, []],
  ['softplus of sharpness 3', (x: Tensor) => softplus(x, 3), (x: number) => softplusOf(3 * x) / 3, []],
  ['logSigmoid', logSigmoid, (x: number) => -softplusOf(-x), []],
  ['quickGelu', quickGelu, (x: number) => x * sigmoidOf(1.702 * x), []],
  ['mish', mish, (x: number) => x * Math.tanh(softplusOf(x)), []],
  ['expm1', expm1, Math.expm1, []],
];
const jointed: readonly Row[] = [
  ['leakyRelu', (x: Tensor) => leakyRelu(x), (x: number) => (x > 0 ? x : 0.01 * x), [0]],
  ['leakyRelu of slope 0.2', (x: Tensor) => leakyRelu(x, 0.2), (x: number) => (x > 0 ? x : 0.2 * x), [0]],
  ['reluSquared', reluSquared, (x: number) => Math.max(0, x) ** 2, [0]],
  ['hardSwish', hardSwish, (x: number) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6, [-3, 3]],
  ['elu', (x: Tensor) => elu(x), (x: number) => (x > 0 ? x : Math.expm1(x)), [0]],
  ['elu of scale 0.5', (x: Tensor) => elu(x, 0.5), (x: number) => (x > 0 ? x : 0.5 * Math.expm1(x)), [0]],
];

describe('activations', () => {
  it.each([...smooth, ...jointed])('%s follows its formula for every shape', (_name, op, formula, kinks) =>
    forAll([shapes(0, 3, 0, 4), seed], (shape, at) => {
      const x = normal(shape, at);
      const given = op(x);
      expect(given.shape).toEqual(shape);
      expectClose(given.data, Array.from(x.data, formula), { absolute: 1e-6, relative: 1e-6 });
      if (x.data.every((value) => kinks.every((kink) => Math.abs(value - kink) > 0.05)))
        gradientCheck(op, [x]);
    }),
  );
  it.each([
    ...smooth.filter(([name]) => name !== 'expm1'),
    ...jointed.filter(([name]) => name !== 'reluSquared'),
  ])('%s is finite, with a finite gradient, where |x| is huge', (_name, op, formula) => {
    const far = [-1e30, -1000, -100, 100, 1000, 1e30];
    const x = variable(tensor(far));
    const y = op(x);
    expectClose(y.data, far.map(formula), { absolute: 1e-6, relative: 1e-6 });
    expect([...(backward(sum(y)).get(x) as Tensor).data].every(Number.isFinite)).toBe(true);
  });
  it('glu passes one half by the sigmoid of the other, along any even axis', () => {
    const x = normal([4, 3], 1);
    const expected = Array.from(
      { length: 6 },
      (_, i) => (x.data[i] as number) * sigmoidOf(x.data[i + 6] as number),
    );
    expectClose(glu(x, 0).data, expected, { absolute: 1e-6 });
    expect(glu(zeros([2, 0])).shape).toEqual([2, 0]);
    expect(() => glu(x)).toThrow(/has 3 indices; expected an even number/);
    gradientCheck((one) => glu(one, 0), [x]);
  });
  it('softplus needs a positive sharpness', () =>
    expect(() => softplus(tensor([1]), 0)).toThrow(/sharpness 0/));
});

describe('functions near where they are delicate', () => {
  it('log1p and expm1 keep the digits of small numbers', () => {
    const small = tensor([1e-20, -1e-20, 1e-6]);
    expectClose(log1p(small).data, [1e-20, -1e-20, Math.log1p(small.data[2] as number)], { relative: 1e-7 });
    expectClose(expm1(small).data, [1e-20, -1e-20, Math.expm1(small.data[2] as number)], { relative: 1e-7 });
  });
  it('log1p and rsqrt have their derivatives', () => {
    gradientCheck(log1p, [tensor([-0.5, 0, 0.5, 3])]);
    gradientCheck(rsqrt, [tensor([0.5, 1, 3])]);
    expect([...rsqrt(tensor([0, -1, 4])).data]).toEqual([Infinity, Number.NaN, 0.5]);
  });
  it('round takes the even one of two neighbours; floor, ceil and trunc go their ways; gradients are 0', () => {
    const x = tensor([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4, -2.6, 8388609]);
    expect([...round(x).data].map((v) => v + 0)).toEqual([-2, -2, 0, 0, 2, 2, 2, -3, 8388609]);
    expect([...floor(x).data].slice(6, 8)).toEqual([2, -3]);
    expect([...ceil(x).data].slice(6, 8)).toEqual([3, -2]);
    expect([...trunc(x).data].slice(6, 8)).toEqual([2, -2]);
    const leaf = variable(tensor([1.3]));
    for (const op of [round, floor, ceil, trunc])
      expect(
        backward(sum(op(leaf)))
          .get(leaf)
          ?.toArray(),
      ).toEqual([0]);
  });
  it('detach lets no gradient through, and shares the data', () => {
    const x = variable(tensor([3]));
    expect(detach(x).data).toBe(x.data);
    expect(
      backward(sum(mul(x, detach(x))))
        .get(x)
        ?.toArray(),
    ).toEqual([3]);
  });
});
