import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UnaryKind } from '../../src/backend/backend.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import { expectSameBits, type NamedEngine, resident, startEngines } from './engines.ts';

let engines: readonly NamedEngine[];
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => {
  for (const { engine } of engines) engine[Symbol.dispose]();
});

const sizes = fc.record({
  rows: fc.oneof(fc.constantFrom(0, 1, 2, 5), fc.integer({ min: 1, max: 60 })),
  columns: fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9), fc.integer({ min: 1, max: 900 })),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

describe('unary', () => {
  // Where the result passes through 0 or leaves the range of float32 the bound is absolute: a relative one would ask for digits
  // that float32 has not. gelu: erf's 4e-7 times x/2, for |x| < 4.
  const bounds: Readonly<Record<UnaryKind, { relative: number; absolute: number }>> = {
    exp: { relative: 3e-7, absolute: 1e-44 },
    erf: { relative: 6e-7, absolute: 0 },
    sigmoid: { relative: 3e-7, absolute: 2e-38 },
    tanh: { relative: 3e-7, absolute: 0 },
    relu: { relative: 0, absolute: 0 },
    gelu: { relative: 3e-7, absolute: 1.2e-6 },
    geluTanh: { relative: 1e-6, absolute: 3e-7 },
    silu: { relative: 3e-7, absolute: 2e-36 },
  };
  const edges = [
    0, -0, 1e-40, -1e-40, 1e-8, 0.6249, 0.6251, 3.949, 3.951, -3.951, 5, -5, 88.7, 88.8, 89.5, -87.4, -88,
    -103, -104, -120,
  ];
  const extremes = [Number.NaN, Infinity, -Infinity, 1e30, -1e30, 3.4e38, -3.4e38];

  for (const [kind, bound] of Object.entries(bounds) as [UnaryKind, (typeof bounds)['exp']][])
    test(`${kind} is that of float64 to a few units in the last place; NaN stays NaN and infinities have their limits`, () => {
      const x = new Float32Array([
        ...edges,
        ...extremes,
        ...noise([2999], 3, 1).data,
        ...noise([3000], 4, 8).data,
        ...noise([3000], 5, 60).data,
      ]);
      const expected = new Float32Array(x.length);
      jsBackend.unary(kind, x, expected);
      for (const { name, engine } of engines) {
        const out = new Float32Array(x.length);
        engine.unary(kind, x, out);
        expectClose(out, expected, { ...bound, name });
        engine.unary(kind, x.subarray(0, 0), out.subarray(0, 0));
      }
    });

  test('gelu never overshoots: far to the left it is 0, far to the right x', () => {
    for (const { engine } of engines) {
      const out = new Float32Array(4);
      engine.unary('gelu', new Float32Array([-1e6, -7, 1e6, 7]), out);
      // x · Φ(x) at −7 is −9e-12: 0 for an erf in float32.
      expectClose(out, [0, 0, 1e6, 7], { absolute: 1e-11 });
      expect(out.subarray(2)).toEqual(new Float32Array([1e6, 7]));
    }
  });

  test('works in place, for arrays in and out of the engine', () => {
    const x = noise([1001], 6).data;
    const expected = x.map((value) => Math.max(0, value));
    for (const { engine } of engines) {
      const own = x.slice();
      engine.unary('relu', own, own);
      expect(own).toEqual(expected);
      if (engine.memory === undefined) continue;
      const mark = engine.memory.mark();
      const inside = resident(engine, x);
      engine.unary('relu', inside, inside);
      expect(inside.slice()).toEqual(expected);
      engine.memory.release(mark);
    }
  });
});

describe('softmax', () => {
  /** float64 softmax of a row; −∞ only: zeros. */
  const row = (x: readonly number[], log: boolean): number[] => {
    const max = Math.max(...x);
    if (max === -Infinity) return x.map(() => (log ? -Infinity : 0));
    const sum = x.reduce((total, value) => total + Math.exp(value - max), 0);
    return x.map((value) => (log ? value - max - Math.log(sum) : Math.exp(value - max) / sum));
  };

  test('equals float64 rows for scores up to 10⁴, masked entries and fully masked rows included', () => {
    forAll(
      [sizes, fc.constantFrom(1, 30, 3e3), fc.constantFrom(0, 0.5, 0.95), fc.boolean()],
      ({ rows, columns, seed }, scale, masked, log) => {
        const hide = noise([rows * columns], seed + 1).data;
        const x = noise([rows * columns], seed, scale).data.map((value, i) =>
          ((((hide[i] as number) * 1e3) % 1) + 1) % 1 < masked || (i < columns && seed % 2 === 0)
            ? -Infinity
            : value,
        );
        const expected: number[] = [];
        for (let r = 0; r < rows; r++)
          expected.push(...row([...x.subarray(r * columns, (r + 1) * columns)], log));
        for (const { name, engine } of engines) {
          const out = new Float32Array(x.length);
          engine.softmax({ x, out, rows, columns, log });
          expectClose(out, expected, { relative: 2e-6, absolute: 1e-6, name });
          const place = x.slice();
          engine.softmax({ x: place, out: place, rows, columns, log });
          expectSameBits(place, out, `${name}, in place`);
        }
      },
      { runs: 40 },
    );
  });

  test('a row with NaN or +∞ becomes NaN as in the reference, and its neighbours do not', () => {
    const x = noise([4 * 9], 3).data;
    x[10] = Number.NaN;
    x[20] = Infinity;
    x.fill(-Infinity, 27, 36);
    x[35] = Number.NaN;
    for (const log of [false, true]) {
      const expected = new Float32Array(x.length);
      jsBackend.softmax({ x, out: expected, rows: 4, columns: 9, log });
      for (const { name, engine } of engines) {
        const out = new Float32Array(x.length);
        engine.softmax({ x, out, rows: 4, columns: 9, log });
        for (const r of [0, 1, 3])
          expectClose(out.subarray(9 * r, 9 * r + 9), expected.subarray(9 * r, 9 * r + 9), {
            absolute: 1e-6,
            name,
          });
        expect(out.subarray(18, 27).some(Number.isNaN), name).toBe(true);
      }
    }
  });
});

describe('layerNorm', () => {
  test('equals float64, with and without residual, scale, shift and statistics', () => {
    forAll(
      [sizes, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean())],
      ({ rows, columns: width, seed }, [residual, scale, shift, mean, deviation]) => {
        const given = (wanted: boolean, count: number, offset: number) =>
          wanted ? noise([count], seed + offset).data : undefined;
        const call = {
          ...{ x: noise([rows * width], seed).data, rows, width, epsilon: 1e-3 },
          ...{
            residual: given(residual, rows * width, 1),
            scale: given(scale, width, 2),
            shift: given(shift, width, 3),
          },
        };
        const result = () => ({
          out: new Float32Array(rows * width).fill(Number.NaN),
          mean: mean ? new Float32Array(rows) : undefined,
          inverseDeviation: deviation ? new Float32Array(rows) : undefined,
        });
        const expected = result();
        jsBackend.layerNorm({ ...call, ...expected });
        for (const { name, engine } of engines) {
          const got = result();
          engine.layerNorm({ ...call, ...got });
          expectClose(got.out, expected.out, { absolute: 3e-5, name });
          if (got.mean && expected.mean) expectClose(got.mean, expected.mean, { absolute: 1e-6, name });
          if (got.inverseDeviation && expected.inverseDeviation)
            expectClose(got.inverseDeviation, expected.inverseDeviation, { relative: 1e-5, name });
        }
      },
      { runs: 60 },
    );
  });

  test('keeps its digits where the mean is ten thousand times the deviation', () => {
    const width = 384;
    const x = noise([width], 11).data.map((value) => 10_000 + value);
    const call = {
      x,
      residual: undefined,
      scale: undefined,
      shift: undefined,
      rows: 1,
      width,
      epsilon: 1e-12,
      mean: undefined,
      inverseDeviation: undefined,
    };
    const expected = new Float32Array(width);
    jsBackend.layerNorm({ ...call, out: expected });
    for (const { name, engine } of engines) {
      const out = new Float32Array(width);
      engine.layerNorm({ ...call, out });
      expectClose(out, expected, { absolute: 2e-5, name });
    }
  });

  test('may write over its input', () => {
    const [rows, width] = [7, 33];
    const x = noise([rows * width], 12).data;
    const call = {
      residual: noise([rows * width], 13).data,
      scale: undefined,
      shift: undefined,
      rows,
      width,
      epsilon: 1e-5,
      mean: undefined,
      inverseDeviation: undefined,
    };
    for (const { engine } of engines) {
      const out = new Float32Array(x.length);
      engine.layerNorm({ ...call, x, out });
      const place = x.slice();
      engine.layerNorm({ ...call, x: place, out: place });
      expect(place).toEqual(out);
    }
  });
});
