// The compiled kernels of one tile size, and a bounded cache of them.

import type { GPU } from 'gpu.js';
import {
  maximaSource,
  scoresSource,
  type TileSizes,
  valuesSource,
  weightsSource,
} from './codegen/forward.ts';
import { compile, type TileKernel } from './compat.ts';

/** Kernels for `pairs` (batch, key head) pairs at once. */
export interface TileKernels extends Disposable {
  readonly scores: TileKernel;
  readonly maskedScores: TileKernel;
  readonly maxima: TileKernel;
  readonly weights: TileKernel;
  readonly values: TileKernel;
}

const compileAll = (gpu: GPU, sizes: TileSizes, pairs: number): TileKernels => {
  const { rows, keys, columns } = sizes;
  const kernels = {
    scores: compile(gpu, scoresSource(sizes, false), [rows, keys / 4, pairs]),
    maskedScores: compile(gpu, scoresSource(sizes, true), [rows, keys / 4, pairs]),
    maxima: compile(gpu, maximaSource(sizes), [rows, pairs]),
    weights: compile(gpu, weightsSource(), [rows, keys / 4, pairs]),
    values: compile(gpu, valuesSource(sizes), [rows, columns / 4, pairs]),
  };
  return {
    ...kernels,
    [Symbol.dispose]() {
      for (const kernel of Object.values(kernels)) kernel[Symbol.dispose]();
    },
  };
};

/** Tile sizes kept compiled; each costs five WebAssembly modules. */
const most = 8;

/** Compiles on demand and keeps the `most` last used. */
export class TileKernelCache implements Disposable {
  readonly #gpu: GPU;
  readonly #kept = new Map<string, TileKernels>();

  constructor(gpu: GPU) {
    this.#gpu = gpu;
  }

  get(sizes: TileSizes, pairs: number): TileKernels {
    const key = [sizes.rows, sizes.keys, sizes.depth, sizes.columns, pairs].join(' ');
    const kernels = this.#kept.get(key) ?? compileAll(this.#gpu, sizes, pairs);
    this.#kept.delete(key);
    this.#kept.set(key, kernels);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > most && oldest !== undefined) {
      this.#kept.get(oldest)?.[Symbol.dispose]();
      this.#kept.delete(oldest);
    }
    return kernels;
  }

  [Symbol.dispose](): void {
    for (const kernels of this.#kept.values()) kernels[Symbol.dispose]();
    this.#kept.clear();
  }
}
