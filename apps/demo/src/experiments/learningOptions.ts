// What a net on the spirals is trained with. Apart from the learner, so that the page can know it without the engine.

/** The optimizers to choose from. */
export const optimizers = ['sgd', 'momentum', 'adam', 'adamW'] as const;

/** One of the optimizers. */
export type OptimizerName = (typeof optimizers)[number];

/** The schedules of the learning rate to choose from. */
export const schedules = ['constant', 'linear', 'cosine', 'inverseSqrt', 'noam'] as const;

/** One of the schedules. */
export type ScheduleName = (typeof schedules)[number];

/** Steps of a whole run; schedules that end, end here. */
export const totalSteps = 600;

/** What is trained, and how. */
export interface LearningOptions {
  readonly optimizer: OptimizerName;
  /** Peak of the learning rate. */
  readonly rate: number;
  readonly schedule: ScheduleName;
  /** Steps over which the rate rises to its peak; 0 is none. */
  readonly warmup: number;
  /** Most that the common norm of the gradients may be; 0 is no clipping. */
  readonly clip: number;
  /** Residual blocks, each normalized after the sum, as in the Transformer of 2017. */
  readonly blocks: number;
  readonly seed: number;
}

/** What the page opens with: a depth and a rate at which the first steps decide, whichever way an engine rounds. */
export const standardLearning: LearningOptions = {
  optimizer: 'adam',
  rate: 0.02,
  schedule: 'constant',
  warmup: 200,
  clip: 0,
  blocks: 12,
  seed: 1,
};

/** Warm-up of the twin of a run that has none. */
const usualWarmup = 200;

/** The run to compare with: the same in everything, but without the warm-up; or with one, where the run has none. */
export const twinOf = (options: LearningOptions): LearningOptions => ({
  ...options,
  warmup: options.warmup === 0 ? usualWarmup : 0,
});
