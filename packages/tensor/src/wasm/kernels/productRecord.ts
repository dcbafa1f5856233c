// The data of the product kernel: its record, the sizes of its blocks, and where in the operands a chunk lies.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local, Value } from '../assembler/value.ts';
import type { KernelSpec, RecordLocals } from './record.ts';
import { tileColumns } from './tile.ts';

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
/** k-steps of a block: a panel of it is 16 kB, half of a first-level cache. Sums of blocks are added in order, whatever the chunks: the result has the same bits. */
export const depthBlock = 512;
/** Bytes of `scratch` that the kernel uses: a packed block of the left operand, and a strip for ragged edges. */
export const productScratch: number = 4 * maxRowsPerChunk * (depthBlock + tileColumns);

/** Where in scratch the strip for ragged edges lies, in bytes. */
export const edgeOffset: number = 4 * maxRowsPerChunk * depthBlock;

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
  readonly rows: Local<'i32'>;
  readonly columns: Local<'i32'>;
}

/** Finds the place of a chunk; moves the addresses in `fields` there. */
export const locateProduct = (
  f: FunctionBuilder,
  fields: ProductFields,
  chunk: Local<'i32'>,
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
