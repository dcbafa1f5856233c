// Layers that only read and write: layer norm, softmax, GELU and the step of AdamW on 10⁷ numbers that lie in the engine, as they do inside
// `inference` and `trainingStep`, against a plain copy of the same bytes.

import { type Backend, currentBackend, jsBackend } from '@heed/tensor';
import type { BenchmarkCase, Contender } from '../contender.ts';
import type { Engines } from '../engines.ts';
import { noise } from '../noise.ts';

/** Name of the rows of the copy. */
export const copyName = 'copy';

/** One layer: how many arrays it reads and writes, and what it does with an input, a second array and two averages. */
interface Layer {
  readonly name: string;
  /** Arrays that one run reads, and writes: halves of a copy. */
  readonly streams: number;
  run(backend: Backend, arrays: Arrays): void;
  result(arrays: Arrays): Float32Array;
}

/** Four arrays of the size of the case. */
interface Arrays {
  readonly x: Float32Array;
  readonly out: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

const width = 1000;
const ones = new Float32Array(width).fill(1);
const zeros = new Float32Array(width);

const layers: readonly Layer[] = [
  {
    name: 'layer norm',
    streams: 2,
    run: (backend, { x, out }) =>
      backend.layerNorm({
        ...{ x, out, rows: x.length / width, width, epsilon: 1e-5, scale: ones, shift: zeros },
        ...{ residual: undefined, mean: undefined, inverseDeviation: undefined },
      }),
    result: ({ out }) => out,
  },
  {
    name: 'softmax',
    streams: 2,
    run: (backend, { x, out }) =>
      backend.softmax({ x, out, rows: x.length / width, columns: width, log: false }),
    result: ({ out }) => out,
  },
  {
    name: 'GELU',
    streams: 2,
    run: (backend, { x, out }) => backend.unary('gelu', x, out),
    result: ({ out }) => out,
  },
  {
    name: 'AdamW',
    streams: 7,
    run: (backend, { x, out, first, second }) =>
      backend.adamW({
        ...{ weight: out, gradient: x, first, second, gradientScale: 1, beta1: 0.9, beta2: 0.999 },
        ...{ epsilon: 1e-8, rate: 1e-3, secondScale: 1, shrink: 0.999 },
      }),
    result: ({ out }) => out,
  },
];

/** What the cases are called, for so many numbers. */
export const layerNames: readonly string[] = layers.map(({ name }) => `${name}, 10⁷ numbers`);

const arraysOf = (numbers: Float32Array, room: (length: number) => Float32Array): Arrays => {
  const one = (filled: boolean): Float32Array => {
    const array = room(numbers.length);
    if (filled) array.set(numbers);
    else array.fill(0);
    return array;
  };
  return { x: one(true), out: one(false), first: one(false), second: one(false) };
};

/** Repeats a layer; the result is that of the second run, the one before the clock runs. */
const contender = (name: string, numbers: Float32Array, run: () => Float32Array): Contender => {
  let runs = 0;
  let result: Float32Array = new Float32Array();
  return {
    name,
    run: () => {
      const out = run();
      if (++runs === 2) result = out.slice(0, Math.min(numbers.length, 1e5));
    },
    output: () => result,
  };
};

/** One case a layer, of `count` numbers (a multiple of 1000). */
export const layerCases = ({ own, absences }: Engines, count = 1e7): BenchmarkCase[] =>
  layers.map(({ streams, run, result }, index) => ({
    name: layerNames[index] as string, // one a layer
    tolerance: 1e-5,
    absences,
    prepare: async () => {
      const numbers = noise(count, index + 1);
      const contenders: Contender[] = [];
      const releases: (() => void)[] = [];
      for (const engine of own) {
        const { memory } = engine.use(currentBackend);
        const mark = memory?.mark() ?? 0;
        const arrays = arraysOf(numbers, (length) => memory?.floats(length) ?? new Float32Array(length));
        releases.push(() => memory?.release(mark));
        const compute = (): Float32Array => {
          engine.use(() => run(currentBackend(), arrays));
          return result(arrays);
        };
        contenders.push({
          ...contender(engine.name, numbers, compute),
          dispose: () => releases.pop()?.(),
        });
      }
      const plain = arraysOf(numbers, (length) => new Float32Array(length));
      contenders.push(
        contender('plain TypeScript', numbers, () => {
          run(jsBackend, plain);
          return result(plain);
        }),
      );
      const source = new Float32Array((count * streams) / 2).fill(1);
      const target = new Float32Array(source.length);
      // A copy computes nothing that could be compared: it hands back what ours gave.
      const [first] = contenders as [Contender]; // ours
      contenders.push({ name: copyName, run: () => target.set(source), output: () => first.output() });
      return contenders;
    },
  }));
