// Matrix products on the engine: packs (or finds, or for few rows leaves as it is) the right operand, brings the left one in a block
// of rows at a time, computes, takes the result out. What does not fit into memory is done in pieces; the result has the same bits.

import { type Area, copyIn, copyOut, placed, residentAddress } from './areas.ts';
import { mostRecords } from './control.ts';
import type { Engine, Job } from './engine.ts';
import { EngineMemoryError } from './engineError.ts';
import { activationNumber } from './kernels/activation.ts';
import { maxRowsPerChunk, productKernel, productScratch } from './kernels/productRecord.ts';
import { tileRows } from './kernels/tile.ts';
import {
  packedAt,
  packedBytes,
  packRight,
  type RightOperand,
  rightAsItCame,
  rightBatches,
} from './packing.ts';
import { type ProductCall, someBatches, someColumns } from './productCall.ts';

// With so few rows a packed right operand would be used too little to be worth its packing, and is read as it came: 768 × 768 with 8
// rows take 0.5 or 0.6 ms instead of 0.9, with one row 0.3 or 0.4 instead of 0.5 (Zen 4, one thread, from ordinary arrays).
const thinRows = 8;
const isThin = ({ rows }: ProductCall): boolean => rows <= thinRows;
// One or two rows have kernels of their own for operands as they came, whose sums are added in another order.
const isThinTile = ({ rows }: ProductCall): boolean => rows > 2 && rows <= thinRows;
const passingBudget = 2 ** 18; // bytes of a right operand that is copied in to be read a few times at once
const packedBudget = 64 * 2 ** 20; // bytes of a right operand that is packed for one call
const batchBudget = 2 ** 20; // bytes, a thread, of operands of batches that are brought in together: they stay in second-level cache
const copyBudget = 2 ** 21; // bytes of rows, a thread, that are brought in together: they stay in cache until they are used

/** Operands in the engine: addresses, and bytes between rows and batches. */
interface Placed {
  readonly left: number;
  readonly leftRow: number;
  readonly leftBatch: number;
  readonly out: number;
  readonly outRow: number;
  readonly outBatch: number;
  readonly bias: number;
  readonly rows: number;
}

type ProductJob = Job<typeof productKernel.layout>;

const jobOf = (
  engine: Engine,
  call: ProductCall,
  { right, at }: { right: RightOperand; at: Placed },
): ProductJob => {
  const { columns, depth, batches } = call;
  const rowChunks = Math.ceil(at.rows / maxRowsPerChunk);
  const rowsPerChunk = Math.ceil(at.rows / rowChunks / tileRows) * tileRows;
  // Enough chunks for all threads to end at about the same time; each of them packs the rows again, so not more.
  const wanted = engine.threads === 1 ? 1 : Math.ceil((4 * engine.threads) / (batches * rowChunks));
  const columnsPerChunk = Math.max(
    64,
    Math.ceil(columns / wanted / engine.panelColumns) * engine.panelColumns,
  );
  const columnChunks = Math.ceil(columns / columnsPerChunk);
  return {
    kernel: productKernel,
    values: {
      left: at.left,
      leftBatch: at.leftBatch,
      leftRow: at.leftRow,
      leftTransposed: Number(call.leftTransposed),
      right: right.address,
      rightBatch: right.batch,
      rightPanel: right.panel,
      rightStep: right.step,
      rightRow: right.row,
      out: at.out,
      outBatch: at.outBatch,
      outRow: at.outRow,
      rows: at.rows,
      columns,
      depth,
      bias: at.bias,
      activation: activationNumber(call.activation),
      rowsPerChunk,
      columnsPerChunk,
      rowChunks,
      columnChunks,
    },
    chunks: batches * rowChunks * columnChunks,
    scratch: productScratch,
    work: batches * at.rows * columns * depth,
  };
};

const launch = (
  engine: Engine,
  call: ProductCall,
  placed: { readonly right: RightOperand; readonly at: Placed },
): void => engine.run(jobOf(engine, call, placed));

/** All batches at once: their operands are small enough to be brought in together. */
const multiplyBatches = (engine: Engine, call: ProductCall, right: RightOperand): void => {
  const { left, out, rows, columns, depth, batches, bias } = call;
  const leftSize = rows * depth;
  const leftArea: Area = {
    array: left.array,
    offset: left.offset,
    rows: left.batch === 0 ? 1 : batches,
    row: left.batch,
    width: leftSize,
  };
  const outArea: Area = {
    array: out.array,
    offset: out.offset,
    rows: batches,
    row: out.batch,
    width: rows * columns,
  };
  const leftResident = residentAddress(engine, left.array);
  const outResident = residentAddress(engine, out.array);
  const leftAddress =
    leftResident === undefined
      ? engine.stack.allocate(4 * leftArea.rows * leftSize)
      : leftResident + 4 * left.offset;
  const outAddress =
    outResident === undefined
      ? engine.stack.allocate(4 * batches * outArea.width)
      : outResident + 4 * out.offset;
  if (leftResident === undefined) copyIn(engine, leftArea, leftAddress);
  const copiedBatch = left.batch === 0 ? 0 : leftSize;
  launch(engine, call, {
    right,
    at: {
      left: leftAddress,
      leftRow: 4 * left.row,
      leftBatch: 4 * (leftResident === undefined ? copiedBatch : left.batch),
      out: outAddress,
      outRow: 4 * out.row,
      outBatch: 4 * (outResident === undefined ? outArea.width : out.batch),
      bias: placed(engine, bias),
      rows,
    },
  });
  if (outResident === undefined) copyOut(engine, outArea, outAddress);
};

/** One batch, a block of rows at a time where rows must be copied. */
const multiplyRows = (engine: Engine, call: ProductCall, right: RightOperand): void => {
  const { left, leftTransposed, out, columns, depth } = call;
  const leftResident = residentAddress(engine, left.array);
  const outResident = residentAddress(engine, out.array);
  const bias = placed(engine, call.bias);
  const copied = 4 * ((leftResident === undefined ? depth : 0) + (outResident === undefined ? columns : 0));
  const budget = Math.min(copyBudget * engine.threads, engine.stack.available() / 4);
  const fitting = copied === 0 ? call.rows : Math.floor(budget / copied);
  const step = fitting >= maxRowsPerChunk ? maxRowsPerChunk : tileRows;
  // Few rows stay together: their number decides which kernel computes them, and so the bits.
  const most = isThin(call)
    ? call.rows
    : Math.min(call.rows, Math.max(step, Math.floor(fitting / step) * step));
  const leftCopy = leftResident === undefined ? engine.stack.allocate(4 * most * depth) : 0;
  const outCopy = outResident === undefined ? engine.stack.allocate(4 * most * columns) : 0;
  for (let first = 0; first < call.rows; first += most) {
    const rows = Math.min(most, call.rows - first);
    const leftOffset = left.offset + first * (leftTransposed ? 1 : left.row);
    const outOffset = out.offset + first * out.row;
    const leftShape = leftTransposed ? { rows: depth, width: rows } : { rows, width: depth };
    if (leftResident === undefined) {
      const { array, row } = left;
      copyIn(
        engine,
        { array, offset: leftOffset, row, rows: leftShape.rows, width: leftShape.width },
        leftCopy,
      );
    }
    launch(engine, call, {
      right,
      at: {
        left: leftResident === undefined ? leftCopy : leftResident + 4 * leftOffset,
        leftRow: 4 * (leftResident === undefined ? leftShape.width : left.row),
        out: outResident === undefined ? outCopy : outResident + 4 * outOffset,
        outRow: 4 * (outResident === undefined ? columns : out.row),
        leftBatch: 0,
        outBatch: 0,
        bias,
        rows,
      },
    });
    if (outResident === undefined)
      copyOut(engine, { array: out.array, offset: outOffset, row: out.row, rows, width: columns }, outCopy);
  }
};

const multiplyWith = (engine: Engine, call: ProductCall, right: RightOperand): void => {
  const mark = engine.stack.mark();
  try {
    if (call.batches > 1) multiplyBatches(engine, call, right);
    else multiplyRows(engine, call, right);
  } finally {
    engine.stack.release(mark);
  }
};

/** The packed weight of a call that keeps it, packed now if it is not here yet; undefined if it is not to be kept (yet) or has no room. */
const keptRight = (engine: Engine, call: ProductCall): RightOperand | undefined => {
  const { right, rightTransposed, columns, depth } = call;
  if (!call.keep || rightBatches(call) > 1) return undefined;
  const form = `${rightTransposed ? 'columns' : 'rows'} ${columns} ${depth}`;
  const found = engine.weights.find(right.array, form);
  if (found !== undefined) return packedAt(engine, call, found);
  // A weight that is met for the first time, with few rows, may never come again: the first answer need not wait for its packing.
  if (isThinTile(call) && !engine.weights.seen(right.array)) return undefined;
  const address = engine.weights.add(right.array, form, packedBytes(engine, call));
  return address === undefined ? undefined : packRight(engine, call, address);
};

/** How many batches to bring in together, each with so many bytes of packed right operand. */
const batchesTogether = (engine: Engine, call: ProductCall, packed: number): number => {
  const bytes = 4 * call.rows * (call.depth + call.columns) + packed;
  return Math.max(
    1,
    Math.floor(Math.min(batchBudget * engine.threads, engine.stack.available() / 4) / bytes),
  );
};

/** Takes the right operand as it came, or packs it for this call only. */
const multiplyOnce = (engine: Engine, call: ProductCall): void => {
  const mark = engine.stack.mark();
  try {
    const right = isThin(call)
      ? rightAsItCame(engine, call)
      : packRight(engine, call, engine.stack.allocate(packedBytes(engine, call) * rightBatches(call)));
    multiplyWith(engine, call, right);
  } finally {
    engine.stack.release(mark);
  }
};

/** A product of one batch; a right operand that is too large to be brought in at once is taken some columns at a time. */
const multiplyColumns = (engine: Engine, call: ProductCall): void => {
  // Stored columns that are only copied in for few rows: so many that they are still in cache when they are read.
  const passing =
    call.rightTransposed && isThin(call) && residentAddress(engine, call.right.array) === undefined;
  const budget = Math.min(passing ? passingBudget : packedBudget, engine.stack.available() / 4);
  const panels = Math.ceil(call.columns / engine.panelColumns);
  const width = Math.max(1, Math.floor((panels * budget) / packedBytes(engine, call))) * engine.panelColumns;
  if (width >= call.columns) multiplyOnce(engine, call);
  else
    for (let first = 0; first < call.columns; first += width)
      multiplyOnce(engine, someColumns(call, first, Math.min(width, call.columns - first)));
};

/** Computes a product that is not empty: rows, columns, depth and batches are at least 1. */
export const multiply = (engine: Engine, call: ProductCall): void => {
  const kept = keptRight(engine, call);
  const asItLies = isThin(call) && residentAddress(engine, call.right.array) !== undefined;
  const packed = kept !== undefined || call.right.batch === 0 || asItLies ? 0 : packedBytes(engine, call);
  const together = batchesTogether(engine, call, packed);
  for (let first = 0; first < call.batches; first += together) {
    const count = Math.min(together, call.batches - first);
    const part = count === call.batches ? call : someBatches(call, first, count);
    if (kept !== undefined) multiplyWith(engine, part, kept);
    else if (part.batches === 1) multiplyColumns(engine, part);
    else multiplyOnce(engine, part);
  }
};

/** The job of a product of one batch whose operands all lie in the engine, the right one packed; undefined of any other. */
const residentJob = (engine: Engine, call: ProductCall): ProductJob | undefined => {
  const { left, out, bias } = call;
  const [from, to] = [residentAddress(engine, left.array), residentAddress(engine, out.array)];
  if (from === undefined || to === undefined || call.batches !== 1 || isThin(call)) return undefined;
  const right = keptRight(engine, call);
  if (right === undefined) return undefined;
  const at = {
    ...{ left: from + 4 * left.offset, leftRow: 4 * left.row, leftBatch: 0 },
    ...{ out: to + 4 * out.offset, outRow: 4 * out.row, outBatch: 0 },
    ...{ bias: placed(engine, bias), rows: call.rows },
  };
  return jobOf(engine, call, { right, at });
};

/** Computes the products as one job, if all of their operands and room for it are in the engine; says whether it did. */
const multiplyAtOnce = (engine: Engine, calls: readonly ProductCall[]): boolean => {
  if (engine.threads === 1 || calls.length < 2 || calls.length > mostRecords) return false;
  const mark = engine.stack.mark();
  try {
    return engine.weights.usedTogether(() => {
      const jobs = calls.map((call) => residentJob(engine, call));
      const whole = jobs.filter((job) => job !== undefined);
      if (whole.length < calls.length) return false;
      engine.runAll(whole);
      return true;
    });
  } catch (reason) {
    if (reason instanceof EngineMemoryError) return false; // before anything was computed: one at a time they may fit
    throw reason;
  } finally {
    engine.stack.release(mark);
  }
};

/** Computes products that do not need each other's results: as one job where that can be, so that threads meet once. */
export const multiplyAll = (engine: Engine, calls: readonly ProductCall[]): void => {
  if (!multiplyAtOnce(engine, calls)) for (const call of calls) multiply(engine, call);
};
