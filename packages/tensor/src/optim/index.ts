// @heed/tensor/optim: optimizers, clipping of gradients, learning-rate schedules, averages of weights, and the training loop.

// Optimizers
export type { Optimizer, OptimizerOptions, Weights } from './optimizer.ts';
export { type SGDOptions, sgd } from './sgd.ts';
export { type AdamOptions, type AdamWOptions, adam, adamW } from './adam.ts';
export { type AdafactorOptions, adafactor } from './adafactor.ts';
export { type AdamVariantOptions, type NAdamOptions, nadam, radam } from './adamVariants.ts';
export {
  type AdagradOptions,
  adagrad,
  type LionOptions,
  lion,
  type RMSPropOptions,
  rmsProp,
} from './adaptiveRates.ts';

// Gradients before the step, weights after it
export { clipGradients, clipGradientValues, gradientNorm, type NormKind, scaleGradients } from './clip.ts';
export { type MovingAverage, type MovingAverageOptions, movingAverage } from './movingAverage.ts';

// Schedules of the learning rate
export {
  cosineDecay,
  inverseSqrt,
  joined,
  linearDecay,
  noam,
  polynomialDecay,
  relativeStep,
  type Schedule,
  scheduleOf,
  stepDecay,
  warmup,
} from './schedule.ts';

// The training loop
export { train } from './train.ts';
export type { TrainEvent, TrainOptions } from './trainOptions.ts';
export { type ShuffledOptions, shuffled, type TrainingData } from './trainingData.ts';
