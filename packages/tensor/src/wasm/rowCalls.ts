// Calls that work on rows or single numbers: unary, softmax, layer normalization. A block of rows at a time where rows must be
// copied, all at once where they lie in the engine.

import type { LayerNormCall, SoftmaxCall, UnaryKind } from '../backend/backend.ts';
import { copyIn, copyOut, placed, residentAddress } from './areas.ts';
import type { Engine } from './engine.ts';
import { activationNumber } from './kernels/activation.ts';
import { layerNormKernel } from './kernels/layerNorm.ts';
import { softmaxKernel } from './kernels/softmax.ts';
import { unaryKernel } from './kernels/unaryKernel.ts';

const copyBudget = 2 ** 18; // bytes of rows that are copied together: they stay in the second-level cache until the result is back

/** Numbers that `chunks` threads share: at least 4096 a chunk, so that the taking of chunks costs nothing. */
export const perChunk = (engine: Engine, rows: number, width: number): number =>
  Math.max(Math.ceil(4096 / width), Math.ceil(rows / (4 * engine.threads)));

/**
 * Runs `compute` on blocks of rows of `width` numbers: given are the addresses of the inputs' and of the output's rows, the first
 * row's number and how many there are.
 */
export const byRows = (
  engine: Engine,
  {
    inputs,
    out,
    rows,
    width,
    together = 1,
  }: {
    readonly inputs: readonly (Float32Array | undefined)[];
    readonly out: Float32Array;
    readonly rows: number;
    readonly width: number;
    /** Blocks but the last are multiples of so many rows. */
    readonly together?: number;
  },
  compute: (inputs: readonly number[], out: number, block: { first: number; rows: number }) => void,
): void => {
  const mark = engine.stack.mark();
  const copied = [...inputs, out].filter(
    (array) => array !== undefined && residentAddress(engine, array) === undefined,
  ).length;
  const budget = Math.min(copyBudget * engine.threads, engine.stack.available() / 4);
  const fitting = Math.floor(budget / (4 * width * copied * together)) * together;
  const most = copied === 0 ? rows : Math.min(rows, Math.max(together, fitting));
  try {
    const addressOf = (array: Float32Array | undefined): number =>
      array === undefined ? 0 : (residentAddress(engine, array) ?? engine.stack.allocate(4 * most * width));
    const inputAddresses = inputs.map(addressOf);
    // The result may take the place of a copied input: every kernel here reads a row before it writes it.
    const outResident = residentAddress(engine, out);
    const outAddress = outResident ?? engine.stack.allocate(4 * most * width);
    const isResident = inputs.map(
      (array) => array !== undefined && residentAddress(engine, array) !== undefined,
    );
    for (let first = 0; first < rows; first += most) {
      const count = Math.min(most, rows - first);
      const area = { offset: first * width, rows: 1, row: 0, width: count * width };
      const given = inputs.map((array, i) => {
        const address = inputAddresses[i] as number; // one address an input
        if (array === undefined) return 0;
        if (isResident[i]) return address + 4 * first * width;
        copyIn(engine, { array, ...area }, address);
        return address;
      });
      compute(given, outResident === undefined ? outAddress : outAddress + 4 * first * width, {
        first,
        rows: count,
      });
      if (outResident === undefined) copyOut(engine, { array: out, ...area }, outAddress);
    }
  } finally {
    engine.stack.release(mark);
  }
};

/** out[i] = kind(x[i]). */
export const unaryCall = (
  engine: Engine,
  kind: UnaryKind,
  [x, out]: readonly [Float32Array, Float32Array],
): void => {
  byRows(engine, { inputs: [x], out, rows: x.length, width: 1 }, ([source], to, { rows }) => {
    const per = Math.ceil(perChunk(engine, rows, 1) / 4) * 4;
    engine.run({
      kernel: unaryKernel,
      values: { x: source as number, out: to, count: rows, perChunk: per, kind: activationNumber(kind) }, // one input
      chunks: Math.ceil(rows / per),
      scratch: 0,
      work: 8 * rows,
    });
  });
};

/** See SoftmaxCall; rows and columns at least 1. */
export const softmaxCall = (engine: Engine, { x, out, rows: allRows, columns, log }: SoftmaxCall): void => {
  byRows(engine, { inputs: [x], out, rows: allRows, width: columns }, ([source], to, { rows }) => {
    const rowsPerChunk = perChunk(engine, rows, columns);
    engine.run({
      kernel: softmaxKernel,
      values: { x: source as number, out: to, rows, columns, rowsPerChunk, logarithm: Number(log) }, // one input
      chunks: Math.ceil(rows / rowsPerChunk),
      scratch: 0,
      work: 16 * rows * columns,
    });
  });
};

/** See LayerNormCall; rows and width at least 1. */
export const layerNormCall = (engine: Engine, call: LayerNormCall): void => {
  const { x, residual, out, width, epsilon } = call;
  const mark = engine.stack.mark();
  try {
    const scale = placed(engine, call.scale);
    const shift = placed(engine, call.shift);
    const statistics = [call.mean, call.inverseDeviation].map((array) => ({
      array,
      resident: array === undefined ? 0 : residentAddress(engine, array),
      copy: array === undefined ? 0 : engine.stack.allocate(4 * call.rows),
    }));
    byRows(
      engine,
      { inputs: [x, residual], out, rows: call.rows, width },
      ([source, added], to, { first, rows }) => {
        const rowsPerChunk = perChunk(engine, rows, width);
        const [mean, inverseDeviation] = statistics.map(({ array, resident, copy }) =>
          array === undefined ? 0 : (resident ?? copy) + 4 * first,
        );
        engine.run({
          kernel: layerNormKernel,
          values: {
            x: source as number,
            residual: added as number,
            out: to,
            scale,
            shift, // two inputs, two statistics
            mean: mean as number,
            inverseDeviation: inverseDeviation as number,
            rows,
            width,
            rowsPerChunk,
            epsilon,
          },
          chunks: Math.ceil(rows / rowsPerChunk),
          scratch: 0,
          work: 4 * rows * width,
        });
      },
    );
    for (const { array, resident, copy } of statistics)
      if (array !== undefined && resident === undefined)
        copyOut(engine, { array, offset: 0, rows: 1, row: 0, width: call.rows }, copy);
  } finally {
    engine.stack.release(mark);
  }
};
