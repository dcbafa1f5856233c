// Calls of a training step but for attention: on the engine where operands lie there or computing costs more than bringing them in.
// Sums are cut at places that do not depend on the number of threads, so that the bits do not either.

import { jsBackend } from '../backend/js/jsBackend.ts';
import type {
  AdamWCall,
  ArithmeticCall,
  DropoutCall,
  LayerNormGradientCall,
  SlopeCall,
  SoftmaxGradientCall,
  SumColumnsCall,
} from '../backend/trainingKernels.ts';
import { copyIn, copyOut, placed, residentAddress } from './areas.ts';
import type { Engine } from './engine.ts';
import { activationNumber } from './kernels/activation.ts';
import { adamWKernel } from './kernels/adamW.ts';
import { dropoutKernel } from './kernels/dropout.ts';
import { elementwiseKernel, elementwiseNumber } from './kernels/elementwise.ts';
import { layerNormGradientKernel, normRowsPerChunk, softmaxGradientKernel } from './kernels/rowGradients.ts';
import { slopeKernel } from './kernels/slopeKernel.ts';
import {
  columnsPerChunk,
  squaresPerChunk,
  sumColumnsKernel,
  sumOfSquaresKernel,
} from './kernels/sumColumns.ts';
import { byRows, perChunk } from './rowCalls.ts';

const numbersPerChunk = 2 ** 14; // 64 KiB an operand: taking a chunk costs nothing beside it
const copyBudget = 2 ** 18; // bytes that are copied together: they stay in the second-level cache

/** Runs the body on the stack as it is now, and gives back what it allocates. */
const onStack = <T>(engine: Engine, body: () => T): T => {
  const mark = engine.stack.mark();
  try {
    return body();
  } finally {
    engine.stack.release(mark);
  }
};

/** See ArithmeticCall. Operands that are elsewhere stay there: to copy them costs as much as to compute. Small ones are brought in. */
export const arithmeticCall = (engine: Engine, call: ArithmeticCall): void => {
  const { kind, a, b, out, rows, columns } = call;
  const to = residentAddress(engine, out);
  const near = (array: Float32Array): boolean =>
    residentAddress(engine, array) !== undefined || 8 * array.length <= out.length;
  if (to === undefined || !near(a) || !near(b)) {
    jsBackend.arithmetic(call);
    return;
  }
  const single = columns === 1; // one number a row: the kernel reads it as a row of its own
  onStack(engine, () => {
    const flat = rows === 1;
    const rowsPerChunk = flat ? 1 : Math.max(1, Math.ceil(numbersPerChunk / columns));
    const width = flat ? numbersPerChunk : columns;
    const columnChunks = Math.ceil(columns / width);
    engine.run({
      kernel: elementwiseKernel,
      values: {
        a: placed(engine, a),
        b: placed(engine, b),
        out: to,
        rows,
        columns,
        aRow: 4 * call.aRow,
        aColumn: single ? 1 : call.aColumn,
        bRow: 4 * call.bRow,
        bColumn: single ? 1 : call.bColumn,
        kind: elementwiseNumber(kind),
        rowsPerChunk,
        columnsPerChunk: width,
        columnChunks,
      },
      chunks: Math.ceil(rows / rowsPerChunk) * columnChunks,
      scratch: 0,
      work: 4 * rows * columns,
    });
  });
};

/** See SlopeCall. */
export const slopeCall = (engine: Engine, { kind, from, gradient, out }: SlopeCall): void => {
  byRows(engine, { inputs: [from, gradient], out, rows: out.length, width: 1 }, (inputs, to, { rows }) => {
    const [x, upstream] = inputs as [number, number]; // two inputs
    const per = Math.ceil(perChunk(engine, rows, 1) / 4) * 4;
    engine.run({
      kernel: slopeKernel,
      values: {
        from: x,
        gradient: upstream,
        out: to,
        count: rows,
        perChunk: per,
        kind: activationNumber(kind),
      },
      chunks: Math.ceil(rows / per),
      scratch: 0,
      work: 8 * rows,
    });
  });
};

/** Sums of columns of what lies at an address. */
const sumColumnsAt = (
  engine: Engine,
  [x, out]: readonly [number, number],
  { rows, columns }: { readonly rows: number; readonly columns: number },
): void =>
  engine.run({
    kernel: sumColumnsKernel,
    values: { x, out, rows, columns, row: 4 * columns },
    chunks: Math.ceil(columns / columnsPerChunk),
    scratch: 0,
    work: 4 * rows * columns,
  });

/** See SumColumnsCall. Rows that are elsewhere stay there: to copy them costs as much as to add them. */
export const sumColumnsCall = (engine: Engine, call: SumColumnsCall): void => {
  const { x, out, rows, columns } = call;
  const from = residentAddress(engine, x);
  if (from === undefined) {
    jsBackend.sumColumns(call);
    return;
  }
  onStack(engine, () => {
    const resident = residentAddress(engine, out);
    const to = resident ?? engine.stack.allocate(4 * columns);
    sumColumnsAt(engine, [from, to], { rows, columns });
    if (resident === undefined)
      copyOut(engine, { array: out, offset: 0, rows: 1, row: 0, width: columns }, to);
  });
};

/** See LayerNormGradientCall; rows and width at least 1. */
export const layerNormGradientCall = (engine: Engine, call: LayerNormGradientCall): void => {
  const { gradient, x, residual, out, rows: all, width } = call;
  const chunks = Math.ceil(all / normRowsPerChunk);
  const room = 4 * width * (4 * normRowsPerChunk + 2 * chunks + 4) + 8 * all;
  if (2 * room > engine.stack.available()) {
    jsBackend.layerNormGradient(call);
    return;
  }
  onStack(engine, () => {
    const scale = placed(engine, call.scale);
    const mean = placed(engine, call.mean);
    const inverseDeviation = placed(engine, call.inverseDeviation);
    const partial = engine.stack.allocate(8 * width * chunks);
    byRows(
      engine,
      { inputs: [gradient, x, residual], out, rows: all, width, together: normRowsPerChunk },
      (inputs, to, { first, rows }) => {
        const [upstream, from, added] = inputs as [number, number, number]; // three inputs
        engine.run({
          kernel: layerNormGradientKernel,
          values: {
            ...{ gradient: upstream, x: from, residual: added, scale, out: to, rows, width },
            mean: mean + 4 * first,
            inverseDeviation: inverseDeviation + 4 * first,
            partial: partial + 8 * width * (first / normRowsPerChunk),
          },
          chunks: Math.ceil(rows / normRowsPerChunk),
          scratch: 0,
          work: 8 * rows * width,
        });
      },
    );
    const sums = engine.stack.allocate(8 * width);
    sumColumnsAt(engine, [partial, sums], { rows: chunks, columns: 2 * width });
    copyOut(engine, { array: call.scaleGradient, offset: 0, rows: 1, row: 0, width }, sums);
    copyOut(engine, { array: call.shiftGradient, offset: 0, rows: 1, row: 0, width }, sums + 4 * width);
  });
};

/** See SoftmaxGradientCall; rows and columns at least 1. */
export const softmaxGradientCall = (engine: Engine, call: SoftmaxGradientCall): void => {
  const { gradient, y, out, columns, log } = call;
  byRows(engine, { inputs: [gradient, y], out, rows: call.rows, width: columns }, (inputs, to, { rows }) => {
    const [upstream, from] = inputs as [number, number]; // two inputs
    const rowsPerChunk = perChunk(engine, rows, columns);
    engine.run({
      kernel: softmaxGradientKernel,
      values: { gradient: upstream, y: from, out: to, rows, columns, rowsPerChunk, logarithm: Number(log) },
      chunks: Math.ceil(rows / rowsPerChunk),
      scratch: 0,
      work: (log ? 16 : 4) * rows * columns,
    });
  });
};

/** See AdamWCall; arrays of at least one number. Blocks of what lies elsewhere are brought in and taken out while they are in cache. */
export const adamWCall = (engine: Engine, call: AdamWCall): void => {
  const { weight, gradient, first, second } = call;
  const arrays = [weight, gradient, first, second];
  const homes = arrays.map((array) => residentAddress(engine, array));
  const most = homes.every((home) => home !== undefined)
    ? weight.length
    : Math.min(weight.length, Math.floor(copyBudget / 16) * engine.threads);
  onStack(engine, () => {
    const copies = homes.map((home) => (home === undefined ? engine.stack.allocate(4 * most) : 0));
    for (let from = 0; from < weight.length; from += most) {
      const count = Math.min(most, weight.length - from);
      const area = (array: Float32Array) => ({ array, offset: from, rows: 1, row: 0, width: count });
      const places = arrays.map((array, i) => {
        const [home, copy] = [homes[i], copies[i] as number]; // one an array
        if (home !== undefined) return home + 4 * from;
        copyIn(engine, area(array), copy);
        return copy;
      }) as [number, number, number, number]; // four arrays
      const per = Math.min(numbersPerChunk, Math.max(1024, Math.ceil(count / (4 * engine.threads) / 4) * 4));
      engine.run({
        kernel: adamWKernel,
        values: {
          ...{ weight: places[0], gradient: places[1], first: places[2], second: places[3] },
          ...{ count, perChunk: per },
          ...{ gradientScale: call.gradientScale, epsilon: call.epsilon, rate: call.rate },
          ...{ beta1: call.beta1, oneMinusBeta1: 1 - call.beta1 },
          ...{ beta2: call.beta2, oneMinusBeta2: 1 - call.beta2 },
          ...{ secondScale: call.secondScale, shrink: call.shrink },
        },
        chunks: Math.ceil(count / per),
        scratch: 0,
        work: 8 * count,
      });
      for (const i of [0, 2, 3])
        if (homes[i] === undefined) copyOut(engine, area(arrays[i] as Float32Array), copies[i] as number); // one an array
    }
  });
};

/** See DropoutCall; at least one number. */
export const dropoutCall = (
  engine: Engine,
  { x, out, key: [low, high], position, rate }: DropoutCall,
): void => {
  byRows(
    engine,
    { inputs: [x], out, rows: out.length, width: 1, together: 4 },
    ([from], to, { first, rows }) => {
      const per = Math.ceil(perChunk(engine, rows, 1) / 4) * 4;
      engine.run({
        kernel: dropoutKernel,
        values: {
          ...{ x: from as number, out: to, count: rows, perChunk: per }, // one input
          ...{ low, high, position: (position + first) | 0 },
          threshold: Math.ceil(rate * 2 ** 24),
          scale: 1 / (1 - rate),
        },
        chunks: Math.ceil(rows / per),
        scratch: 0,
        work: 8 * rows,
      });
    },
  );
};

/** Σ x². Numbers that are elsewhere stay there: to copy them costs as much as to add them. */
export const sumOfSquaresCall = (engine: Engine, x: Float32Array): number => {
  const from = residentAddress(engine, x);
  if (from === undefined) return jsBackend.sumOfSquares(x);
  return onStack(engine, () => {
    const chunks = Math.ceil(x.length / squaresPerChunk);
    const out = engine.stack.allocate(4 * chunks);
    engine.run({
      kernel: sumOfSquaresKernel,
      values: { x: from, out, count: x.length },
      chunks,
      scratch: 0,
      work: 4 * x.length,
    });
    let sum = 0;
    const { f32 } = engine.memory.views();
    for (let i = 0; i < chunks; i++) sum += f32[out / 4 + i] as number; // inside the memory
    return sum;
  });
};
