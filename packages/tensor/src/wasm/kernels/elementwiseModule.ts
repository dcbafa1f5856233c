// The kernels that work element by element: functions of one number, arithmetic of two arrays.

import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { defineElementwise, elementwiseKernel } from './elementwise.ts';
import type { KernelSpec } from './record.ts';
import type { Target } from './target.ts';
import { defineUnary, unaryKernel } from './unaryKernel.ts';

/** What they are called by. */
export const elementwiseKernels: readonly KernelSpec[] = [unaryKernel, elementwiseKernel];

/** Defines them all. */
export const defineElementwiseKernels = (module: ModuleBuilder, target: Target): void => {
  defineUnary(module, target);
  defineElementwise(module);
};
