// The options that training starts with. Apart from the trainer, so that the page can know them without the engine.

import type { TrainerOptions } from './trainer.ts';

/** What the page opens with: learns to reverse within a minute on one core. */
export const standardOptions: TrainerOptions = {
  task: 'reverse',
  width: 64,
  heads: 4,
  layers: 1,
  batch: 32,
  learningRate: 5e-3,
  seed: 1,
};
