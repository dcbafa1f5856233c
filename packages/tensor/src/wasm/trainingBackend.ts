// The part of the Backend that a training step asks for, on an engine: checks for empty calls, forwards.

import { jsBackend } from '../backend/js/jsBackend.ts';
import type { TrainingKernels } from '../backend/trainingKernels.ts';
import { attentionGradientCall } from './attentionGradientCall.ts';
import type { Engine } from './engine.ts';
import {
  adamWCall,
  arithmeticCall,
  dropoutCall,
  layerNormGradientCall,
  slopeCall,
  softmaxGradientCall,
  sumColumnsCall,
  sumOfSquaresCall,
} from './trainingCalls.ts';

/** Kernels of a training step; `alive` throws where the engine is disposed. */
export const trainingBackend = (core: Engine, alive: () => void): TrainingKernels => ({
  arithmetic: (call) => {
    alive();
    if (call.rows * call.columns > 0) arithmeticCall(core, call);
  },
  slope: (call) => {
    alive();
    if (call.out.length > 0) slopeCall(core, call);
  },
  sumColumns: (call) => {
    alive();
    if (call.rows * call.columns > 0) sumColumnsCall(core, call);
    else call.out.fill(0);
  },
  layerNormGradient: (call) => {
    alive();
    if (call.rows * call.width > 0) layerNormGradientCall(core, call);
    else jsBackend.layerNormGradient(call);
  },
  softmaxGradient: (call) => {
    alive();
    if (call.rows * call.columns > 0) softmaxGradientCall(core, call);
  },
  attentionGradient: (call) => {
    alive();
    if (call.heads > 0) attentionGradientCall(core, call);
  },
  adamW: (call) => {
    alive();
    if (call.weight.length > 0) adamWCall(core, call);
  },
  dropout: (call) => {
    alive();
    // The bits are the same; a call of the engine takes as long as some 200 numbers.
    if (call.out.length < 200) jsBackend.dropout(call);
    else dropoutCall(core, call);
  },
  sumOfSquares: (x) => {
    alive();
    return x.length > 0 ? sumOfSquaresCall(core, x) : 0;
  },
});
