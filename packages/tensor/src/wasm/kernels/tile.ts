// The innermost loop of every matrix product: a tile of 4 × 8 sums kept in registers while k runs. One k-step a turn, never
// unrolled, because V8's scheduler would hoist the loads of an unrolled step and spill the sums (half the speed, measured).

import type { Callable } from '../assembler/functionBuilder.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { multiplyAdd, type Target } from './target.ts';

/** Rows of a tile: a packed left operand holds, for each k, this many numbers side by side. */
export const tileRows = 4;
/** Columns of a tile: a packed right operand holds, for each k, this many numbers side by side. */
export const tileColumns = 8;

const parameters = {
  left: 'i32',
  right: 'i32',
  depth: 'i32',
  out: 'i32',
  outRow: 'i32',
  accumulate: 'i32',
} as const;

/** The tile as a function of the module. */
export type Tile = Callable<typeof parameters, undefined>;

/**
 * out[i][j] (+)= Σ_k left[k][i] · right[k][j] for 4 × 8 sums. `left` is [depth][4], `right` [depth][8]; rows of `out` lie
 * `outRow` bytes apart; adds to what is there if `accumulate` is not zero. depth ≥ 1. 64 FLOP and 48 bytes a k-step.
 */
export const defineTile = (
  module: ModuleBuilder,
  target: Target,
  rows: number = tileRows,
  vectors: number = tileColumns / 4,
): Tile =>
  module.define(
    'tile',
    { parameters, exported: true },
    (f, { left, right, depth, out, outRow, accumulate }) => {
      const grid = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local('v128')));
      const columns = Array.from({ length: vectors }, () => f.local('v128'));
      const row = f.local('v128');
      f.loop((next) => {
        columns.forEach((column, j) => f.set(column, v128.load(right, 16 * j)));
        grid.forEach((sums, i) => {
          f.set(row, v128.loadSplat(left, 4 * i));
          sums.forEach((sum, j) => f.set(sum, multiplyAdd(target, row, columns[j] as typeof row, sum))); // as many columns as sums
        });
        f.set(left, i32.add(left, 4 * rows));
        f.set(right, i32.add(right, 16 * vectors));
        f.set(depth, i32.sub(depth, 1));
        f.branchIf(next, depth);
      });
      const write = (adding: boolean): void =>
        grid.forEach((sums) => {
          sums.forEach((sum, j) =>
            f.store(out, adding ? f32x4.add(v128.load(out, 16 * j), sum) : sum, 16 * j),
          );
          f.set(out, i32.add(out, outRow));
        });
      f.if(
        accumulate,
        () => write(true),
        () => write(false),
      );
    },
  );
