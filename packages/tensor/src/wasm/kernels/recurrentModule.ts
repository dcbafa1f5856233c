// The kernels of recurrent cells, in the order of their definition.

import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { defineGru, defineGruGradient, gruGradientKernel, gruKernel } from './gru.ts';
import { defineLstm, defineLstmGradient, lstmGradientKernel, lstmKernel } from './lstm.ts';
import type { KernelSpec } from './record.ts';
import type { Target } from './target.ts';

/** What they are called by. */
export const recurrentKernels: readonly KernelSpec[] = [
  lstmKernel,
  lstmGradientKernel,
  gruKernel,
  gruGradientKernel,
];

/** Defines them all. */
export const defineRecurrent = (module: ModuleBuilder, target: Target): void => {
  defineLstm(module, target);
  defineLstmGradient(module);
  defineGru(module, target);
  defineGruGradient(module);
};
