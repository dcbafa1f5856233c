// The innermost loop for one or two rows: several vectors of columns at once, so that there are enough independent sums to keep the
// multipliers busy. Each sum adds in the same order as a tile does: one row or many, the same bits.

import type { Callable } from '../assembler/functionBuilder.ts';
import { i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Arithmetic } from './tileArithmetic.ts';

const parameters = {
  left: 'i32',
  leftRow: 'i32',
  right: 'i32',
  rightStep: 'i32',
  panel: 'i32',
  depth: 'i32',
  out: 'i32',
  outRow: 'i32',
  accumulate: 'i32',
} as const;

/** The row tile as a function of the module. */
export type RowTile = Callable<typeof parameters, undefined>;

/** Rows of a row tile, and how many panels of the right operand, of `across` columns each, it takes at once. */
export interface RowTileSize {
  readonly rows: number;
  readonly panels: number;
}

/**
 * out[i][j] (+)= Σ_k left[i][k] · right[k][j] for `rows` rows and the columns of `panels` panels. Rows of `left` are contiguous,
 * `leftRow` bytes apart; panels of `right` lie `panel` bytes apart, and `rightStep` bytes from k to k + 1. depth ≥ 1.
 */
const defineRowTile = (
  module: ModuleBuilder,
  arithmetic: Arithmetic,
  { rows, panels, across }: RowTileSize & { readonly across: number },
): RowTile =>
  module.define('rowTile', { parameters }, (f, it) => {
    const { left, leftRow, right, rightStep, panel, depth, out, outRow, accumulate } = it;
    const perPanel = across / 4;
    const lefts = Array.from({ length: rows }, (_, i) =>
      f.let(i === 0 ? left : i32.add(left, i32.mul(leftRow, i))),
    );
    const pointers = Array.from({ length: panels }, (_, p) =>
      f.let(p === 0 ? right : i32.add(right, i32.mul(panel, p))),
    );
    const vectors = pointers.flatMap((pointer) =>
      Array.from({ length: perPanel }, (_, j) => ({
        pointer,
        offset: arithmetic.vectorBytes * j,
        value: f.local('v128'),
      })),
    );
    const grid = lefts.map(() => vectors.map(() => f.local('v128')));
    const row = f.local('v128');
    f.loop((next) => {
      // For one row each vector is used once, and needs no variable.
      if (rows > 1)
        for (const { pointer, offset, value } of vectors) f.set(value, arithmetic.load(pointer, offset));
      grid.forEach((sums, i) => {
        f.set(row, v128.loadSplat(lefts[i] as typeof left)); // one pointer a row
        sums.forEach((sum, j) => {
          const { pointer, offset, value } = vectors[j] as (typeof vectors)[number]; // one sum a vector
          f.set(sum, arithmetic.multiplyAdd(row, rows > 1 ? value : arithmetic.load(pointer, offset), sum));
        });
      });
      for (const pointer of lefts) f.set(pointer, i32.add(pointer, 4));
      for (const pointer of pointers) f.set(pointer, i32.add(pointer, rightStep));
      f.set(depth, i32.sub(depth, 1));
      f.branchIf(next, depth);
    });
    const write = (adding: boolean): void =>
      grid.forEach((sums, i) => {
        if (i > 0) f.set(out, i32.add(out, outRow));
        if (adding) {
          vectors.forEach(({ value }, j) => f.set(value, v128.load(out, 16 * j)));
          sums.forEach((sum, j) =>
            f.set(sum, arithmetic.add((vectors[j] as (typeof vectors)[number]).value, sum)),
          ); // one vector a sum
        }
        sums.forEach((sum, j) => f.store(out, sum, 16 * j));
      });
    f.if(
      accumulate,
      () => write(true),
      () => write(false),
    );
  });

/** A row tile and its size. */
export interface SizedRowTile extends RowTileSize {
  readonly tile: RowTile;
}

/** Row tiles for so many rows: one that takes several panels at once, and one for what is left. */
export interface RowTiles {
  readonly wide: SizedRowTile;
  readonly narrow: SizedRowTile;
}

/** Defines both; the wide one takes `panels` panels. */
export const defineRowTiles = (
  module: ModuleBuilder,
  arithmetic: Arithmetic,
  { rows, panels, across }: RowTileSize & { readonly across: number },
): RowTiles => {
  const sized = (count: number): SizedRowTile => ({
    rows,
    panels: count,
    tile: defineRowTile(module, arithmetic, { rows, panels: count, across }),
  });
  return { wide: sized(panels), narrow: sized(1) };
};
