// The matrix product, block by block so that what is reused stays in cache:
//   for each block of 512 k:  pack 128 rows of the left operand (second-level cache)
//     for each panel of 8 columns (first-level cache):  for each tile of 4 rows:  tile
//     after the last block of k: bias and activation on the strip just written.
// The right operand is best packed beforehand; for few rows that costs more than it gains, and it is read where it lies.

import { i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { defineCopyEdge } from './copyEdge.ts';
import { defineDotTile } from './dotTile.ts';
import { type Finish, finishProduct } from './finish.ts';
import type { PackLeft } from './packLeft.ts';
import type { PackPanel } from './packRight.ts';
import { type FinishedStrip, locateProduct, placesInScratch, productKernel } from './productRecord.ts';
import { productRow } from './productRow.ts';
import { productRows } from './productRows.ts';
import { defineKernel } from './record.ts';
import { defineRowTiles } from './rowTile.ts';
import type { Target } from './target.ts';
import { panelColumns, type Tile } from './tile.ts';
import { floatArithmetic } from './tileArithmetic.ts';

/** Kernel 'product'. 2 · rows · columns · depth FLOP. */
export const defineProduct = (
  module: ModuleBuilder,
  target: Target,
  shared: {
    readonly tile: Tile;
    readonly packPanel: PackPanel;
    readonly packLeft: PackLeft;
    readonly packLeftTransposed: PackLeft;
    readonly finish: Finish;
  },
): void => {
  const across = panelColumns(target);
  const arithmetic = floatArithmetic(target);
  const rowParts = (rows: number, panels: number, columns: number) => ({
    tiles: defineRowTiles(module, arithmetic, { rows, panels, across }),
    dots: { rows, columns, tile: defineDotTile(module, target, { rows, columns }) },
  });
  // Eight sums of vectors where registers hold four floats; wide tiles have registers for sixteen.
  const one = rowParts(1, 32 / across, 8);
  const two = rowParts(2, 2, 4);
  const copyEdge = defineCopyEdge(module, arithmetic);
  defineKernel(module, productKernel, (f, fields, { chunk, scratch }) => {
    const place = locateProduct(f, fields, { chunk, across });
    const finish = (strip: FinishedStrip): void => finishProduct(f, shared.finish, { place, fields, strip });
    const parts = { ...shared, across, copyEdge, finish };
    const given = { place, fields, ...placesInScratch(f, scratch) };
    // One row of a transposed operand [depth, 1] is contiguous too, unless its rows are longer than one number.
    const contiguous = f.let(i32.or(i32.isZero(fields.leftTransposed), i32.equal(fields.leftRow, 4)));
    f.if(
      i32.and(i32.equal(place.rows, 1), contiguous),
      () => productRow(f, { ...parts, ...one }, given),
      () =>
        f.if(
          i32.and(i32.equal(place.rows, 2), i32.isZero(fields.leftTransposed)),
          () => productRow(f, { ...parts, ...two }, given),
          () => productRows(f, parts, given),
        ),
    );
  });
};
