// The kernels of a training step on every engine against plain TypeScript, with operands in the engine's memory and outside of it.
import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UnaryKind } from '../../src/backend/backend.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import { functions } from '../../src/backend/js/unary.ts';
import type { ArithmeticCall } from '../../src/backend/trainingKernels.ts';
import { type WasmBackend, wasmBackend, wasmBackendSync } from '../../src/wasm/wasmBackend.ts';
import { everywhereOn, expectSameBits, type NamedEngine, resident, startEngines } from './engines.ts';

let engines: readonly NamedEngine[];
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => {
  for (const { engine } of engines) engine[Symbol.dispose]();
});

const everywhere = (body: Parameters<typeof everywhereOn>[1]): void => everywhereOn(engines, body);

const sizes = fc.record({
  rows: fc.oneof(fc.constantFrom(0, 1, 2, 31, 32, 33), fc.integer({ min: 1, max: 150 })),
  columns: fc.oneof(fc.constantFrom(1, 2, 3, 4, 5, 15, 16, 17, 33), fc.integer({ min: 1, max: 300 })),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

describe('arithmetic', () => {
  test('has the bits of the reference for whole, repeated and single operands', () => {
    const shapes = fc.constantFrom('whole', 'row', 'column', 'one');
    forAll(
      [sizes, shapes, shapes, fc.constantFrom('add', 'sub', 'mul', 'div')],
      ({ rows, columns, seed }, aShape, bShape, kind) => {
        const operand = (shape: string, from: number) => {
          const row = shape === 'whole' ? columns : shape === 'column' ? 1 : 0;
          const column = shape === 'whole' || shape === 'row' ? 1 : 0;
          const length = (shape === 'one' || shape === 'row' ? 1 : rows) * (column === 1 ? columns : 1);
          return { data: noise([length], from).data, row, column };
        };
        const [a, b] = [operand(aShape, seed), operand(bShape, seed + 1)];
        if (a.column === 0 && b.column === 0 && columns > 1) return; // then a plan would have no such axis
        const call = (place: (x: Float32Array) => Float32Array): ArithmeticCall => ({
          ...{ kind, rows, columns },
          ...{ a: place(a.data), aRow: a.row, aColumn: a.column },
          ...{ b: place(b.data), bRow: b.row, bColumn: b.column },
          out: place(new Float32Array(rows * columns)),
        });
        const expected = call((x) => x);
        jsBackend.arithmetic(expected);
        everywhere((engine, place, name) => {
          const own = call(place);
          engine.arithmetic(own);
          expectSameBits(own.out, expected.out, name);
        });
      },
      { runs: 60 },
    );
  });

  test('works in place and over many chunks', () => {
    const x = noise([100_003], 5).data;
    everywhere((engine, place, name) => {
      const own = place(x);
      const flat = { rows: 1, columns: x.length, aRow: 0, aColumn: 1, bRow: 0, bColumn: 1 };
      engine.arithmetic({ kind: 'add', a: own, b: own, out: own, ...flat });
      expectSameBits(
        own,
        x.map((value) => value + value),
        name,
      );
    });
  });
});

describe('slope', () => {
  const kinds = Object.keys(functions) as UnaryKind[];
  const fromOutput: readonly UnaryKind[] = ['exp', 'sigmoid', 'tanh', 'relu'];
  const edges = [0, -0, 1e-30, 1e-4, 0.62, -0.63, 2, -2, 4, -4, 6, -6, 20, -20, 200, -200, 1e4, -1e4];

  test.each(kinds)('of %s is the derivative of the function', (kind) => {
    for (const x of edges.filter((value) => Math.abs(value) > 1e-3 && Math.abs(value) < 15)) {
      const h = 1e-5;
      const numeric = (functions[kind](x + h) - functions[kind](x - h)) / (2 * h);
      const from = Float32Array.of(fromOutput.includes(kind) ? functions[kind](x) : x);
      const out = new Float32Array(1);
      jsBackend.slope({ kind, from, gradient: Float32Array.of(1), out });
      expect(Math.abs((out[0] as number) - numeric)).toBeLessThan(1e-4 * (1 + Math.abs(numeric)));
    }
  });

  test.each(kinds)('of %s agrees with the reference, and has limits at infinity', (kind) => {
    const x = Float32Array.from([...edges, Infinity, -Infinity, ...noise([5000], 4, 4).data]);
    const from = fromOutput.includes(kind)
      ? x.map(functions[kind]).map((y) => Math.max(-1e30, Math.min(1e30, y)))
      : x;
    const gradient = noise([x.length], 8, 2).data;
    const expected = new Float32Array(x.length);
    jsBackend.slope({ kind, from, gradient, out: expected });
    expect(expected.every((value) => !Number.isNaN(value))).toBe(true);
    everywhere((engine, place, name) => {
      const own = place(gradient);
      engine.slope({ kind, from: place(from), gradient: own, out: own });
      expectClose(own, expected, { relative: 2e-6, absolute: 3e-6, name });
    });
  });
});

describe('sums', () => {
  test('of columns agree with float64, however many rows', () => {
    forAll([sizes, fc.constantFrom(0, 1000)], ({ rows, columns, seed }, offset) => {
      const x = noise([rows * columns], seed).data.map((value) => value + offset);
      const expected = new Float32Array(columns);
      jsBackend.sumColumns({ x, out: expected, rows, columns });
      everywhere((engine, place, name) => {
        const out = place(new Float32Array(columns).fill(7));
        engine.sumColumns({ x: place(x), out, rows, columns });
        expectClose(out, expected, { relative: 1e-6, absolute: 1e-6 * rows, name });
      });
    });
  });

  test('of squares agree with float64, over many chunks', () => {
    for (const length of [0, 1, 15, 16, 17, 16384, 16385, 100_000]) {
      const x = noise([length], 9).data;
      everywhere((engine, place) => {
        const expected = jsBackend.sumOfSquares(x);
        expect(Math.abs(engine.sumOfSquares(place(x)) - expected)).toBeLessThanOrEqual(2e-6 * expected);
      });
    }
  });
});

describe('layerNormGradient', () => {
  test('agrees with the reference with and without residual and scale', () => {
    forAll(
      [sizes, fc.boolean(), fc.boolean()],
      ({ rows, columns: width, seed }, withResidual, withScale) => {
        const draw = (shape: number, from: number) => noise([shape], seed + from).data;
        const x = draw(rows * width, 0);
        const residual = withResidual ? draw(rows * width, 1) : undefined;
        const scale = withScale ? draw(width, 2) : undefined;
        const gradient = draw(rows * width, 3);
        const [mean, inverseDeviation] = [new Float32Array(rows), new Float32Array(rows)];
        const forward = { shift: undefined, out: new Float32Array(rows * width), epsilon: 1e-5 };
        jsBackend.layerNorm({ x, residual, scale, rows, width, mean, inverseDeviation, ...forward });
        const call = (place: (array: Float32Array) => Float32Array) => ({
          gradient: place(gradient),
          x: place(x),
          residual: residual && place(residual),
          scale: scale && place(scale),
          mean: place(mean),
          inverseDeviation: place(inverseDeviation),
          out: place(new Float32Array(rows * width)),
          scaleGradient: place(new Float32Array(width).fill(3)),
          shiftGradient: place(new Float32Array(width).fill(3)),
          ...{ rows, width },
        });
        const expected = call((array) => array);
        jsBackend.layerNormGradient(expected);
        everywhere((engine, place, name) => {
          const own = call(place);
          engine.layerNormGradient(own);
          // A row of nearly equal numbers is divided by nearly nothing: errors grow by as much.
          const steep = Math.max(1, ...inverseDeviation);
          expectClose(own.out, expected.out, { relative: 1e-5, absolute: 4e-6 * steep * steep, name });
          expectClose(own.scaleGradient, expected.scaleGradient, {
            relative: 1e-5,
            absolute: 1e-5 * steep,
            name,
          });
          expectClose(own.shiftGradient, expected.shiftGradient, {
            relative: 1e-5,
            absolute: 1e-6 * (rows + 1),
            name,
          });
        });
      },
      { runs: 40 },
    );
  });
});

describe('softmaxGradient', () => {
  test('agrees with the reference; fully masked rows give zeros', () => {
    forAll(
      [sizes, fc.boolean(), fc.constantFrom(0, 0.4)],
      ({ rows, columns, seed }, log, masked) => {
        const x = noise([rows * columns], seed, 3).data.map((value, i) =>
          (i < columns && masked > 0) || Math.abs((value * 1000) % 1) < masked ? -Infinity : value,
        );
        const y = new Float32Array(x.length);
        jsBackend.softmax({ x, out: y, rows, columns, log });
        const gradient = noise([x.length], seed + 1).data;
        const expected = new Float32Array(x.length);
        jsBackend.softmaxGradient({ gradient, y, out: expected, rows, columns, log });
        everywhere((engine, place, name) => {
          const own = place(gradient);
          engine.softmaxGradient({ gradient: own, y: place(y), out: own, rows, columns, log });
          expectClose(own, expected, { relative: 1e-5, absolute: 1e-6 * (log ? columns : 1), name });
        });
      },
      { runs: 40 },
    );
  });
});

describe('adamW', () => {
  test('agrees with the reference over several steps, for arrays of any length', () => {
    forAll(
      [
        fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 70_000 })),
        fc.integer({ min: 1, max: 1000 }),
      ],
      (length, seed) => {
        const rates = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, shrink: 0.999, gradientScale: 0.5 };
        const draw = (): Record<'weight' | 'first' | 'second', Float32Array> => ({
          weight: noise([length], seed).data,
          first: new Float32Array(length),
          second: new Float32Array(length),
        });
        const steps = [1, 2, 3];
        const run = (backend: Pick<WasmBackend, 'adamW'>, place: (x: Float32Array) => Float32Array) => {
          const start = draw();
          const state = {
            weight: place(start.weight),
            first: place(start.first),
            second: place(start.second),
          };
          for (const step of steps)
            backend.adamW({
              ...state,
              ...rates,
              gradient: place(noise([length], seed + step).data),
              rate: 0.01 / (1 - 0.9 ** step),
              secondScale: 1 / Math.sqrt(1 - 0.99 ** step),
            });
          return state;
        };
        const expected = run(jsBackend, (x) => x);
        everywhere((engine, place, name) => {
          const own = run(engine, place);
          expectClose(own.weight, expected.weight, { relative: 2e-6, absolute: 5e-7, name });
          expectClose(own.first, expected.first, { relative: 2e-6, absolute: 1e-7, name });
          expectClose(own.second, expected.second, { relative: 2e-6, absolute: 1e-7, name });
        });
      },
      { runs: 12 },
    );
  });
});

describe('dropout', () => {
  test('has the bits of the reference for any key, place and rate, in place too', () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    forAll(
      [fc.integer({ min: 0, max: 9000 }), word, word, fc.nat(2 ** 32), fc.constantFrom(0, 0.1, 0.5, 0.999)],
      (length, low, high, position, rate) => {
        const x = noise([length], length + 1).data;
        const expected = new Float32Array(length);
        const call = { key: [low, high] as const, position, rate };
        jsBackend.dropout({ ...call, x, out: expected });
        everywhere((engine, place, name) => {
          const own = place(x);
          engine.dropout({ ...call, x: own, out: own });
          expectSameBits(own, expected, name);
        });
        const factors = new Float32Array(length);
        jsBackend.dropout({ ...call, x: undefined, out: factors });
        everywhere((engine, place, name) => {
          const own = place(x);
          engine.dropout({ ...call, x: undefined, out: own });
          expectSameBits(own, factors, name);
        });
      },
      { runs: 30 },
    );
  });
});

describe('threads', () => {
  test('change no bit of any of these kernels', async () => {
    using one = wasmBackendSync({ relaxedSimd: 'off' });
    using two = await wasmBackend({ threads: 2, relaxedSimd: 'off' });
    const [rows, width] = [1000, 517];
    const [x, gradient] = [noise([rows * width], 1).data, noise([rows * width], 2).data];
    const statistics = { mean: new Float32Array(rows), inverseDeviation: new Float32Array(rows).fill(1) };
    const run = (engine: WasmBackend, place: (array: Float32Array) => Float32Array): Float32Array[] => {
      const room = (length: number): Float32Array => place(new Float32Array(length));
      const norm = { out: room(rows * width), scaleGradient: room(width), shiftGradient: room(width) };
      const operands = { gradient: place(gradient), x: place(x), residual: undefined, scale: undefined };
      engine.layerNormGradient({ ...operands, ...statistics, ...norm, rows, width });
      const sums = room(width);
      engine.sumColumns({ x: place(x), out: sums, rows, columns: width });
      return [
        norm.out,
        norm.scaleGradient,
        norm.shiftGradient,
        sums,
        Float32Array.of(engine.sumOfSquares(place(x))),
      ];
    };
    for (const inside of [false, true]) {
      const results = [one, two].map((engine) =>
        run(engine, inside ? (array) => resident(engine, array) : (array) => array.slice()),
      ) as [Float32Array[], Float32Array[]];
      results[0].forEach((expected, i) => expectSameBits(results[1][i] as Float32Array, expected));
    }
  });
});
