// The learning rate by step for the choices of the page: each schedule reaches the same peak, so that only its form differs.

import { cosineDecay, inverseSqrt, linearDecay, noam, type Schedule, warmup } from '@heed/tensor/optim';
import { type LearningOptions, totalSteps } from './learningOptions.ts';

/** Steps over which the inverse square root falls to 71 % of its peak. */
const timescale = 100;

/** Noam's width cancels: the factor is chosen so that the peak, at the end of the warm-up, is the rate that was asked for. */
const noamOfPeak = (peak: number, warmupSteps: number): Schedule =>
  noam({ width: 1, warmupSteps, factor: peak * Math.sqrt(warmupSteps) });

/**
 * The schedule that the options ask for, from step 0.
 *
 * @example
 * rateSchedule({ ...standardLearning, schedule: 'linear', rate: 0.1, warmup: 100 })(50); // 0.05
 */
export const rateSchedule = ({ schedule, rate, warmup: rise }: LearningOptions): Schedule => {
  const rest = totalSteps - rise;
  switch (schedule) {
    case 'constant':
      return warmup(rise, rate);
    case 'linear':
      return warmup(rise, linearDecay(rate, rest));
    case 'cosine':
      return warmup(rise, cosineDecay(rate, rest));
    case 'inverseSqrt':
      return warmup(rise, inverseSqrt(rate, timescale));
    case 'noam':
      return noamOfPeak(rate, Math.max(1, rise));
    default:
      return schedule satisfies never;
  }
};
