// The kernels of attention with terms, forward and gradient: a module of their own, so that nobody waits for it who has none.

import type { Callable } from '../assembler/functionBuilder.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { defineAttention } from './attention.ts';
import { defineAttentionGradient } from './attentionGradient.ts';
import { defineTerms } from './attentionTerms.ts';
import { attentionTermsGradientKernel, attentionTermsKernel } from './attentionTermsRecord.ts';
import { definePackLeft, definePackLeftTransposed } from './packLeft.ts';
import type { KernelSpec } from './record.ts';
import type { Target } from './target.ts';
import { defineTile, panelColumns } from './tile.ts';
import { floatArithmetic } from './tileArithmetic.ts';

/** What they are called by. */
export const attentionTermsKernels: readonly KernelSpec[] = [
  attentionTermsKernel,
  attentionTermsGradientKernel,
];

/** Defines them all. */
export const defineAttentionTerms = (
  module: ModuleBuilder,
  target: Target,
  log: Callable<{ x: 'f32' }, 'f32'>,
): void => {
  const tile = defineTile(module, floatArithmetic(target), { columns: panelColumns(target) });
  const packLeft = definePackLeft(module);
  const packLeftTransposed = definePackLeftTransposed(module);
  const terms = defineTerms(module, target);
  defineAttention(module, target, { tile, packLeft, packLeftTransposed, log, terms });
  defineAttentionGradient(module, target, { tile, packLeft, terms });
};
