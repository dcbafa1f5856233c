// The gates of a long short-term memory between the products of a step, and their gradients; see LstmGatesCall.

import { f32x4 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local } from '../assembler/value.ts';
import { eachCellRow } from './cellRows.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import type { Target } from './target.ts';
import { sigmoid, tanh, type VectorFunction } from './vectorMath.ts';

/** Chunk = a run of rows. */
const lstmRecord = {
  rows: 'i32',
  width: 'i32',
  rowsPerChunk: 'i32',
  gates: 'i32',
  recurrent: 'i32',
  cell: 'i32',
  nextCell: 'i32',
  squashed: 'i32',
  nextHidden: 'i32',
} as const;

const lstmGradientRecord = {
  rows: 'i32',
  width: 'i32',
  rowsPerChunk: 'i32',
  gates: 'i32',
  cell: 'i32',
  squashed: 'i32',
  nextHiddenGradient: 'i32',
  nextCellGradient: 'i32',
  cellGradient: 'i32',
} as const;

/** See LstmGatesCall. */
export const lstmKernel: KernelSpec<typeof lstmRecord> = { name: 'lstmGates', layout: lstmRecord };

/** See LstmGatesGradientCall. */
export const lstmGradientKernel: KernelSpec<typeof lstmGradientRecord> = {
  name: 'lstmGatesGradient',
  layout: lstmGradientRecord,
};

type Four<T> = readonly [T, T, T, T];

/** Kernel 'lstmGates'. */
export const defineLstm = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, lstmKernel, (f, fields, { chunk }) => {
    const { gates, recurrent, cell, nextCell, squashed, nextHidden } = fields;
    const arrays = {
      states: { cell, nextCell, squashed, nextHidden },
      gates: { gates, recurrent },
      blocks: 4,
    };
    eachCellRow(f, { ...fields, chunk }, arrays, (step, row) => {
      const functions: Four<VectorFunction> = [sigmoid, sigmoid, tanh, sigmoid];
      const [i, input, candidate, output] = functions.map((gate, block) => {
        const at = row.gates.gates[block] as Local<'i32'>; // four blocks
        const sum = f.let(f32x4.add(step.load(at), step.load(row.gates.recurrent[block] as Local<'i32'>)));
        const value = f.let(gate(f, target, sum));
        step.store(at, value);
        return value;
      }) as unknown as Four<Local<'v128'>>;
      const next = f.let(f32x4.add(f32x4.mul(input, step.load(row.states.cell)), f32x4.mul(i, candidate)));
      step.store(row.states.nextCell, next);
      const small = f.let(tanh(f, target, next));
      step.store(row.states.squashed, small);
      step.store(row.states.nextHidden, f32x4.mul(output, small));
    });
  });
};

/** Kernel 'lstmGatesGradient'. */
export const defineLstmGradient = (module: ModuleBuilder): void => {
  defineKernel(module, lstmGradientKernel, (f, fields, { chunk }) => {
    const { gates, cell, squashed, nextHiddenGradient, nextCellGradient, cellGradient } = fields;
    const arrays = {
      states: { cell, squashed, nextHiddenGradient, nextCellGradient, cellGradient },
      gates: { gates },
      blocks: 4,
    };
    eachCellRow(f, { ...fields, chunk }, arrays, (step, { states, gates: { gates: places } }) => {
      const [atInput, atForget, atCandidate, atOutput] = places as unknown as Four<Local<'i32'>>; // four blocks
      const load = (at: Local<'i32'>): Local<'v128'> => f.let(step.load(at));
      const [i, forget, g, o] = [load(atInput), load(atForget), load(atCandidate), load(atOutput)];
      const y = load(states.squashed);
      const hiddenSlope = load(states.nextHiddenGradient);
      const rest = (x: Local<'v128'>) => f32x4.sub(1, x); // 1 − x
      const restOfSquare = (x: Local<'v128'>) => f32x4.sub(1, f32x4.mul(x, x)); // 1 − x²
      const slope = f.let(
        f32x4.add(step.load(states.nextCellGradient), f32x4.mul(hiddenSlope, o, restOfSquare(y))),
      );
      step.store(atInput, f32x4.mul(slope, g, i, rest(i)));
      step.store(atForget, f32x4.mul(slope, step.load(states.cell), forget, rest(forget)));
      step.store(atCandidate, f32x4.mul(slope, i, restOfSquare(g)));
      step.store(atOutput, f32x4.mul(hiddenSlope, y, o, rest(o)));
      step.store(states.cellGradient, f32x4.mul(slope, forget));
    });
  });
};
