// A chunk of the matrix product that has a single row, as when a model writes one token after the other: the left operand needs no
// packing, and the right one is read once.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local } from '../assembler/value.ts';
import type { CopyEdge } from './copyEdge.ts';
import type { Finish } from './finish.ts';
import { atMost, depthBlock, type ProductFields, type ProductPlace } from './productRecord.ts';
import { type RowTile, rowTilePanels } from './rowTile.ts';
import { tileColumns } from './tile.ts';

/** The functions that it calls. */
export interface ProductRowParts {
  readonly wideRow: RowTile;
  readonly narrowRow: RowTile;
  readonly copyEdge: CopyEdge;
  readonly finish: Finish;
}

/** Computes the chunk. */
export const productRow = (
  f: FunctionBuilder,
  parts: ProductRowParts,
  { place, fields, edge }: { place: ProductPlace; fields: ProductFields; edge: Local<'i32'> },
): void => {
  const { left, right, out, columns } = place;
  f.for(0, fields.depth, depthBlock, (k) => {
    const steps = atMost(f, i32.sub(fields.depth, k), depthBlock);
    const panel = f.let(i32.add(right, i32.mul(k, 4 * tileColumns)));
    const to = f.let(out);
    const rest = f.let(columns);
    const shared = { left, right: panel, panel: fields.rightPanel, depth: steps, accumulate: k };
    const wide = tileColumns * rowTilePanels;
    f.while(i32.atLeast(rest, wide), () => {
      f.call(parts.wideRow, { ...shared, out: to });
      f.set(panel, i32.add(panel, i32.mul(fields.rightPanel, rowTilePanels)));
      f.set(to, i32.add(to, 4 * wide));
      f.set(rest, i32.sub(rest, wide));
    });
    f.while(i32.greater(rest, 0), () => {
      f.if(
        i32.atLeast(rest, tileColumns),
        () => f.call(parts.narrowRow, { ...shared, out: to }),
        () => {
          f.call(parts.narrowRow, { ...shared, out: edge, accumulate: 0 });
          f.call(parts.copyEdge, {
            from: edge,
            fromRow: 0,
            out: to,
            outRow: 0,
            rows: 1,
            columns: rest,
            accumulate: k,
          });
        },
      );
      f.set(panel, i32.add(panel, fields.rightPanel));
      f.set(to, i32.add(to, 4 * tileColumns));
      f.set(rest, i32.sub(rest, tileColumns));
    });
    f.set(left, i32.add(left, i32.mul(steps, 4)));
  });
  finishColumns(f, parts, { place, fields });
};

/** Bias and activation over all columns of a chunk, 8 at a time. */
const finishColumns = (
  f: FunctionBuilder,
  { finish }: Pick<ProductRowParts, 'finish'>,
  { place, fields }: { place: ProductPlace; fields: ProductFields },
): void =>
  f.for(0, place.columns, tileColumns, (column) => {
    const width = atMost(f, i32.sub(place.columns, column), tileColumns);
    const bytes = f.let(i32.shiftLeft(column, 2));
    const bias = f.let(place.bias);
    f.if(bias, () => f.set(bias, i32.add(bias, bytes)));
    f.call(finish, {
      out: i32.add(place.out, bytes),
      outRow: fields.outRow,
      rows: place.rows,
      columns: width,
      bias,
      activation: fields.activation,
    });
  });
