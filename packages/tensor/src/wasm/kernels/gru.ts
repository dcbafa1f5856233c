// The gates of a gated recurrent unit between the products of a step, and their gradients; see GruGatesCall.

import { f32x4 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local } from '../assembler/value.ts';
import { eachCellRow } from './cellRows.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import type { Target } from './target.ts';
import { sigmoid, tanh } from './vectorMath.ts';

/** Chunk = a run of rows. */
const gruRecord = {
  rows: 'i32',
  width: 'i32',
  rowsPerChunk: 'i32',
  gates: 'i32',
  recurrent: 'i32',
  hidden: 'i32',
  kept: 'i32',
  nextHidden: 'i32',
} as const;

const gruGradientRecord = {
  rows: 'i32',
  width: 'i32',
  rowsPerChunk: 'i32',
  gates: 'i32',
  recurrent: 'i32',
  hidden: 'i32',
  kept: 'i32',
  nextHiddenGradient: 'i32',
  hiddenGradient: 'i32',
} as const;

/** See GruGatesCall. */
export const gruKernel: KernelSpec<typeof gruRecord> = { name: 'gruGates', layout: gruRecord };

/** See GruGatesGradientCall. */
export const gruGradientKernel: KernelSpec<typeof gruGradientRecord> = {
  name: 'gruGatesGradient',
  layout: gruGradientRecord,
};

type Three<T> = readonly [T, T, T];

/** Kernel 'gruGates'. */
export const defineGru = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, gruKernel, (f, fields, { chunk }) => {
    const { gates, recurrent, hidden, kept, nextHidden } = fields;
    const arrays = { states: { hidden, kept, nextHidden }, gates: { gates, recurrent }, blocks: 3 };
    eachCellRow(f, { ...fields, chunk }, arrays, (step, row) => {
      const own = row.gates.gates as unknown as Three<Local<'i32'>>; // three blocks, here and below
      const [atReset, atUpdate, atHidden] = row.gates.recurrent as unknown as Three<Local<'i32'>>;
      const gate = (at: Local<'i32'>, other: Local<'i32'>): Local<'v128'> => {
        const value = f.let(sigmoid(f, target, f.let(f32x4.add(step.load(at), step.load(other)))));
        step.store(at, value);
        return value;
      };
      const reset = gate(own[0], atReset);
      const update = gate(own[1], atUpdate);
      const fromHidden = f.let(step.load(atHidden));
      step.store(row.states.kept, fromHidden);
      const sum = f.let(f32x4.add(step.load(own[2]), f32x4.mul(reset, fromHidden)));
      const candidate = f.let(tanh(f, target, sum));
      step.store(own[2], candidate);
      const change = f32x4.mul(update, f32x4.sub(step.load(row.states.hidden), candidate));
      step.store(row.states.nextHidden, f32x4.add(candidate, change));
    });
  });
};

/** Kernel 'gruGatesGradient'. */
export const defineGruGradient = (module: ModuleBuilder): void => {
  defineKernel(module, gruGradientKernel, (f, fields, { chunk }) => {
    const { gates, recurrent, hidden, kept, nextHiddenGradient, hiddenGradient } = fields;
    const arrays = {
      states: { hidden, kept, nextHiddenGradient, hiddenGradient },
      gates: { gates, recurrent },
      blocks: 3,
    };
    eachCellRow(f, { ...fields, chunk }, arrays, (step, { states, gates: places }) => {
      const own = places.gates as unknown as Three<Local<'i32'>>; // three blocks, here and below
      const other = places.recurrent as unknown as Three<Local<'i32'>>;
      const [r, z, n] = own.map((at) => f.let(step.load(at))) as unknown as Three<Local<'v128'>>;
      const g = f.let(step.load(states.nextHiddenGradient));
      const rest = (x: Local<'v128'>) => f32x4.sub(1, x);
      const difference = f32x4.sub(step.load(states.hidden), n);
      const candidateSlope = f.let(f32x4.mul(g, rest(z), f32x4.sub(1, f32x4.mul(n, n))));
      const updateSlope = f.let(f32x4.mul(g, difference, z, rest(z)));
      const resetSlope = f.let(f32x4.mul(candidateSlope, step.load(states.kept), r, rest(r)));
      [resetSlope, updateSlope, candidateSlope].forEach((slope, block) =>
        step.store(own[block] as Local<'i32'>, slope),
      );
      [resetSlope, updateSlope, f32x4.mul(candidateSlope, r)].forEach((slope, block) =>
        step.store(other[block] as Local<'i32'>, slope),
      );
      step.store(states.hiddenGradient, f32x4.mul(g, z));
    });
  });
};
