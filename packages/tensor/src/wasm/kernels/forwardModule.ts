// The kernels of a forward pass in float32, in the order of their definition: what every engine starts with.

import type { Callable } from '../assembler/functionBuilder.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { defineAttention } from './attention.ts';
import { attentionKernel } from './attentionRecord.ts';
import { defineFinish } from './finish.ts';
import { defineLayerNorm, layerNormKernel } from './layerNorm.ts';
import { definePackLeft, definePackLeftTransposed } from './packLeft.ts';
import {
  definePackPanel,
  definePackRightColumns,
  definePackRightRows,
  packRightColumnsKernel,
  packRightRowsKernel,
} from './packRight.ts';
import { defineProduct } from './product.ts';
import { productKernel } from './productRecord.ts';
import type { KernelSpec } from './record.ts';
import { defineSoftmax, softmaxKernel } from './softmax.ts';
import type { Target } from './target.ts';
import { defineTile, panelColumns } from './tile.ts';
import { floatArithmetic } from './tileArithmetic.ts';

/** What they are called by. */
export const forwardKernels: readonly KernelSpec[] = [
  packRightRowsKernel,
  packRightColumnsKernel,
  productKernel,
  softmaxKernel,
  layerNormKernel,
  attentionKernel,
];

/** Defines them all. */
export const defineForward = (
  module: ModuleBuilder,
  target: Target,
  log: Callable<{ x: 'f32' }, 'f32'>,
): void => {
  const tile = defineTile(module, floatArithmetic(target), { columns: panelColumns(target) });
  const packPanel = definePackPanel(module, target);
  const packLeft = definePackLeft(module);
  const packLeftTransposed = definePackLeftTransposed(module);
  const finish = defineFinish(module, target);
  definePackRightRows(module, target);
  definePackRightColumns(module, target, packPanel);
  defineProduct(module, target, { tile, packPanel, packLeft, packLeftTransposed, finish });
  defineSoftmax(module, target, log);
  defineLayerNorm(module, target);
  defineAttention(module, target, {
    tile,
    packLeft,
    packLeftTransposed,
    log,
    terms: undefined,
    bits: undefined,
  });
};
