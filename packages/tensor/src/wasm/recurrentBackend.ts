// The part of the Backend that recurrent cells ask for, on an engine. Arrays that lie elsewhere are brought in, and what is written is brought
// back: a step has few numbers beside its products.

import { jsBackend } from '../backend/js/jsBackend.ts';
import type { RecurrentKernels } from '../backend/recurrentKernels.ts';
import { copyOut, placed, residentAddress } from './areas.ts';
import type { Engine } from './engine.ts';
import { gruGradientKernel, gruKernel } from './kernels/gru.ts';
import { lstmGradientKernel, lstmKernel } from './kernels/lstm.ts';
import type { KernelSpec, RecordLayout, RecordValues } from './kernels/record.ts';
import { perChunk } from './rowCalls.ts';

/** A call: sizes, and arrays by the names of the kernel's fields. */
type Call = { readonly rows: number; readonly width: number } & object;

const arraysOf = (call: Call): [string, Float32Array][] =>
  Object.entries(call as Readonly<Record<string, unknown>>).filter(
    (entry): entry is [string, Float32Array] => entry[1] instanceof Float32Array,
  );

/** Bytes of all arrays of a call. */
const roomOf = (call: Call): number => arraysOf(call).reduce((sum, [, array]) => sum + array.byteLength, 0);

/** Runs a kernel on all rows of a call; `written` names the arrays that it writes to. */
const run = <C extends Call>(
  engine: Engine,
  kernel: KernelSpec,
  { call, written }: { readonly call: C; readonly written: readonly (keyof C)[] },
): void => {
  const { rows, width } = call;
  const mark = engine.stack.mark();
  try {
    const arrays = arraysOf(call);
    const addresses = Object.fromEntries(arrays.map(([name, array]) => [name, placed(engine, array)]));
    const rowsPerChunk = perChunk(engine, rows, 4 * width);
    engine.run({
      kernel,
      values: { rows, width, rowsPerChunk, ...addresses } as unknown as RecordValues<RecordLayout>, // the call has the kernel's names
      chunks: Math.ceil(rows / rowsPerChunk),
      scratch: 0,
      work: 160 * rows * width,
    });
    for (const [name, array] of arrays)
      if (written.includes(name as keyof C) && residentAddress(engine, array) === undefined)
        copyOut(
          engine,
          { array, offset: 0, rows: 1, row: 0, width: array.length },
          addresses[name] as number, // of every array
        );
  } finally {
    engine.stack.release(mark);
  }
};

/** Kernels of recurrent cells; `alive` throws where the engine is disposed. */
export const recurrentBackend = (engine: Engine, alive: () => void): RecurrentKernels => {
  const kernel =
    <C extends Call>(
      spec: KernelSpec,
      {
        reference,
        ...rest
      }: { readonly reference: (call: C) => void; readonly written: readonly (keyof C)[] },
    ) =>
    (call: C): void => {
      alive();
      if (call.rows * call.width === 0) return;
      // A step that hardly fits beside all else is computed where it lies.
      if (2 * roomOf(call) > engine.stack.available()) reference(call);
      else run(engine, spec, { call, ...rest });
    };
  return {
    lstmGates: kernel(lstmKernel, {
      reference: jsBackend.lstmGates,
      written: ['gates', 'nextCell', 'squashed', 'nextHidden'],
    }),
    lstmGatesGradient: kernel(lstmGradientKernel, {
      reference: jsBackend.lstmGatesGradient,
      written: ['gates', 'cellGradient'],
    }),
    gruGates: kernel(gruKernel, {
      reference: jsBackend.gruGates,
      written: ['gates', 'kept', 'nextHidden'],
    }),
    gruGatesGradient: kernel(gruGradientKernel, {
      reference: jsBackend.gruGatesGradient,
      written: ['gates', 'recurrent', 'hiddenGradient'],
    }),
  };
};
