// The laws of first values against torch.nn.init: mean, deviation and bounds of a large sample, within six standard errors.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expectClose, forAll, shared, skipReason } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eye, matmul, mul, type Random, random, tensor } from '../../src/index.ts';
import {
  gainFor,
  type Initializer,
  kaimingNormal,
  kaimingUniform,
  normal,
  orthogonal,
  t5,
  truncatedNormal,
  uniform,
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
    ['normal', normal(0.02), law(0.02)],
    [
      'normal around 3',
      (shape: readonly number[], source: Random) => normal(0.5, 3)(shape, source).map((x) => x - 3),
      law(0.5),
    ],
    ['uniform', uniform(0.3), law(0.3 / Math.sqrt(3), 0.3)],
    ['kaimingNormal by the fan out', kaimingNormal(1, 'fanOut'), law(1 / Math.sqrt(200))],
    // Var of a normal cut at ±2: 1 − 4φ(2) / (2Φ(2) − 1) = 0.7737.
    ['truncatedNormal', truncatedNormal(0.02), law(0.02 * Math.sqrt(0.77374), 0.04)],
  ] as const)('%s has the mean, deviation and bound of its formula', (_name, initializer, expected) =>
    check(initializer, expected),
  );
  it('gains are those of torch.nn.init.calculate_gain', () => {
    const gains = (['linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'selu'] as const).map((name) =>
      gainFor(name),
    );
    expect(gains).toEqual([1, 1, 5 / 3, Math.SQRT2, Math.sqrt(2 / 1.0001), 0.75]);
    expect(gainFor('leakyRelu', 0.2)).toBe(Math.sqrt(2 / 1.04));
  });
});

// Deviation of a standard normal law cut at ±2.
const cut = Math.sqrt(0.77374);

interface InitCase {
  readonly name: string;
  readonly op: string;
  readonly options: Readonly<Record<string, never>> & {
    readonly shape: number[];
    readonly gain?: number;
    readonly a?: number;
    readonly mode?: 'fan_in' | 'fan_out';
    readonly std?: number;
    readonly mean?: number;
    readonly nonlinearity?: 'relu' | 'leaky_relu' | 'tanh' | 'linear' | 'selu' | 'sigmoid';
    readonly hidden_size?: number;
  };
  readonly expected: Law & { readonly absolute: number; readonly diagonal: number };
}

const kaiming =
  (law: typeof kaimingUniform) =>
  ({ nonlinearity = 'relu', a, mode }: InitCase['options']): Initializer =>
    law(
      gainFor(nonlinearity === 'leaky_relu' ? 'leakyRelu' : nonlinearity, a),
      mode === 'fan_out' ? 'fanOut' : 'fanIn',
    );

const laws: Readonly<Record<string, (options: InitCase['options']) => Initializer>> = {
  xavier_uniform: ({ gain }) => xavierUniform(gain),
  xavier_normal: ({ gain }) => xavierNormal(gain),
  kaiming_uniform: kaiming(kaimingUniform),
  kaiming_normal: kaiming(kaimingNormal),
  normal: ({ std = 1, mean }) => normal(std, mean),
  truncated_normal: ({ std = 1 }) => truncatedNormal(std),
  truncated_normal_corrected: ({ std = 1 }) => truncatedNormal(std / cut),
  linear_default: () => kaimingUniform(1 / Math.sqrt(3)),
  embedding_default: () => normal(1),
  lstm_default: ({ hidden_size: hidden = 1 }) => uniform(1 / Math.sqrt(hidden)),
};

/** W·Wᵀ of a wide matrix, Wᵀ·W of a tall one, against gain² on the diagonal. */
const expectOrthogonal = (
  shape: readonly number[],
  gain: number,
  { absolute, seed = 1 }: { absolute: number; seed?: number },
) => {
  const [rows, columns] = [shape[0] as number, shape.slice(1).reduce((a, b) => a * b, 1)];
  const w = tensor(orthogonal(gain)(shape, random(seed)), [rows, columns]);
  const square = rows <= columns ? matmul(w, w, { transposeB: true }) : matmul(w, w, { transposeA: true });
  expectClose(square, mul(eye(Math.min(rows, columns)), gain * gain), { absolute });
};

describe('orthogonal', () => {
  it('has rows or columns at right angles, of length gain, for every shape', () =>
    forAll(
      [
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 3 }),
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        fc.nat(1e6),
      ],
      (shape, gain, seed) => expectOrthogonal(shape, gain, { absolute: 1e-5, seed }),
      { runs: 40 },
    ));
  it('prefers no direction: the first element of 4000 rotations has mean 0 and deviation 1/√3', () => {
    const source = random(5);
    const firsts = Float32Array.from({ length: 4000 }, () => orthogonal()([3, 3], source)[0] as number);
    check(() => firsts, { ...law(1 / Math.sqrt(3)), mean_tolerance: 0.055, std_tolerance: 0.04 }); // six standard errors
  });
  it('needs two axes', () => expect(() => orthogonal()([3], random(1))).toThrow(/two axes/));
});

describe('t5', () => {
  it('has the deviations of transformers', () => {
    const laws = t5({ width: 64, headWidth: 16, heads: 4, innerWidth: 256 });
    const deviations = {
      embedding: 1,
      query: 1 / 32,
      key: 1 / 8,
      value: 1 / 8,
      output: 1 / 8,
      inner: 1 / 8,
      outer: 1 / 16,
    };
    for (const [name, std] of Object.entries(deviations)) check(laws[name as keyof typeof laws], law(std));
    expect([...laws.norm([2], random(1))]).toEqual([1, 1]);
  });
});

const folder = shared('data/golden/init');
describe.skipIf(folder === undefined)(`torch.nn.init${skipReason('data/golden/init')}`, () => {
  if (folder === undefined) return;
  const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as InitCase[];
  const sampled = cases.filter(({ op }) => op in laws);
  it.each(sampled)('$name', ({ op, options, expected }) =>
    check((laws[op] as (o: InitCase['options']) => Initializer)(options), expected),
  );
  const matrices = cases.filter(({ op }) => op === 'orthogonal');
  it.each(matrices)('$name', ({ options, expected }) =>
    expectOrthogonal(options.shape, options.gain ?? 1, { absolute: expected.absolute }),
  );
  interface T5Case {
    readonly name: string;
    readonly op: string;
    readonly options: {
      d_model: number;
      d_kv: number;
      num_heads: number;
      d_ff: number;
      initializer_factor: number;
    };
    readonly expected: { readonly std: Readonly<Record<string, number>>; readonly layer_norm: number };
  }
  const models = (cases as unknown as T5Case[]).filter(({ op }) => op === 't5_init');
  it.each(models)('$name', ({ options, expected }) => {
    const laws = t5({
      width: options.d_model,
      headWidth: options.d_kv,
      heads: options.num_heads,
      innerWidth: options.d_ff,
      factor: options.initializer_factor,
    });
    const kinds = {
      shared: 'embedding',
      lm_head: 'embedding',
      q: 'query',
      k: 'key',
      v: 'value',
      o: 'output',
      relative_attention_bias: 'positionBias',
      wi: 'inner',
      wo: 'outer',
    } as const;
    for (const [name, std] of Object.entries(expected.std)) {
      const kind = kinds[name.split('.').at(-2) as keyof typeof kinds];
      check(laws[kind], law(std));
    }
    expect(laws.norm([1], random(1))[0]).toBe(expected.layer_norm);
  });
  it('is covered case by case', () => {
    expect(sampled.length + matrices.length + models.length).toBe(cases.length);
  });
});
