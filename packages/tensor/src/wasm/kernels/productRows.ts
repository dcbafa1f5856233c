// A chunk of the matrix product with several rows: left operand packed block by block of k, then panel after panel.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local } from '../assembler/value.ts';
import type { CopyEdge } from './copyEdge.ts';
import type { PackLeft } from './packLeft.ts';
import type { PackPanel } from './packRight.ts';
import {
  atMost,
  depthBlock,
  type FinishedStrip,
  type ProductFields,
  type ProductPlace,
} from './productRecord.ts';
import { type Tile, tileRows } from './tile.ts';

/** What it is put together from; `across`: columns of a panel. */
export interface ProductRowsParts {
  readonly tile: Tile;
  /** For right operands [columns, depth] as they came; left out where there are none. */
  readonly packPanel?: PackPanel;
  readonly copyEdge: CopyEdge;
  readonly finish: (strip: FinishedStrip) => void;
  readonly packLeft: PackLeft;
  readonly packLeftTransposed: PackLeft;
  readonly across: number;
}

interface Strip {
  readonly left: Local<'i32'>;
  readonly panel: Local<'i32'>;
  readonly step: Local<'i32'>;
  readonly out: Local<'i32'>;
  readonly outRow: Local<'i32'>;
  readonly rows: Local<'i32'>;
  readonly width: Local<'i32'>;
  readonly steps: Local<'i32'>;
  readonly accumulate: Local<'i32'>;
  readonly edge: Local<'i32'>;
}

/** One block of k, one panel of columns: all rows of the chunk. What stands over an edge is computed aside and copied. */
const strip = (f: FunctionBuilder, { tile, copyEdge, across }: ProductRowsParts, it: Strip): void => {
  const edgeRow = 4 * across;
  const leftTile = f.let(i32.mul(it.steps, 4 * tileRows));
  const shared = { leftTile, right: it.panel, rightStep: it.step, depth: it.steps };
  const full = f.let(i32.shiftRight(it.rows, 2));
  f.if(i32.less(it.width, across), () => f.set(full, 0));
  f.if(full, () =>
    f.call(tile, {
      ...shared,
      left: it.left,
      out: it.out,
      outRow: it.outRow,
      accumulate: it.accumulate,
      tiles: full,
    }),
  );
  const rest = f.let(i32.sub(it.rows, i32.mul(full, tileRows)));
  f.if(rest, () => {
    const left = i32.add(it.left, i32.mul(full, leftTile));
    const tiles = i32.shiftRight(i32.add(rest, tileRows - 1), 2);
    f.call(tile, { ...shared, left, out: it.edge, outRow: edgeRow, accumulate: 0, tiles });
    const out = i32.add(it.out, i32.mul(full, tileRows, it.outRow));
    f.call(copyEdge, {
      from: it.edge,
      fromRow: edgeRow,
      out,
      outRow: it.outRow,
      rows: rest,
      columns: it.width,
      accumulate: it.accumulate,
    });
  });
};

/** Computes the chunk. */
export const productRows = (
  f: FunctionBuilder,
  parts: ProductRowsParts,
  {
    place,
    fields,
    scratch,
    edge,
    fresh,
  }: {
    readonly place: ProductPlace;
    readonly fields: ProductFields;
    readonly scratch: Local<'i32'>;
    readonly edge: Local<'i32'>;
    readonly fresh: Local<'i32'>;
  },
): void => {
  const { across, packPanel } = parts;
  const { left, right, out, rows, columns } = place;
  const { rightRow } = fields;
  const step = f.let(fields.rightStep);
  if (packPanel !== undefined) f.if(rightRow, () => f.set(step, 4 * across));
  f.for(0, fields.depth, depthBlock, (k) => {
    const steps = atMost(f, i32.sub(fields.depth, k), depthBlock);
    const packing = { source: left, sourceRow: fields.leftRow, rows, depth: steps, packed: scratch };
    f.if(
      fields.leftTransposed,
      () => {
        f.call(parts.packLeftTransposed, packing);
        f.set(left, i32.add(left, i32.mul(steps, fields.leftRow)));
      },
      () => {
        f.call(parts.packLeft, packing);
        f.set(left, i32.add(left, i32.shiftLeft(steps, 2)));
      },
    );
    const last = f.let(i32.atLeast(i32.add(k, depthBlock), fields.depth));
    const panel = f.let(i32.add(right, i32.mul(k, fields.rightStep)));
    const from = f.local('i32');
    const to = f.let(out);
    f.for(0, columns, across, (column) => {
      const width = atMost(f, i32.sub(columns, column), across);
      f.set(from, panel);
      if (packPanel !== undefined)
        f.if(rightRow, () => {
          f.call(packPanel, {
            source: panel,
            sourceRow: rightRow,
            columns: width,
            depth: steps,
            packed: fresh,
          });
          f.set(from, fresh);
        });
      strip(f, parts, {
        left: scratch,
        panel: from,
        step,
        out: to,
        outRow: fields.outRow,
        rows,
        width,
        steps,
        accumulate: k,
        edge,
      });
      f.if(last, () => parts.finish({ out: to, column, width }));
      f.set(panel, i32.add(panel, fields.rightPanel));
      f.set(to, i32.add(to, 4 * across));
    });
  });
};
