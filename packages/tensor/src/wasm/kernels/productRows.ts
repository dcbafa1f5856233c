// A chunk of the matrix product with several rows: left operand packed block by block of k, then panel after panel.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local } from '../assembler/value.ts';
import type { CopyEdge } from './copyEdge.ts';
import type { Finish } from './finish.ts';
import type { PackLeft } from './packLeft.ts';
import { atMost, depthBlock, type ProductFields, type ProductPlace } from './productRecord.ts';
import { type Tile, tileColumns, tileRows } from './tile.ts';

/** The functions that it calls. */
export interface ProductRowsParts {
  readonly tile: Tile;
  readonly copyEdge: CopyEdge;
  readonly finish: Finish;
  readonly packLeft: PackLeft;
  readonly packLeftTransposed: PackLeft;
}

interface Strip {
  readonly left: Local<'i32'>;
  readonly panel: Local<'i32'>;
  readonly out: Local<'i32'>;
  readonly outRow: Local<'i32'>;
  readonly rows: Local<'i32'>;
  readonly width: Local<'i32'>;
  readonly steps: Local<'i32'>;
  readonly accumulate: Local<'i32'>;
  readonly edge: Local<'i32'>;
}

/** One block of k, one panel of columns: all rows of the chunk. What stands over an edge is computed aside and copied. */
const strip = (f: FunctionBuilder, { tile, copyEdge }: ProductRowsParts, it: Strip): void => {
  const edgeRow = 4 * tileColumns;
  const leftTile = f.let(i32.mul(it.steps, 4 * tileRows));
  const shared = { leftTile, right: it.panel, depth: it.steps };
  const full = f.let(i32.shiftRight(it.rows, 2));
  f.if(i32.less(it.width, tileColumns), () => f.set(full, 0));
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
  }: { place: ProductPlace; fields: ProductFields; scratch: Local<'i32'>; edge: Local<'i32'> },
): void => {
  const { left, right, out, rows, columns, bias } = place;
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
    const panel = f.let(i32.add(right, i32.mul(k, 4 * tileColumns)));
    const to = f.let(out);
    const stripBias = f.let(bias);
    f.for(0, columns, tileColumns, (column) => {
      const width = atMost(f, i32.sub(columns, column), tileColumns);
      strip(f, parts, {
        left: scratch,
        panel,
        out: to,
        outRow: fields.outRow,
        rows,
        width,
        steps,
        accumulate: k,
        edge,
      });
      f.if(last, () => {
        f.call(parts.finish, {
          out: to,
          outRow: fields.outRow,
          rows,
          columns: width,
          bias: stripBias,
          activation: fields.activation,
        });
        f.if(stripBias, () => f.set(stripBias, i32.add(stripBias, 4 * tileColumns)));
      });
      f.set(panel, i32.add(panel, fields.rightPanel));
      f.set(to, i32.add(to, 4 * tileColumns));
    });
  });
};
