// The yardstick: throw-away kernels in ../shared/yardstick, that show what WebAssembly reaches on this machine in this minute.
// This file opens its folder and lays arrays into its memory; the three computations are beside it.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Simd } from '../result.ts';

/** The yardstick's modules of one flavour of SIMD. */
export interface Yardstick {
  readonly gemm: WebAssembly.Module;
  readonly encoder: WebAssembly.Module;
}

/** Functions of its modules, by the names that its sources give them. */
export interface YardstickExports extends WebAssembly.Exports {
  readonly nr: () => number;
  readonly packB: (...call: number[]) => void;
  readonly packBT: (...call: number[]) => void;
  readonly gemm: (...call: number[]) => void;
  readonly attn: (...call: number[]) => void;
  readonly forward: (...call: number[]) => void;
  readonly __stack_pointer: WebAssembly.Global<'i32'>;
}

/** Its memory with a bump allocator. */
export interface YardstickMemory {
  readonly memory: WebAssembly.Memory;
  readonly floats: Float32Array;
  readonly integers: Int32Array;
  /** Room for this many 4-byte numbers: its byte address. */
  room(count: number): number;
  /** Room filled with these. */
  put(values: ArrayLike<number>): number;
  /** A copy of `count` floats. */
  take(address: number, count: number): Float32Array;
}

/** Opens the folder; without it an error that says so. */
export const openYardstick = (folder: string, simd: Simd): Yardstick => {
  const file = (what: string) => path.join(folder, `${what}-${simd}.wasm`);
  if (!existsSync(file('gemm'))) throw new Error('its folder is not there; give it by --yardstick DIR');
  const open = (what: string) => new WebAssembly.Module(readFileSync(file(what)));
  return { gemm: open('gemm'), encoder: open('enc') };
};

/** Fewest pages that the modules were linked for. */
const leastPages = 2048;

/** Memory for `floats` 4-byte numbers beyond the modules' own first MiB. */
export const yardstickMemory = (floats: number): YardstickMemory => {
  const own = 2 ** 20; // constants and stacks of the C code
  const pages = Math.max(leastPages, Math.ceil((own + 4 * floats) / 2 ** 16) + 16); // 16: alignment of the arrays
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 32768, shared: true }); // 2 GiB: the smaller of the two modules' limits
  const view = new Float32Array(memory.buffer);
  let next = own;
  const room = (count: number): number => {
    const address = next;
    next = (next + 4 * count + 63) & ~63; // cache lines
    if (next > memory.buffer.byteLength)
      throw new RangeError(`yardstick: its memory of ${memory.buffer.byteLength} bytes is full.`);
    return address;
  };
  return {
    ...{ memory, floats: view, integers: new Int32Array(memory.buffer), room },
    put: (values) => {
      const address = room(values.length);
      view.set(values, address / 4);
      return address;
    },
    take: (address, count) => view.slice(address / 4, address / 4 + count),
  };
};

/** Starts a module over a memory. */
export const yardstickExports = (module: WebAssembly.Module, { memory }: YardstickMemory): YardstickExports =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as YardstickExports;
