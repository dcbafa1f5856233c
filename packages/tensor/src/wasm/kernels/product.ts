// The matrix product over a packed right operand, block by block so that what is reused stays in cache:
//   for each block of 512 k:  pack 128 rows of the left operand (second-level cache)
//     for each panel of 8 columns (first-level cache):  for each tile of 4 rows:  tile
//     after the last block of k: bias and activation on the strip just written.

import { i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { defineCopyEdge } from './copyEdge.ts';
import { defineFinish } from './finish.ts';
import type { PackLeft } from './packLeft.ts';
import { edgeOffset, locateProduct, productKernel } from './productRecord.ts';
import { productRow } from './productRow.ts';
import { productRows } from './productRows.ts';
import { defineKernel } from './record.ts';
import { defineRowTile, rowTilePanels } from './rowTile.ts';
import type { Target } from './target.ts';
import type { Tile } from './tile.ts';

/** Kernel 'product'. 2 · rows · columns · depth FLOP. */
export const defineProduct = (
  module: ModuleBuilder,
  target: Target,
  shared: { readonly tile: Tile; readonly packLeft: PackLeft; readonly packLeftTransposed: PackLeft },
): void => {
  const parts = {
    ...shared,
    wideRow: defineRowTile(module, target, rowTilePanels),
    narrowRow: defineRowTile(module, target, 1),
    copyEdge: defineCopyEdge(module),
    finish: defineFinish(module, target),
  };
  defineKernel(module, productKernel, (f, fields, { chunk, scratch }) => {
    const place = locateProduct(f, fields, chunk);
    const edge = f.let(i32.add(scratch, edgeOffset));
    // One row of a transposed operand [depth, 1] is contiguous too, unless its rows are longer than one number.
    const contiguous = i32.or(i32.isZero(fields.leftTransposed), i32.equal(fields.leftRow, 4));
    f.if(
      i32.and(i32.equal(place.rows, 1), contiguous),
      () => productRow(f, parts, { place, fields, edge }),
      () => productRows(f, parts, { place, fields, scratch, edge }),
    );
  });
};
