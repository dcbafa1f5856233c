// The matrix product over a packed right operand, block by block so that what is reused stays in cache:
//   for each block of 256 k:  pack 128 rows of the left operand (128 kB, second-level cache)
//     for each panel of 8 columns (8 kB, first-level cache):  for each tile of 4 rows (4 kB):  tile
//     after the last block of k: bias and activation on the strip just written.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local } from '../assembler/value.ts';
import { defineFinish, type Finish } from './finish.ts';
import type { PackLeft } from './packLeft.ts';
import { defineKernel, type KernelSpec, type RecordLocals } from './record.ts';
import { defineRowTile, type RowTile, rowTilePanels } from './rowTile.ts';
import type { Target } from './target.ts';
import { type Tile, tileColumns, tileRows } from './tile.ts';

/**
 * Chunk = (batch, run of rows, run of columns). out[batch] = activation(left · right + bias). Batches, rows and panels lie the
 * given numbers of bytes apart; `leftTransposed` says that the left operand is [depth, rows]. `bias` 0: none. depth ≥ 1.
 */
const productRecord = {
  left: 'i32',
  leftBatch: 'i32',
  leftRow: 'i32',
  leftTransposed: 'i32',
  right: 'i32',
  rightBatch: 'i32',
  rightPanel: 'i32',
  out: 'i32',
  outBatch: 'i32',
  outRow: 'i32',
  rows: 'i32',
  columns: 'i32',
  depth: 'i32',
  bias: 'i32',
  activation: 'i32',
  rowsPerChunk: 'i32',
  columnsPerChunk: 'i32',
  rowChunks: 'i32',
  columnChunks: 'i32',
} as const;

/** Chunk = (batch, run of rows, run of columns); see the fields above. */
export const productKernel: KernelSpec<typeof productRecord> = { name: 'product', layout: productRecord };

/** Rows of a chunk at most; a block of the left operand is this high. */
export const maxRowsPerChunk = 128;
/** k-steps of a block. Sums of blocks are added in order, whatever the chunks: the result has the same bits. */
export const depthBlock = 256;
/** Bytes of `scratch` that the kernel uses: a packed block of the left operand, and one tile for the ragged edges. */
export const productScratch: number = 4 * maxRowsPerChunk * depthBlock + 4 * tileColumns * rowTilePanels;

const edge = 4 * maxRowsPerChunk * depthBlock; // where in scratch the tile for ragged edges lies

/** The smaller of what is left and the most. */
const atMost = (
  f: FunctionBuilder,
  rest: ReturnType<typeof i32.sub>,
  most: Local<'i32'> | number,
): Local<'i32'> => {
  const count = f.let(rest);
  f.if(i32.greater(count, most), () => f.set(count, most));
  return count;
};

/** Copies (or adds) `rows` × `columns` numbers of the edge tile, whose rows are `width` numbers, to their place. */
const defineCopyEdge = (module: ModuleBuilder) =>
  module.define(
    'copyEdge',
    {
      parameters: {
        from: 'i32',
        fromRow: 'i32',
        out: 'i32',
        outRow: 'i32',
        rows: 'i32',
        columns: 'i32',
        accumulate: 'i32',
      },
    },
    (f, { from, fromRow, out, outRow, rows, columns, accumulate }) => {
      f.for(0, rows, 1, () => {
        f.for(0, i32.shiftLeft(columns, 2), 4, (j) => {
          const to = f.let(i32.add(out, j));
          const value = f.let(f32.load(i32.add(from, j)));
          f.if(accumulate, () => f.set(value, f32.add(f32.load(to), value)));
          f.store(to, value);
        });
        f.set(from, i32.add(from, fromRow));
        f.set(out, i32.add(out, outRow));
      });
    },
  );

interface Parts {
  readonly tile: Tile;
  readonly wideRow: RowTile;
  readonly narrowRow: RowTile;
  readonly copyEdge: ReturnType<typeof defineCopyEdge>;
  readonly finish: Finish;
  readonly packLeft: PackLeft;
  readonly packLeftTransposed: PackLeft;
}

type Fields = RecordLocals<typeof productRecord>;

/** Where in the operands a chunk lies; all counts are of this chunk. */
interface Place {
  readonly left: Local<'i32'>;
  readonly right: Local<'i32'>;
  readonly out: Local<'i32'>;
  readonly bias: Local<'i32'>;
  readonly rows: Local<'i32'>;
  readonly columns: Local<'i32'>;
}

const locate = (f: FunctionBuilder, fields: Fields, chunk: Local<'i32'>): Place => {
  const { left, right, out, bias, rowsPerChunk, columnsPerChunk, rowChunks, columnChunks } = fields;
  const columnChunk = f.let(i32.remainder(chunk, columnChunks));
  const rest = f.let(i32.div(chunk, columnChunks));
  const rowChunk = f.let(i32.remainder(rest, rowChunks));
  const batch = f.let(i32.div(rest, rowChunks));
  const row = f.let(i32.mul(rowChunk, rowsPerChunk));
  const column = f.let(i32.mul(columnChunk, columnsPerChunk));
  f.set(left, i32.add(left, i32.mul(batch, fields.leftBatch)));
  f.if(
    fields.leftTransposed,
    () => f.set(left, i32.add(left, i32.shiftLeft(row, 2))),
    () => f.set(left, i32.add(left, i32.mul(row, fields.leftRow))),
  );
  f.set(
    right,
    i32.add(
      right,
      i32.mul(batch, fields.rightBatch),
      i32.mul(i32.div(column, tileColumns), fields.rightPanel),
    ),
  );
  f.set(
    out,
    i32.add(out, i32.mul(batch, fields.outBatch), i32.mul(row, fields.outRow), i32.shiftLeft(column, 2)),
  );
  f.if(bias, () => f.set(bias, i32.add(bias, i32.shiftLeft(column, 2))));
  const rows = atMost(f, i32.sub(fields.rows, row), rowsPerChunk);
  const columns = atMost(f, i32.sub(fields.columns, column), columnsPerChunk);
  return { left, right, out, bias, rows, columns };
};

/** One block of k, one strip of 8 columns: all tiles of the chunk's rows. */
const strip = (
  f: FunctionBuilder,
  { tile, copyEdge }: Parts,
  it: {
    packed: Local<'i32'>;
    panel: Local<'i32'>;
    out: Local<'i32'>;
    outRow: Local<'i32'>;
    rows: Local<'i32'>;
    width: Local<'i32'>;
    steps: Local<'i32'>;
    accumulate: Local<'i32'>;
    edgeTile: Local<'i32'>;
  },
): void => {
  const left = f.let(it.packed);
  const to = f.let(it.out);
  const rest = f.let(it.rows);
  f.while(i32.greater(rest, 0), () => {
    f.if(
      i32.and(i32.atLeast(rest, tileRows), i32.equal(it.width, tileColumns)),
      () =>
        f.call(tile, {
          left,
          right: it.panel,
          depth: it.steps,
          out: to,
          outRow: it.outRow,
          accumulate: it.accumulate,
        }),
      () => {
        const high = atMost(f, rest, tileRows);
        f.call(tile, {
          left,
          right: it.panel,
          depth: it.steps,
          out: it.edgeTile,
          outRow: 4 * tileColumns,
          accumulate: 0,
        });
        f.call(copyEdge, {
          from: it.edgeTile,
          fromRow: 4 * tileColumns,
          out: to,
          outRow: it.outRow,
          rows: high,
          columns: it.width,
          accumulate: it.accumulate,
        });
      },
    );
    f.set(left, i32.add(left, i32.mul(it.steps, 4 * tileRows)));
    f.set(to, i32.add(to, i32.mul(it.outRow, tileRows)));
    f.set(rest, i32.sub(rest, tileRows));
  });
};

/** A chunk of one row: the left operand needs no packing. */
const oneRow = (
  f: FunctionBuilder,
  parts: Parts,
  { place, fields, edgeTile }: { place: Place; fields: Fields; edgeTile: Local<'i32'> },
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
          f.call(parts.narrowRow, { ...shared, out: edgeTile, accumulate: 0 });
          f.call(parts.copyEdge, {
            from: edgeTile,
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
  { finish }: Parts,
  { place, fields }: { place: Place; fields: Fields },
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

/** A chunk of several rows. */
const manyRows = (
  f: FunctionBuilder,
  parts: Parts,
  {
    place,
    fields,
    scratch,
    edgeTile,
  }: { place: Place; fields: Fields; scratch: Local<'i32'>; edgeTile: Local<'i32'> },
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
        packed: scratch,
        panel,
        out: to,
        outRow: fields.outRow,
        rows,
        width,
        steps,
        accumulate: k,
        edgeTile,
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

/** Kernel 'product'. 2 · rows · columns · depth FLOP. */
export const defineProduct = (
  module: ModuleBuilder,
  target: Target,
  shared: { readonly tile: Tile; readonly packLeft: PackLeft; readonly packLeftTransposed: PackLeft },
): void => {
  const parts: Parts = {
    ...shared,
    wideRow: defineRowTile(module, target, rowTilePanels),
    narrowRow: defineRowTile(module, target, 1),
    copyEdge: defineCopyEdge(module),
    finish: defineFinish(module, target),
  };
  defineKernel(module, productKernel, (f, fields, { chunk, scratch }) => {
    const place = locate(f, fields, chunk);
    const edgeTile = f.let(i32.add(scratch, edge));
    // One row of a transposed operand [depth, 1] is contiguous too, unless its rows are longer than one number.
    const contiguous = i32.or(i32.isZero(fields.leftTransposed), i32.equal(fields.leftRow, 4));
    f.if(
      i32.and(i32.equal(place.rows, 1), contiguous),
      () => oneRow(f, parts, { place, fields, edgeTile }),
      () => manyRows(f, parts, { place, fields, scratch, edgeTile }),
    );
  });
};
