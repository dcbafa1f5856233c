// The modules of kernels. An engine starts with the first; each of the others is emitted when one of its kernels is first called, because
// emitting takes longer than most computations.

import type { Callable } from '../assembler/functionBuilder.ts';
import { type ModuleBuilder, moduleBuilder } from '../assembler/moduleBuilder.ts';
import {
  attentionBitsKernels,
  attentionTermsKernels,
  defineAttentionBits,
  defineAttentionTerms,
} from './attentionTermsModule.ts';
import { defineElementwiseKernels, elementwiseKernels } from './elementwiseModule.ts';
import { defineForward, forwardKernels } from './forwardModule.ts';
import { defineIntegers, integerKernels } from './integerModule.ts';
import type { KernelSpec } from './record.ts';
import { defineRecurrent, recurrentKernels } from './recurrentModule.ts';
import type { Target } from './target.ts';
import { defineTraining, trainingKernels } from './trainingModule.ts';

/** Kernels that are one module; `log` is the natural logarithm. */
interface KernelGroup {
  readonly kernels: readonly KernelSpec[];
  readonly define: (module: ModuleBuilder, target: Target, log: Callable<{ x: 'f32' }, 'f32'>) => void;
}

const groups: readonly KernelGroup[] = [
  { kernels: forwardKernels, define: defineForward },
  { kernels: elementwiseKernels, define: defineElementwiseKernels }, // as long as all of the first: every function, four vectors at a time
  { kernels: integerKernels, define: defineIntegers },
  { kernels: trainingKernels, define: defineTraining },
  { kernels: attentionTermsKernels, define: defineAttentionTerms },
  { kernels: recurrentKernels, define: defineRecurrent },
  { kernels: attentionBitsKernels, define: defineAttentionBits },
];

/** Names of the kernels; the index of a name is its number for workers. */
export const kernelNames: readonly string[] = groups.flatMap(({ kernels }) =>
  kernels.map(({ name }) => name),
);

const groupNumbers = groups.flatMap(({ kernels }, group) => kernels.map(() => group));

/** The number of the module that holds a kernel, by the kernel's number. 0: the one that every engine starts with. */
export const groupOf = (kernel: number): number => groupNumbers[kernel] as number; // one a kernel

/** The bytes of a module for a target, to be linked with a memory that is shared or not, and with `log`, the logarithm. */
export const kernelModule = (target: Target, shared: boolean, group = 0): Uint8Array<ArrayBuffer> => {
  const module = moduleBuilder({ shared, initial: 1, maximum: 65536 });
  const log = module.imported('log', { parameters: { x: 'f32' }, result: 'f32' });
  groups[group]?.define(module, target, log);
  return module.bytes();
};
