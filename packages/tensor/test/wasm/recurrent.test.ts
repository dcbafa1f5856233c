// The kernels of recurrent cells on every engine against plain TypeScript. (That the reference is
// right, forward and backward, test/nn/recurrent shows.)
import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import type { RecurrentKernels } from '../../src/backend/recurrentKernels.ts';
import { wasmBackend, wasmBackendSync } from '../../src/wasm/wasmBackend.ts';
import { everywhereOn, expectSameBits, type NamedEngine, startEngines } from './engines.ts';

let engines: readonly NamedEngine[];
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => {
  for (const { engine } of engines) engine[Symbol.dispose]();
});

type Kernel = keyof RecurrentKernels;

/** The arrays of each kernel: how many blocks of [rows, width] each has. */
const arrays: Readonly<Record<Kernel, Readonly<Record<string, number>>>> = {
  lstmGates: { gates: 4, recurrent: 4, cell: 1, nextCell: 1, squashed: 1, nextHidden: 1 },
  lstmGatesGradient: {
    ...{ gates: 4, cell: 1, squashed: 1 },
    ...{ nextHiddenGradient: 1, nextCellGradient: 1, cellGradient: 1 },
  },
  gruGates: { gates: 3, recurrent: 3, hidden: 1, kept: 1, nextHidden: 1 },
  gruGatesGradient: {
    ...{ gates: 3, recurrent: 3, hidden: 1, kept: 1 },
    ...{ nextHiddenGradient: 1, hiddenGradient: 1 },
  },
};
const kernels = Object.keys(arrays) as Kernel[];

type Call = { readonly rows: number; readonly width: number } & Record<string, Float32Array | number>;

/** Sums may be large, values of gates are not. */
const reach = (kernel: Kernel): number => (kernel.endsWith('Gradient') ? 1 : 3);

const callOf = (
  kernel: Kernel,
  { rows, width, seed }: { readonly rows: number; readonly width: number; readonly seed: number },
  place: (x: Float32Array) => Float32Array,
): Call => ({
  rows,
  width,
  ...Object.fromEntries(
    Object.entries(arrays[kernel]).map(([name, blocks], index) => [
      name,
      place(noise([rows * width * blocks], seed + index).data.map((x) => reach(kernel) * x)),
    ]),
  ),
});

const run = (backend: Backend, kernel: Kernel, call: Call): void =>
  (backend[kernel] as unknown as (call: Call) => void)(call);

describe.each(kernels)('%s', (kernel) => {
  test('agrees with the reference for all sizes, wherever operands lie, and changes nothing else', () => {
    const sizes = fc.record({
      rows: fc.oneof(fc.constantFrom(0, 1, 2), fc.integer({ min: 1, max: 70 })),
      width: fc.oneof(fc.constantFrom(0, 1, 3, 4, 5, 16, 17), fc.integer({ min: 1, max: 130 })),
      seed: fc.integer({ min: 1, max: 1e6 }),
    });
    forAll(
      [sizes],
      (size) => {
        const expected = callOf(kernel, size, (x) => x);
        run(jsBackend, kernel, expected);
        everywhereOn(engines, (engine, place, name) => {
          const own = callOf(kernel, size, place);
          run(engine, kernel, own);
          for (const array of Object.keys(arrays[kernel]))
            expectClose(own[array] as Float32Array, expected[array] as Float32Array, {
              ...{ relative: 2e-5, absolute: 2e-6, name: `${array}, ${name}` },
            });
        });
      },
      { runs: 25 },
    );
  });

  test('has the same bits with one thread and with two', async () => {
    using one = wasmBackendSync({ relaxedSimd: 'off' });
    using two = await wasmBackend({ threads: 2, relaxedSimd: 'off' });
    const size = { rows: 300, width: 129, seed: 3 };
    const [left, right] = [callOf(kernel, size, (x) => x), callOf(kernel, size, (x) => x)];
    run(one, kernel, left);
    run(two, kernel, right);
    for (const array of Object.keys(arrays[kernel]))
      expectSameBits(left[array] as Float32Array, right[array] as Float32Array, array);
  });
});
