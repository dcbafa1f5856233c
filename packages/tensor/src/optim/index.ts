// @heed/tensor/optim: optimizers, clipping of gradients, learning-rate schedules.

export { type AdamWOptions, adam, adamW } from './adam.ts';
export { clipGradients, gradientNorm, type Optimizer, type Weights } from './optimizer.ts';
export {
  cosineDecay,
  inverseSqrt,
  linearDecay,
  noam,
  type Schedule,
  scheduleOf,
  warmup,
} from './schedule.ts';
