// Whether wide tiles pay here: computes one product by both tiles, compares the bits, takes the time. Run when an engine starts, only
// where V8's joining of vectors may be on.

import { moduleBuilder } from './assembler/moduleBuilder.ts';
import { defineTile, tileColumns, tileRows, wideColumns } from './kernels/tile.ts';
import { floatArithmetic } from './kernels/tileArithmetic.ts';

/** What came out of a trial. */
export interface WideTrial {
  /** Whether both tiles gave the same bits. */
  readonly agrees: boolean;
  /** Speed of the wide tile as a multiple of the other one's. */
  readonly gain: number;
}

const depth = 256; // 4 kB left and 16 kB right: both in first-level cache
const left = 0;
const right = 4 * tileRows * depth;
const outs = { narrow: right + 4 * depth * wideColumns, wide: right + 4 * (depth + tileRows) * wideColumns };
const callsATurn = 20; // about 40 µs at 20 GFLOP/s: the clock's grain is 5 µs
const mostMilliseconds = 60;
const settledMilliseconds = 8; // V8 replaces its first quick code of a function by the optimized one after some milliseconds of use

/** Two functions over one small memory, each computing the same 4 × 16 sums a number of times. */
const instance = (
  relaxed: boolean,
): { runs: Record<'narrow' | 'wide', () => void>; floats: Float32Array } => {
  const module = moduleBuilder({ shared: false, initial: 1, maximum: 1 });
  const arithmetic = floatArithmetic({ relaxed, wide: true });
  for (const [name, columns] of [
    ['narrow', tileColumns],
    ['wide', wideColumns],
  ] as const) {
    const tile = defineTile(module, arithmetic, { columns });
    module.define(name, { parameters: {}, exported: true }, (f) =>
      f.for(0, callsATurn, 1, () => {
        for (let first = 0; first < 4 * wideColumns; first += 4 * columns)
          f.call(tile, {
            ...{ left, leftTile: 0, right: right + first, rightStep: 4 * wideColumns, depth },
            ...{ out: outs[name] + first, outRow: 4 * wideColumns, accumulate: 0, tiles: 1 },
          });
      }),
    );
  }
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), { env: { memory } });
  return {
    runs: exports as Record<'narrow' | 'wide', () => void>, // defined above
    floats: new Float32Array(memory.buffer),
  };
};

/** Tries both tiles in turns, until neither has become much faster for 8 ms, and compares the least times. */
export const tryWide = (relaxed: boolean): WideTrial => {
  const { runs, floats } = instance(relaxed);
  for (let i = 0; i < outs.narrow / 4; i++) floats[i] = Math.sin(i); // of both signs, with all bits in use
  const least = { narrow: Infinity, wide: Infinity };
  const end = performance.now() + mostMilliseconds;
  let faster = performance.now(); // when one of them last became so
  for (let now = faster; now < end && now < faster + settledMilliseconds; now = performance.now())
    for (const name of ['narrow', 'wide'] as const) {
      const start = performance.now();
      runs[name]();
      const time = performance.now() - start;
      if (time < 0.8 * least[name]) faster = start;
      least[name] = Math.min(least[name], time);
    }
  const bits = new Int32Array(floats.buffer);
  const sums = Array.from({ length: tileRows * wideColumns }, (_, i) => i);
  return {
    agrees: sums.every((i) => bits[outs.narrow / 4 + i] === bits[outs.wide / 4 + i]),
    gain: least.narrow / least.wide,
  };
};
