// The reference backend: plain TypeScript loops, the living definition of every kernel, and the fallback without WebAssembly.

import type { Backend } from '../backend.ts';
import { attention } from './attention.ts';
import { attentionGradient } from './attentionGradient.ts';
import { dropout } from './dropout.ts';
import { linearInt8 } from './int8.ts';
import { linear, matmul } from './matmul.ts';
import { gruGates, gruGatesGradient, lstmGates, lstmGatesGradient } from './recurrent.ts';
import { layerNorm, softmax } from './rows.ts';
import {
  adamW,
  arithmetic,
  layerNormGradient,
  slope,
  softmaxGradient,
  sumColumns,
  sumOfSquares,
} from './training.ts';
import { unary } from './unary.ts';

/** Kernels in plain TypeScript. */
export const jsBackend: Backend = {
  name: 'js',
  memory: undefined,
  describe: () => ({
    name: 'js',
    threads: 1,
    simd: 'none',
    notes: [
      'Plain TypeScript: the definition of the kernels, many times slower than the WebAssembly engine.',
    ],
  }),
  matmul,
  linear,
  linearAll: (calls) => {
    for (const call of calls) linear(call);
  },
  linearInt8,
  unary,
  softmax,
  layerNorm,
  attention,
  arithmetic,
  slope,
  sumColumns,
  layerNormGradient,
  softmaxGradient,
  attentionGradient,
  adamW,
  dropout,
  sumOfSquares,
  lstmGates,
  lstmGatesGradient,
  gruGates,
  gruGatesGradient,
};
