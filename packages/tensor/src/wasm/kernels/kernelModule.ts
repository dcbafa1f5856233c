// All kernels in one module, in the order of their definition.

import { moduleBuilder } from '../assembler/moduleBuilder.ts';
import { defineAttention } from './attention.ts';
import { attentionKernel } from './attentionRecord.ts';
import { codeRowsKernel, defineCodeRows } from './codeRows.ts';
import { defineFinish } from './finish.ts';
import { defineIntegerProduct, integerProductKernel } from './integerProduct.ts';
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
import { defineSoftmax, softmaxKernel } from './softmax.ts';
import type { Target } from './target.ts';
import { defineTile, wideColumns } from './tile.ts';
import { floatArithmetic } from './tileArithmetic.ts';
import { defineTraining, trainingKernels } from './trainingModule.ts';
import { defineUnary, unaryKernel } from './unaryKernel.ts';

/** Names of the kernels; the index of a name is its number for workers. */
export const kernelNames: readonly string[] = [
  packRightRowsKernel,
  packRightColumnsKernel,
  productKernel,
  codeRowsKernel,
  integerProductKernel,
  unaryKernel,
  softmaxKernel,
  layerNormKernel,
  attentionKernel,
  ...trainingKernels,
].map((kernel) => kernel.name);

/** The bytes of the module for a target, to be linked with a memory that is shared or not, and with `log`, the logarithm. */
export const kernelModule = (target: Target, shared: boolean): Uint8Array<ArrayBuffer> => {
  const module = moduleBuilder({ shared, initial: 1, maximum: 65536 });
  const log = module.imported('log', { parameters: { x: 'f32' }, result: 'f32' });
  const arithmetic = floatArithmetic(target);
  const tile = defineTile(module, arithmetic);
  const productTile = target.wide ? defineTile(module, arithmetic, wideColumns) : tile;
  const packPanel = definePackPanel(module, target);
  const packLeft = definePackLeft(module);
  const packLeftTransposed = definePackLeftTransposed(module);
  definePackRightRows(module, target);
  definePackRightColumns(module, target, packPanel);
  const finish = defineFinish(module, target);
  defineProduct(module, target, { tile: productTile, packPanel, packLeft, packLeftTransposed, finish });
  defineCodeRows(module);
  defineIntegerProduct(module, target, { packLeft, packLeftTransposed, finish });
  defineUnary(module, target);
  defineSoftmax(module, target, log);
  defineLayerNorm(module, target);
  defineAttention(module, target, { tile: productTile, packLeft, packLeftTransposed, log });
  defineTraining(module, target, { tile: productTile, packLeft });
  return module.bytes();
};
