// The innermost loop for a single row: 8 columns of each of several packed panels at once, so that there are enough independent
// sums to keep the multipliers busy. Each sum adds in the same order as a tile does: one row or many, the same bits.

import type { Callable } from '../assembler/functionBuilder.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { multiplyAdd, type Target } from './target.ts';
import { tileColumns } from './tile.ts';

const parameters = {
  left: 'i32',
  right: 'i32',
  panel: 'i32',
  depth: 'i32',
  out: 'i32',
  accumulate: 'i32',
} as const;

/** The row tile as a function of the module. */
export type RowTile = Callable<typeof parameters, undefined>;

/** Panels that the wide row tile takes: 4 × 8 columns are 8 sums of vectors. */
export const rowTilePanels = 4;

/**
 * out[j] (+)= Σ_k left[k] · right[k][j] for 8 · `panels` columns. `left` is [depth], contiguous; panels of `right`, each
 * [depth][8], lie `panel` bytes apart. depth ≥ 1.
 */
export const defineRowTile = (module: ModuleBuilder, target: Target, panels: number): RowTile =>
  module.define('rowTile', { parameters }, (f, { left, right, panel, depth, out, accumulate }) => {
    const pointers = Array.from({ length: panels }, (_, p) =>
      f.let(p === 0 ? right : i32.add(right, i32.mul(panel, p))),
    );
    const sums = Array.from({ length: 2 * panels }, () => f.local('v128'));
    const row = f.local('v128');
    f.loop((next) => {
      f.set(row, v128.loadSplat(left));
      sums.forEach((sum, j) => {
        const pointer = pointers[j >> 1] as typeof right; // two vectors a panel
        f.set(sum, multiplyAdd(target, row, v128.load(pointer, 16 * (j & 1)), sum));
      });
      f.set(left, i32.add(left, 4));
      for (const pointer of pointers) f.set(pointer, i32.add(pointer, 4 * tileColumns));
      f.set(depth, i32.sub(depth, 1));
      f.branchIf(next, depth);
    });
    const write = (adding: boolean): void =>
      sums.forEach((sum, j) => f.store(out, adding ? f32x4.add(v128.load(out, 16 * j), sum) : sum, 16 * j));
    f.if(
      accumulate,
      () => write(true),
      () => write(false),
    );
  });
