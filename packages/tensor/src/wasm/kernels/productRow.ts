// A chunk of the matrix product that has one or two rows, as when a model writes one token after the other: the left operand needs
// no packing, and the right one is read once.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local } from '../assembler/value.ts';
import type { CopyEdge } from './copyEdge.ts';
import { type ProductDotsParts, productDots } from './productDots.ts';
import {
  atMost,
  depthBlock,
  type FinishedStrip,
  type ProductFields,
  type ProductPlace,
} from './productRecord.ts';
import type { RowTiles } from './rowTile.ts';

/** What it is put together from. The tiles have the chunk's number of rows; `across`: columns of a panel. */
export interface ProductRowParts {
  /** For right operands [columns, depth] as they came; left out where there are none. */
  readonly dots?: ProductDotsParts['dots'];
  readonly copyEdge: CopyEdge;
  readonly tiles: RowTiles;
  readonly finish: (strip: FinishedStrip) => void;
  readonly across: number;
}

/** Where the chunk is, and a place in scratch. */
export interface ProductRowGiven {
  readonly place: ProductPlace;
  readonly fields: ProductFields;
  readonly edge: Local<'i32'>;
}

/** Computes the chunk. */
export const productRow = (f: FunctionBuilder, parts: ProductRowParts, given: ProductRowGiven): void => {
  const { dots, copyEdge, finish, across } = parts;
  if (dots === undefined) panelAfterPanel(f, parts, given);
  else
    f.if(
      given.fields.rightRow,
      () => productDots(f, { dots, copyEdge }, given),
      () => panelAfterPanel(f, parts, given),
    );
  const { columns, out } = given.place;
  f.for(0, columns, across, (column) => {
    const width = atMost(f, i32.sub(columns, column), across);
    finish({ out: i32.add(out, i32.shiftLeft(column, 2)), column, width });
  });
};

const panelAfterPanel = (
  f: FunctionBuilder,
  { tiles: { wide, narrow }, copyEdge, across }: ProductRowParts,
  { place, fields, edge }: ProductRowGiven,
): void => {
  const { left, right, out, columns } = place;
  f.for(0, fields.depth, depthBlock, (k) => {
    const steps = atMost(f, i32.sub(fields.depth, k), depthBlock);
    const panel = f.let(i32.add(right, i32.mul(k, fields.rightStep)));
    const to = f.let(out);
    const rest = f.let(columns);
    const pass = (panels: number): void => {
      f.set(panel, i32.add(panel, i32.mul(fields.rightPanel, panels)));
      f.set(to, i32.add(to, 4 * across * panels));
      f.set(rest, i32.sub(rest, across * panels));
    };
    const shared = {
      ...{ left, leftRow: fields.leftRow, right: panel, rightStep: fields.rightStep },
      ...{ panel: fields.rightPanel, depth: steps, outRow: fields.outRow, accumulate: k },
    };
    f.while(i32.atLeast(rest, across * wide.panels), () => {
      f.call(wide.tile, { ...shared, out: to });
      pass(wide.panels);
    });
    f.while(i32.greater(rest, 0), () => {
      const width = atMost(f, rest, across);
      f.if(
        i32.equal(width, across),
        () => f.call(narrow.tile, { ...shared, out: to }),
        () => {
          f.call(narrow.tile, { ...shared, out: edge, outRow: 4 * across, accumulate: 0 });
          f.call(copyEdge, {
            ...{ from: edge, fromRow: 4 * across, out: to, outRow: fields.outRow },
            ...{ rows: narrow.rows, columns: width, accumulate: k },
          });
        },
      );
      pass(1);
    });
    f.set(left, i32.add(left, i32.mul(steps, 4)));
  });
};
