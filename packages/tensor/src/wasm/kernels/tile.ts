// The innermost loop of every matrix product: a tile of 4 × 8 sums kept in registers while k runs. One k-step a turn, never
// unrolled, because V8's scheduler would hoist the loads of an unrolled step and spill the sums (half the speed, measured).
// Where V8 joins pairs of vectors the tile is 4 × 16: all loads of a row stand side by side before their first use, and no store among
// them, as the joining wants it (78 instead of 43 GFLOP/s, Node 24 on a Zen 4; without the joining 27).

import type { Callable } from '../assembler/functionBuilder.ts';
import { i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Target } from './target.ts';
import type { Arithmetic } from './tileArithmetic.ts';

/** Rows of a tile: a packed left operand holds, for each k, this many numbers side by side. */
export const tileRows = 4;
/** Columns of a tile: a packed right operand holds, for each k, this many numbers side by side. */
export const tileColumns = 8;
/** Columns of a wide tile. */
export const wideColumns = 16;

/** Columns of a panel of a product's right operand. */
export const panelColumns = ({ wide }: Pick<Target, 'wide'>): number => (wide ? wideColumns : tileColumns);

const parameters = {
  left: 'i32',
  leftTile: 'i32',
  right: 'i32',
  rightStep: 'i32',
  depth: 'i32',
  out: 'i32',
  outRow: 'i32',
  accumulate: 'i32',
  tiles: 'i32',
} as const;

/** The function that computes tiles. */
export type Tile = Callable<typeof parameters, undefined>;

/**
 * out[i][j] (+)= Σ_k left[k][i] · right[k][j] for a column of tiles of 4 × `columns` sums, one below the other. `left` is
 * [depth][4] for each tile, `leftTile` bytes apart; `right` is [depth][columns], `rightStep` bytes from k to k + 1; rows of `out` lie
 * `outRow` bytes apart. Adds to what is there if `accumulate` is not zero. depth and tiles ≥ 1. With 8 columns 64 FLOP and 48 bytes a
 * k-step. `rows`, a divisor of 4: how many rows of a tile are computed at a time.
 */
export const defineTile = (
  module: ModuleBuilder,
  arithmetic: Arithmetic,
  { columns = tileColumns, rows = tileRows }: { readonly columns?: number; readonly rows?: number } = {},
): Tile =>
  module.define('tile', { parameters }, (f, it) => {
    const { left, leftTile, right, rightStep, depth, out, outRow, accumulate, tiles } = it;
    const vectors = Array.from({ length: columns / 4 }, () => f.local('v128'));
    const grid = Array.from({ length: rows }, () => vectors.map(() => f.local('v128')));
    const row = f.local('v128');
    const from = f.local('i32');
    const across = f.local('i32');
    const steps = f.local('i32');
    const write = (adding: boolean): void =>
      grid.forEach((sums) => {
        if (adding) {
          vectors.forEach((vector, j) => f.set(vector, v128.load(out, 16 * j)));
          vectors.forEach((vector, j) => f.set(vector, arithmetic.add(vector, sums[j] as typeof row))); // as many sums as vectors
        }
        (adding ? vectors : sums).forEach((value, j) => f.store(out, value, 16 * j));
        f.set(out, i32.add(out, outRow));
      });
    const someRows = (first: number): void => {
      f.set(from, left);
      f.set(across, right);
      f.set(steps, depth);
      for (const sum of grid.flat()) f.set(sum, 0);
      f.loop((next) => {
        vectors.forEach((vector, j) => f.set(vector, arithmetic.load(across, arithmetic.vectorBytes * j)));
        grid.forEach((sums, i) => {
          f.set(row, v128.loadSplat(from, 4 * (first + i)));
          sums.forEach((sum, j) => f.set(sum, arithmetic.multiplyAdd(row, vectors[j] as typeof row, sum))); // as many vectors as sums
        });
        f.set(from, i32.add(from, 4 * tileRows));
        f.set(across, i32.add(across, rightStep));
        f.set(steps, i32.sub(steps, 1));
        f.branchIf(next, steps);
      });
      f.if(
        accumulate,
        () => write(true),
        () => write(false),
      );
    };
    f.loop((below) => {
      for (let first = 0; first < tileRows; first += rows) someRows(first);
      f.set(left, i32.add(left, leftTile));
      f.set(tiles, i32.sub(tiles, 1));
      f.branchIf(below, tiles);
    });
  });
