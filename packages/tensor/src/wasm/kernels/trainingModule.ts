// The kernels of a training step, in the order of their definition.

import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { adamWKernel, defineAdamW } from './adamW.ts';
import { defineAttentionGradient } from './attentionGradient.ts';
import { attentionGradientKernel } from './attentionGradientRecord.ts';
import { defineDropout, dropoutKernel } from './dropout.ts';
import { definePackLeft } from './packLeft.ts';
import type { KernelSpec } from './record.ts';
import {
  defineLayerNormGradient,
  defineSoftmaxGradient,
  layerNormGradientKernel,
  softmaxGradientKernel,
} from './rowGradients.ts';
import { defineSlope, slopeKernel } from './slopeKernel.ts';
import { defineSumColumns, defineSumOfSquares, sumColumnsKernel, sumOfSquaresKernel } from './sumColumns.ts';
import type { Target } from './target.ts';
import { defineTile, panelColumns } from './tile.ts';
import { floatArithmetic } from './tileArithmetic.ts';

/** What they are called by. */
export const trainingKernels: readonly KernelSpec[] = [
  slopeKernel,
  sumColumnsKernel,
  sumOfSquaresKernel,
  softmaxGradientKernel,
  layerNormGradientKernel,
  adamWKernel,
  attentionGradientKernel,
  dropoutKernel,
];

/** Defines them all. */
export const defineTraining = (module: ModuleBuilder, target: Target): void => {
  const tile = defineTile(module, floatArithmetic(target), { columns: panelColumns(target) });
  const packLeft = definePackLeft(module);
  defineSlope(module, target);
  defineSumColumns(module);
  defineSumOfSquares(module, target);
  defineSoftmaxGradient(module, target);
  defineLayerNormGradient(module, target);
  defineAdamW(module, target);
  defineAttentionGradient(module, target, { tile, packLeft, terms: undefined, bits: undefined });
  defineDropout(module);
};
