// The laws of first values against torch.nn.init: mean, deviation and bounds of a large sample, within six standard errors.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/index.ts';
import {
  gaussian,
  type Initializer,
  kaimingNormal,
  kaimingUniform,
  truncatedGaussian,
  xavierNormal,
  xavierUniform,
} from '../../src/nn/index.ts';

interface Law {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly bound?: number;
  readonly mean_tolerance: number;
  readonly std_tolerance: number;
}

const check = (law: Initializer, { shape, mean, std, bound, mean_tolerance, std_tolerance }: Law) => {
  const sample = law(shape, random(1));
  const average = sample.reduce((a, b) => a + b, 0) / sample.length;
  const deviation = Math.sqrt(sample.reduce((a, b) => a + (b - average) ** 2, 0) / sample.length);
  expect(Math.abs(average - mean)).toBeLessThanOrEqual(mean_tolerance);
  expect(Math.abs(deviation - std)).toBeLessThanOrEqual(std_tolerance);
  if (bound !== undefined)
    expect(sample.reduce((a, b) => Math.max(a, Math.abs(b)), 0)).toBeLessThanOrEqual(bound * (1 + 1e-6));
};

// Six standard errors of n numbers: 6σ/√n for the mean, 6σ/√(2n) for the deviation of a normal law.
const n = 200 * 300;
const law = (std: number, bound?: number): Law => ({
  shape: [200, 300],
  mean: 0,
  std,
  mean_tolerance: (6 * std) / Math.sqrt(n),
  std_tolerance: (6 * std) / Math.sqrt(2 * n),
  ...(bound && { bound }),
});

describe('laws of first values', () => {
  it.each([
    ['xavierUniform', xavierUniform(), law(Math.sqrt(2 / 500), Math.sqrt(6 / 500))],
    ['xavierNormal', xavierNormal(), law(Math.sqrt(2 / 500))],
    ['kaimingUniform', kaimingUniform(), law(Math.sqrt(2 / 300), Math.sqrt(6 / 300))],
    ['kaimingNormal', kaimingNormal(), law(Math.sqrt(2 / 300))],
    ['gaussian', gaussian(0.02), law(0.02)],
    // Var of a normal cut at ±2: 1 − 4φ(2) / (2Φ(2) − 1) = 0.7737.
    ['truncatedGaussian', truncatedGaussian(0.02), law(0.02 * Math.sqrt(0.77374), 0.04)],
  ] as const)('%s has the mean, deviation and bound of its formula', (_name, initializer, expected) =>
    check(initializer, expected),
  );
});

const folder = shared('data/golden/init');
describe.skipIf(folder === undefined)(`torch.nn.init${skipReason('data/golden/init')}`, () => {
  if (folder === undefined) return;
  const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as {
    name: string;
    op: string;
    options: { gain?: number; a?: number; mode?: string; std?: number; nonlinearity?: string };
    expected: Law;
  }[];
  const makers: Readonly<Record<string, (o: (typeof cases)[number]['options']) => Initializer | undefined>> =
    {
      xavier_uniform: ({ gain }) => xavierUniform(gain),
      xavier_normal: ({ gain }) => xavierNormal(gain),
      normal: ({ std = 1 }) => gaussian(std),
    };
  const able = cases.filter(
    ({ op, options, expected }) => makers[op]?.(options) !== undefined && expected.mean === 0,
  );
  it.each(able)('$name', ({ op, options, expected }) =>
    check(makers[op]?.(options) as Initializer, expected),
  );
  it('covers the cases of Xavier and normal', () => expect(able.length).toBeGreaterThanOrEqual(7));
});
