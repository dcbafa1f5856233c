// The kernels of attention with terms, and those with terms and a bit a key, forward and gradient: modules of their own, so that nobody waits
// for them who has neither.

import type { Callable } from '../assembler/functionBuilder.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { defineAttention } from './attention.ts';
import { defineBits } from './attentionBits.ts';
import { attentionBitsGradientKernel, attentionBitsKernel } from './attentionBitsRecord.ts';
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

/** What the kernels with bits are called by. */
export const attentionBitsKernels: readonly KernelSpec[] = [attentionBitsKernel, attentionBitsGradientKernel];

type Log = Callable<{ x: 'f32' }, 'f32'>;

const define = (
  module: ModuleBuilder,
  target: Target,
  { log, withBits }: { readonly log: Log; readonly withBits: boolean },
): void => {
  const tile = defineTile(module, floatArithmetic(target), { columns: panelColumns(target) });
  const packLeft = definePackLeft(module);
  const packLeftTransposed = definePackLeftTransposed(module);
  const terms = defineTerms(module, target);
  const bits = withBits ? defineBits(module, target) : undefined;
  defineAttention(module, target, { tile, packLeft, packLeftTransposed, log, terms, bits });
  defineAttentionGradient(module, target, { tile, packLeft, terms, bits });
};

/** Defines those with terms. */
export const defineAttentionTerms = (module: ModuleBuilder, target: Target, log: Log): void =>
  define(module, target, { log, withBits: false });

/** Defines those that read a bit a key too. */
export const defineAttentionBits = (module: ModuleBuilder, target: Target, log: Log): void =>
  define(module, target, { log, withBits: true });
