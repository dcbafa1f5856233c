// The kernels of products with 8-bit weights, in the order of their definition.

import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { codeRowsKernel, defineCodeRows } from './codeRows.ts';
import { defineFinish } from './finish.ts';
import { defineIntegerProduct, integerProductKernel } from './integerProduct.ts';
import { definePackLeft, definePackLeftTransposed } from './packLeft.ts';
import type { KernelSpec } from './record.ts';
import type { Target } from './target.ts';

/** What they are called by. */
export const integerKernels: readonly KernelSpec[] = [codeRowsKernel, integerProductKernel];

/** Defines them all. */
export const defineIntegers = (module: ModuleBuilder, target: Target): void => {
  defineCodeRows(module);
  defineIntegerProduct(module, target, {
    packLeft: definePackLeft(module),
    packLeftTransposed: definePackLeftTransposed(module),
    finish: defineFinish(module, target),
  });
};
