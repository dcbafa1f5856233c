// Products with weights of 8-bit integers on the engine: the weight packed once and kept, a byte a number; rows coded and multiplied a
// block at a time.

import type { LinearInt8Call } from '../backend/backend.ts';
import { greatestCode } from '../backend/js/int8.ts';
import { copyIn, copyOut, placed, residentAddress } from './areas.ts';
import type { Engine } from './engine.ts';
import { activationNumber } from './kernels/activation.ts';
import { codeRowsKernel } from './kernels/codeRows.ts';
import { integerColumns, integerProductKernel } from './kernels/integerProduct.ts';
import { maxRowsPerChunk, productScratch } from './kernels/productRecord.ts';
import { tileRows } from './kernels/tile.ts';

const copyBudget = 2 ** 21; // bytes of rows, a thread, that are brought in together: they stay in cache until they are used

/** A k-step is a pair of numbers; an odd one out has a zero beside it. */
const pairsOf = (inputs: number): number => Math.ceil(inputs / 2);

/** Outputs first to end of a call. */
interface Part {
  readonly first: number;
  readonly end: number;
}

const packedBytes = (inputs: number, { first, end }: Part): number =>
  2 * pairsOf(inputs) * integerColumns * Math.ceil((end - first) / integerColumns);

/** Packs codes as [panel][pair][column][2]; what is missing stays 0. */
const pack = (
  engine: Engine,
  { codes, inputs }: LinearInt8Call,
  { address, part }: { address: number; part: Part },
): void => {
  const across = integerColumns;
  const { buffer } = engine.memory.views().f32;
  const packed = new Int8Array(buffer, address, packedBytes(inputs, part)).fill(0);
  const panelBytes = 2 * pairsOf(inputs) * across;
  for (let output = part.first; output < part.end; output++) {
    const column = output - part.first;
    let to = Math.floor(column / across) * panelBytes + 2 * (column % across);
    const from = output * inputs;
    const even = inputs & ~1;
    for (let i = 0; i < even; i += 2) {
      packed[to] = codes[from + i] as number; // inside by the contract
      packed[to + 1] = codes[from + i + 1] as number; // inside by the contract
      to += 2 * across;
    }
    if (even < inputs) packed[to] = codes[from + even] as number; // inside by the contract
  }
};

/** A part of the weight in the engine. */
interface Weight {
  readonly part: Part;
  readonly right: number;
  readonly scales: number;
  readonly bias: number;
}

/** Addresses of a block of rows, and bytes between the rows of its results. */
interface Block {
  readonly rows: number;
  readonly x: number;
  readonly codes: number;
  readonly scales: number;
  readonly out: number;
  readonly outRow: number;
}

const code = (engine: Engine, { inputs, coding }: LinearInt8Call, block: Block): void => {
  const rowsPerChunk = Math.max(Math.ceil(4096 / inputs), Math.ceil(block.rows / (4 * engine.threads)));
  engine.run({
    kernel: codeRowsKernel,
    values: {
      ...{ x: block.x, codes: block.codes, codesRow: 4 * pairsOf(inputs), scales: block.scales },
      ...{ rows: block.rows, width: inputs, rowsPerChunk },
      ...{ asymmetric: Number(coding === 'asymmetric'), limit: greatestCode(coding, inputs) },
    },
    chunks: Math.ceil(block.rows / rowsPerChunk),
    scratch: 0,
    work: 4 * block.rows * inputs,
  });
};

const launch = (
  engine: Engine,
  call: LinearInt8Call,
  { weight, block }: { readonly weight: Weight; readonly block: Block },
): void => {
  const across = integerColumns;
  const { threads } = engine;
  const columns = weight.part.end - weight.part.first;
  const pairs = pairsOf(call.inputs);
  const rowChunks = Math.ceil(block.rows / maxRowsPerChunk);
  const rowsPerChunk = Math.ceil(block.rows / rowChunks / tileRows) * tileRows;
  const wanted = threads === 1 ? 1 : Math.ceil((4 * threads) / rowChunks);
  const columnsPerChunk = Math.max(64, Math.ceil(columns / wanted / across) * across);
  const columnChunks = Math.ceil(columns / columnsPerChunk);
  engine.run({
    kernel: integerProductKernel,
    values: {
      ...{ left: block.codes, leftBatch: 0, leftRow: 4 * pairs, leftTransposed: 0, leftScales: block.scales },
      ...{ right: weight.right, rightBatch: 0, rightPanel: 2 * pairs * across, rightStep: 2 * across },
      ...{ rightRow: 0, rightScales: weight.scales, bias: weight.bias },
      ...{ out: block.out, outBatch: 0, outRow: block.outRow, rows: block.rows, columns, depth: pairs },
      ...{ activation: activationNumber(call.activation) },
      ...{ rowsPerChunk, columnsPerChunk, rowChunks, columnChunks },
    },
    chunks: rowChunks * columnChunks,
    scratch: productScratch,
    work: block.rows * columns * pairs,
  });
};

/** All rows with a part of the outputs, a block of rows at a time. */
const multiplyPart = (engine: Engine, call: LinearInt8Call, weight: Weight): void => {
  const { x, out, inputs, outputs } = call;
  const { first, end } = weight.part;
  const width = end - first;
  const residentX = residentAddress(engine, x);
  const residentOut = residentAddress(engine, out);
  const rowBytes =
    4 * pairsOf(inputs) +
    (residentX === undefined ? 4 * inputs : 0) +
    (residentOut === undefined ? 4 * width : 0);
  const budget = Math.min(copyBudget * engine.threads, engine.stack.available() / 4);
  const fitting = Math.floor(budget / rowBytes / tileRows) * tileRows;
  const most = Math.min(call.rows, Math.max(tileRows, fitting));
  const { stack } = engine;
  const codes = stack.allocate(4 * pairsOf(inputs) * most);
  const scales = stack.allocate(4 * most);
  const xCopy = residentX === undefined ? stack.allocate(4 * inputs * most) : 0;
  const outCopy = residentOut === undefined ? stack.allocate(4 * width * most) : 0;
  for (let row = 0; row < call.rows; row += most) {
    const rows = Math.min(most, call.rows - row);
    const outOffset = row * outputs + first;
    if (residentX === undefined)
      copyIn(engine, { array: x, offset: row * inputs, rows: 1, row: 0, width: rows * inputs }, xCopy);
    const block: Block = {
      ...{ rows, codes, scales },
      x: residentX === undefined ? xCopy : residentX + 4 * row * inputs,
      out: residentOut === undefined ? outCopy : residentOut + 4 * outOffset,
      outRow: 4 * (residentOut === undefined ? width : outputs),
    };
    code(engine, call, block);
    launch(engine, call, { weight, block });
    if (residentOut === undefined)
      copyOut(engine, { array: out, offset: outOffset, rows, row: outputs, width }, outCopy);
  }
};

/** The address of the whole weight, packed and kept; undefined where there is no room for it. */
const keptWeight = (engine: Engine, call: LinearInt8Call): number | undefined => {
  const { codes, inputs, outputs } = call;
  const form = `int8 ${outputs} ${inputs}`;
  const found = engine.weights.find(codes, form);
  if (found !== undefined) return found;
  const part = { first: 0, end: outputs };
  const address = engine.weights.add(codes, form, packedBytes(inputs, part));
  if (address !== undefined) pack(engine, call, { address, part });
  return address;
};

/** See LinearInt8Call; rows, inputs and outputs at least 1. */
export const linearInt8Call = (engine: Engine, call: LinearInt8Call): void => {
  const { inputs, outputs, bias, scales } = call;
  const { stack } = engine;
  const kept = keptWeight(engine, call);
  const panels = Math.floor(stack.available() / 4 / (2 * pairsOf(inputs) * integerColumns));
  const step = kept === undefined ? integerColumns * Math.max(1, panels) : outputs;
  for (let first = 0; first < outputs; first += step) {
    const part = { first, end: Math.min(outputs, first + step) };
    const mark = stack.mark();
    try {
      const right = kept ?? stack.allocate(packedBytes(inputs, part));
      if (kept === undefined) pack(engine, call, { address: right, part });
      const slice = (array: Float32Array): Float32Array => array.subarray(part.first, part.end);
      const weight = {
        ...{ part, right, scales: placed(engine, slice(scales)) },
        bias: placed(engine, bias === undefined ? undefined : slice(bias)),
      };
      multiplyPart(engine, call, weight);
    } finally {
      stack.release(mark);
    }
  }
};
