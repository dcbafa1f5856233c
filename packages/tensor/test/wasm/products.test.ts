import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activation, LinearCall, MatmulCall } from '../../src/backend/backend.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import { everywhereOn, expectSameBits, type NamedEngine, resident, startEngines } from './engines.ts';

let engines: readonly NamedEngine[];
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => {
  for (const { engine } of engines) engine[Symbol.dispose]();
});

type Case = Omit<MatmulCall, 'a' | 'b' | 'out'> & { readonly seed: number };

/** Sizes around the tile (4, 8), the row block (128) and the depth block (256), and nothing at all. */
const size = (most: number) =>
  fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33), fc.integer({ min: 1, max: most }));

const cases: fc.Arbitrary<Case> = fc
  .record({
    m: size(270),
    n: size(140),
    k: fc.oneof(size(80), fc.constantFrom(255, 256, 257, 520)),
    batches: fc.constantFrom(0, 1, 1, 1, 2, 5),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    keep: fc.boolean(),
    shareA: fc.boolean(),
    shareB: fc.boolean(),
    seed: fc.integer({ min: 1, max: 1e6 }),
  })
  .map(({ shareA, shareB, ...rest }) => ({
    ...rest,
    aStride: shareA ? 0 : rest.m * rest.k,
    bStride: shareB ? 0 : rest.n * rest.k,
  }));

const callOf = (it: Case): MatmulCall => ({
  ...it,
  a: noise([(it.aStride === 0 ? 1 : it.batches) * it.m * it.k], it.seed).data,
  b: noise([(it.bStride === 0 ? 1 : it.batches) * it.n * it.k], it.seed + 1).data,
  out: new Float32Array(it.batches * it.m * it.n).fill(Number.NaN),
});

/** The definition, in float64, with the sum of magnitudes that bounds the error of any order of adding. */
const reference = ({ a, b, m, n, k, batches, aStride, bStride, transposeA, transposeB }: MatmulCall) => {
  const sums: number[] = [];
  const magnitudes: number[] = [];
  for (let batch = 0; batch < batches; batch++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        let magnitude = 0;
        for (let inner = 0; inner < k; inner++) {
          const left = a[batch * aStride + (transposeA ? inner * m + i : i * k + inner)] as number;
          const right = b[batch * bStride + (transposeB ? j * k + inner : inner * n + j)] as number;
          sum += left * right;
          magnitude += Math.abs(left * right);
        }
        sums.push(sum);
        magnitudes.push(magnitude);
      }
  return { sums, magnitudes };
};

const expectWithinRounding = (
  out: Float32Array,
  { sums, magnitudes }: ReturnType<typeof reference>,
  name: string,
): void => {
  expect(out.length, name).toBe(sums.length);
  out.forEach((value, i) => {
    // √k-like growth stays far below 2⁻²⁰ of the magnitudes for k up to 600.
    const allowed = 2 ** -20 * (magnitudes[i] as number) + 1e-30;
    if (!(Math.abs(value - (sums[i] as number)) <= allowed))
      throw new Error(`${name}: ${value} at ${i}; expected ${sums[i]} ± ${allowed}`);
  });
};

describe('matmul', () => {
  test('equals the float64 triple loop for all sizes, transposes, strides and batches, on every engine, also when asked again', () => {
    forAll(
      [cases],
      (it) => {
        const call = callOf(it);
        const expected = reference(call);
        for (const { name, engine } of engines)
          for (const round of ['first', 'second']) {
            const out = call.out.slice();
            engine.matmul({ ...call, out });
            expectWithinRounding(out, expected, `${name}, ${round} time`);
          }
      },
      { runs: 60 },
    );
  });

  test('operands that lie in the engine give the same bits as copied ones, in any mixture', () => {
    forAll(
      [cases, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean())],
      (it, [a, b, out]) => {
        const call = callOf(it);
        for (const { name, engine } of engines) {
          if (engine.memory === undefined || name === 'little memory') continue;
          const copied = call.out.slice();
          engine.matmul({ ...call, out: copied });
          const mark = engine.memory.mark();
          const target = out ? resident(engine, call.out) : call.out.slice();
          engine.matmul({
            ...call,
            ...{
              a: a ? resident(engine, call.a) : call.a,
              b: b ? resident(engine, call.b) : call.b,
              out: target,
            },
          });
          expectSameBits(target, copied, name);
          engine.memory.release(mark);
        }
      },
      { runs: 40 },
    );
  });

  test('a row has the same bits alone and among other rows', () => {
    const [rows, n, k] = [150, 77, 300];
    const a = noise([rows * k], 5).data;
    const b = noise([k * n], 6).data;
    const base = {
      b,
      n,
      k,
      transposeA: false,
      transposeB: true,
      batches: 1,
      aStride: 0,
      bStride: 0,
      keep: true,
    };
    for (const { name, engine } of engines) {
      const all = new Float32Array(rows * n);
      engine.matmul({ ...base, a, out: all, m: rows });
      for (const row of [0, 3, 127, 128, 149]) {
        const one = new Float32Array(n);
        engine.matmul({ ...base, a: a.subarray(row * k, (row + 1) * k), out: one, m: 1 });
        expectSameBits(one, all.subarray(row * n, (row + 1) * n), name);
      }
    }
  });

  test('a kept operand is read again where its array is used with another shape', () => {
    const b = noise([24], 7).data;
    const a = noise([12], 8).data;
    for (const { name, engine } of engines)
      for (const [n, k, transposeB] of [
        [4, 6, false],
        [4, 6, true],
        [6, 4, true],
        [6, 4, false],
      ] as const) {
        const call = {
          a: a.subarray(0, 2 * k),
          b,
          out: new Float32Array(2 * n),
          m: 2,
          n,
          k,
          transposeA: false,
          transposeB,
          batches: 1,
          aStride: 0,
          bStride: 0,
          keep: true,
        };
        engine.matmul(call);
        expectWithinRounding(call.out, reference(call), name);
      }
  });

  test('NaN and infinities stay in the rows and columns that they belong to', () => {
    const [m, n, k] = [6, 10, 5];
    const a = noise([m * k], 9).data;
    const b = noise([k * n], 10).data;
    a[2 * k] = Number.NaN;
    b[7] = Infinity;
    const call = {
      a,
      b,
      m,
      n,
      k,
      transposeA: false,
      transposeB: false,
      batches: 1,
      aStride: 0,
      bStride: 0,
      keep: false,
    };
    const expected = new Float32Array(m * n);
    jsBackend.matmul({ ...call, out: expected });
    for (const { name, engine } of engines) {
      const out = new Float32Array(m * n);
      engine.matmul({ ...call, out });
      expectClose(out, expected, { absolute: 1e-5, name });
    }
  });
});

describe('linear', () => {
  const activations: readonly Activation[] = ['none', 'relu', 'gelu', 'geluTanh', 'silu', 'tanh'];
  const linearCases = fc.record({
    rows: size(150),
    outputs: size(100),
    inputs: size(300),
    activation: fc.constantFrom(...activations),
    biased: fc.boolean(),
    keep: fc.boolean(),
    seed: fc.integer({ min: 1, max: 1e6 }),
  });

  test('is activation(x · weightᵀ + bias) as the reference backend has it, empty sums included', () => {
    forAll(
      [linearCases],
      ({ biased, seed, ...sizes }) => {
        const { rows, outputs, inputs } = sizes;
        const call: Omit<LinearCall, 'out'> = {
          ...sizes,
          x: noise([rows * inputs], seed).data,
          weight: noise([outputs * inputs], seed + 1, 1 / Math.sqrt(Math.max(1, inputs))).data,
          bias: biased ? noise([outputs], seed + 2).data : undefined,
        };
        const expected = new Float32Array(rows * outputs);
        jsBackend.linear({ ...call, out: expected });
        for (const { name, engine } of engines) {
          const out = new Float32Array(rows * outputs).fill(Number.NaN);
          engine.linear({ ...call, out });
          expectClose(out, expected, { absolute: 5e-6, relative: 2e-6, name });
        }
      },
      { runs: 60 },
    );
  });

  test('several at once have the bits of each alone, on every engine, wherever operands lie', () => {
    const sizes = fc.record({
      rows: fc.oneof(fc.constantFrom(0, 1, 2, 8, 9), fc.integer({ min: 1, max: 120 })),
      inputs: fc.integer({ min: 0, max: 70 }),
      outputs: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }),
      keep: fc.boolean(),
      seed: fc.integer({ min: 1, max: 1e6 }),
    });
    const check = ({
      rows,
      inputs,
      outputs,
      keep,
      seed,
    }: typeof sizes extends fc.Arbitrary<infer S> ? S : never) => {
      const weights = outputs.map((count, i) => noise([count * inputs], seed + i).data); // kept by identity
      everywhereOn(engines, (engine, place, name) => {
        const x = place(noise([rows * inputs], seed).data);
        const calls = (): LinearCall[] =>
          outputs.map((count, i) => ({
            ...{ x, weight: weights[i] as Float32Array, bias: noise([count], seed + 9).data }, // one each
            ...{ rows, inputs, outputs: count, activation: 'none' as const, keep },
            out: place(new Float32Array(rows * count).fill(Number.NaN)),
          }));
        for (let turn = 0; turn < 2; turn++) {
          const mark = engine.memory?.mark() ?? 0; // the second time weights may be packed
          const [alone, together] = [calls(), calls()];
          for (const call of alone) engine.linear(call);
          engine.linearAll(together);
          for (const [i, { out }] of alone.entries())
            expectSameBits((together[i] as LinearCall).out, out, `${name}, ${i}`);
          engine.memory?.release(mark);
        }
      });
    };
    forAll([sizes], check, { runs: 25 });
    check({ rows: 256, inputs: 64, outputs: [64, 200, 64], keep: true, seed: 5 }); // enough for two threads
  });
});
