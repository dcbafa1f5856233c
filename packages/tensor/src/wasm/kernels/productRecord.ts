// The data of the product kernel: its record, the sizes of its blocks, and where in the operands a chunk lies.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local, Value } from '../assembler/value.ts';
import type { KernelSpec, RecordLocals } from './record.ts';
import { wideColumns } from './tile.ts';

/**
 * Chunk = (batch, run of rows, run of columns). out[batch] = activation(left · right + bias). Batches, rows and panels lie the
 * given numbers of bytes apart; `leftTransposed` says that the left operand is [depth, rows]. `bias` 0: none. depth ≥ 1.
 * The right operand is packed, or [depth, columns] as it came (a panel is then some columns of it), or [columns, depth] as it came:
 * then `rightRow` is not 0 but the bytes from one stored row to the next; a panel is packed when it is needed, or not at all. `rightStep` is
 * the bytes from k to k + 1 in each of the three.
 */
const productRecord = {
  left: 'i32',
  leftBatch: 'i32',
  leftRow: 'i32',
  leftTransposed: 'i32',
  right: 'i32',
  rightBatch: 'i32',
  rightPanel: 'i32',
  rightStep: 'i32',
  rightRow: 'i32',
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
/** k-steps of a block: a panel of it is 16 kB, half of a first-level cache. Sums of blocks are added in order, whatever the chunks: the result has the same bits. */
export const depthBlock = 512;
/** Where in scratch what lies, in bytes: a packed block of the left operand, a strip for ragged edges, a panel packed when it is needed. */
export const scratchOffsets: { readonly left: 0; readonly edge: number; readonly fresh: number } = {
  left: 0,
  edge: 4 * maxRowsPerChunk * depthBlock,
  fresh: 4 * maxRowsPerChunk * (depthBlock + wideColumns),
};
/** Bytes of `scratch` that the kernel uses. */
export const productScratch: number = scratchOffsets.fresh + 4 * depthBlock * wideColumns;

/** The addresses of these for a thread's scratch. */
export const placesInScratch = (
  f: FunctionBuilder,
  scratch: Local<'i32'>,
): { readonly scratch: Local<'i32'>; readonly edge: Local<'i32'>; readonly fresh: Local<'i32'> } => ({
  scratch,
  edge: f.let(i32.add(scratch, scratchOffsets.edge)),
  fresh: f.let(i32.add(scratch, scratchOffsets.fresh)),
});

/** The smaller of what is left and the most. */
export const atMost = (f: FunctionBuilder, rest: Value<'i32'>, most: Local<'i32'> | number): Local<'i32'> => {
  const count = f.let(rest);
  f.if(i32.greater(count, most), () => f.set(count, most));
  return count;
};

/** The fields of the record, as variables. */
export type ProductFields = RecordLocals<typeof productRecord>;

/** Where in the operands a chunk lies; all counts are of this chunk. */
export interface ProductPlace {
  readonly left: Local<'i32'>;
  readonly right: Local<'i32'>;
  readonly out: Local<'i32'>;
  readonly bias: Local<'i32'>;
  /** The first row and column of the chunk. */
  readonly firstRow: Local<'i32'>;
  readonly firstColumn: Local<'i32'>;
  readonly rows: Local<'i32'>;
  readonly columns: Local<'i32'>;
}

/** Some columns of the chunk, from `column` on, of which all sums are there: all rows, at `out`, at most one panel wide. */
export interface FinishedStrip {
  readonly out: Value<'i32'>;
  readonly column: Local<'i32'>;
  readonly width: Local<'i32'>;
}

/** Finds the place of a chunk, panels having `across` columns; moves the addresses in `fields` there. */
export const locateProduct = (
  f: FunctionBuilder,
  fields: ProductFields,
  { chunk, across }: { readonly chunk: Local<'i32'>; readonly across: number },
): ProductPlace => {
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
    i32.add(right, i32.mul(batch, fields.rightBatch), i32.mul(i32.div(column, across), fields.rightPanel)),
  );
  f.set(
    out,
    i32.add(out, i32.mul(batch, fields.outBatch), i32.mul(row, fields.outRow), i32.shiftLeft(column, 2)),
  );
  f.if(bias, () => f.set(bias, i32.add(bias, i32.shiftLeft(column, 2))));
  const rows = atMost(f, i32.sub(fields.rows, row), rowsPerChunk);
  const columns = atMost(f, i32.sub(fields.columns, column), columnsPerChunk);
  return { left, right, out, bias, firstRow: row, firstColumn: column, rows, columns };
};
