import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Activation, LinearInt8Call, RowCoding } from '../../src/backend/backend.ts';
import { codeWeight } from '../../src/backend/js/int8.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import { expectSameBits, type NamedEngine, resident, startEngines } from './engines.ts';

let engines: readonly NamedEngine[];
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => {
  for (const { engine } of engines) engine[Symbol.dispose]();
});

/** Sizes around the tile (4, 8, 16), the row block (128), the depth block (1024 numbers), odd ones, and nothing at all. */
const size = (most: number) =>
  fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33), fc.integer({ min: 1, max: most }));

const cases = fc.record({
  rows: size(150),
  outputs: size(80),
  inputs: fc.oneof(size(100), fc.constantFrom(1023, 1024, 1025, 1100)),
  biased: fc.boolean(),
  coding: fc.constantFrom<RowCoding>('fine', 'symmetric', 'asymmetric'),
  spread: fc.constantFrom(1e-30, 0.01, 1, 1, 1e4, 1e30),
  shift: fc.constantFrom(0, 0, 3),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

const callOf = ({
  rows,
  outputs,
  inputs,
  biased,
  coding,
  spread,
  shift,
  seed,
}: typeof cases extends fc.Arbitrary<infer T> ? T : never): Omit<LinearInt8Call, 'out'> => ({
  ...{ rows, outputs, inputs, coding, activation: 'none' },
  ...codeWeight(noise([outputs * inputs], seed + 1).data, [outputs, inputs]),
  x: noise([rows * inputs], seed, spread).data.map((value) => value + shift * spread),
  bias: biased ? noise([outputs], seed + 2, spread).data : undefined,
});

const run = (
  engine: Pick<NamedEngine['engine'], 'linearInt8'>,
  call: Omit<LinearInt8Call, 'out'>,
): Float32Array => {
  const out = new Float32Array(call.rows * call.outputs).fill(7);
  engine.linearInt8({ ...call, out });
  return out;
};

describe('linearInt8', () => {
  test('has the bits of the reference on every engine, for all sizes and magnitudes, also when asked again', () => {
    forAll(
      [cases],
      (it) => {
        const call = callOf(it);
        const expected = run(jsBackend, call);
        for (const { name, engine } of engines)
          for (const round of ['first', 'second'])
            expectSameBits(run(engine, call), expected, `${name}, ${round} time`);
      },
      { runs: 60 },
    );
  });

  test('its sums are exact: with scales of 1 integers come out as integers', () => {
    const [rows, inputs, outputs] = [5, 1031, 19];
    const whole = (count: number, seed: number) =>
      noise([count], seed, 40).data.map((value) => Math.max(-127, Math.min(127, Math.round(value))));
    const x = whole(rows * inputs, 1);
    for (let row = 0; row < rows; row++) x[row * inputs] = 127; // the scale of each row is 1
    const codes = Int8Array.from(whole(outputs * inputs, 2));
    const call = {
      ...{ x, codes, scales: new Float32Array(outputs).fill(1), bias: undefined, rows, inputs, outputs },
      ...{ activation: 'none' as const, coding: 'symmetric' as const },
    };
    const sums = Array.from({ length: rows * outputs }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < inputs; k++)
        sum +=
          (x[Math.floor(at / outputs) * inputs + k] as number) *
          (codes[(at % outputs) * inputs + k] as number);
      return sum;
    });
    for (const { name, engine } of engines) expect([...run(engine, call)], name).toEqual(sums);
  });

  test('applies every activation as the reference does', () => {
    const activations: readonly Activation[] = ['relu', 'gelu', 'geluTanh', 'silu', 'tanh'];
    for (const activation of activations) {
      const call = {
        ...callOf({
          ...{ rows: 6, outputs: 21, inputs: 30, biased: true, coding: 'fine' },
          ...{ spread: 1, shift: 0, seed: 5 },
        }),
        activation,
      };
      const expected = run(jsBackend, call);
      for (const { name, engine } of engines)
        expectClose(run(engine, call), expected, { absolute: 2e-6, relative: 2e-6, name });
    }
  });

  test('operands that lie in the engine give the same bits as copied ones', () => {
    forAll(
      [cases, fc.tuple(fc.boolean(), fc.boolean())],
      (it, [x, out]) => {
        const call = callOf(it);
        for (const { name, engine } of engines) {
          if (engine.memory === undefined || name === 'little memory') continue;
          const copied = run(engine, call);
          const mark = engine.memory.mark();
          const target = out ? resident(engine, copied.slice().fill(7)) : copied.slice().fill(7);
          engine.linearInt8({ ...call, x: x ? resident(engine, call.x) : call.x, out: target });
          expectSameBits(target, copied, name);
          engine.memory.release(mark);
        }
      },
      { runs: 30 },
    );
  });

  test('a row with NaN or an infinity is NaN, the others are not touched by it, and a row of zeros gives the bias', () => {
    const [rows, inputs, outputs] = [6, 20, 9];
    const x = noise([rows * inputs], 3).data;
    x[3] = Number.NaN;
    x[inputs + 19] = Infinity;
    x[2 * inputs + 8] = -Infinity;
    x.fill(0, 3 * inputs, 4 * inputs);
    x[4 * inputs] = 3.4e38;
    x[4 * inputs + 1] = -3.4e38;
    const weight = noise([outputs * inputs], 4).data;
    for (const coding of ['fine', 'symmetric', 'asymmetric'] as const) {
      const call = {
        ...{
          ...codeWeight(weight, [outputs, inputs]),
          x,
          bias: new Float32Array(outputs).fill(2),
          rows,
          inputs,
          outputs,
        },
        ...{ activation: 'none' as const, coding },
      };
      for (const { name, engine } of [...engines, { name: 'js', engine: jsBackend }]) {
        const out = run(engine, call);
        const row = (i: number) => [...out.subarray(i * outputs, (i + 1) * outputs)];
        for (const i of [0, 1, 2]) expect(row(i).every(Number.isNaN), name).toBe(true);
        expect(row(3), name).toEqual(new Array(outputs).fill(2));
        for (const i of [4, 5]) expect(row(i).some(Number.isNaN), name).toBe(false);
      }
    }
  });
});
