// The net on the spirals: repeatable, learns, and what warm-up does to it; each claim with its number.
import { describe, expect, it } from 'vitest';
import { newLearner } from '../../src/experiments/learner.ts';
import {
  type LearningOptions,
  optimizers,
  standardLearning,
  totalSteps,
  twinOf,
} from '../../src/experiments/learningOptions.ts';

const minutes = 60_000;

describe('the net on two spirals', () => {
  it('the same options give the same training, another seed another one', () => {
    const run = (seed: number): number[] => {
      const learner = newLearner({ ...standardLearning, blocks: 2, seed });
      return Array.from({ length: 4 }, () => learner.step().loss);
    };
    expect(run(5)).toEqual(run(5));
    expect(run(6)).not.toEqual(run(5));
  });

  it.each(optimizers)('learns by %s', { timeout: minutes }, (optimizer) => {
    const rates = { sgd: 0.3, momentum: 0.1, adam: 0.01, adamW: 0.01 };
    const learner = newLearner({ ...standardLearning, optimizer, blocks: 2, rate: rates[optimizer] });
    for (let step = 0; step < 400; step++) learner.step();
    expect(learner.heldOut().accuracy).toBeGreaterThan(0.9);
  });

  const after = (options: LearningOptions) => {
    const learner = newLearner(options);
    const steps = Array.from({ length: totalSteps }, () => learner.step());
    return { steps, heldOut: learner.heldOut() };
  };
  it.each([1, 2])(
    'seed %i: with warm-up the deep net learns; without, Adam’s first step breaks it: it stays at guessing, on seen and unseen points alike',
    { timeout: 2 * minutes },
    (seed) => {
      const options = { ...standardLearning, seed };
      const warm = after(options);
      const cold = after(twinOf(options));
      expect(warm.heldOut.accuracy).toBeGreaterThan(0.9);
      expect(cold.heldOut.accuracy).toBeLessThan(0.7);
      // Adam's first step moves every weight by the rate, whatever the gradient is.
      expect(cold.steps[0]?.change).toBeGreaterThan(0.05);
      expect(Math.max(...warm.steps.map(({ change }) => change))).toBeLessThan(0.05);
      // Not overfitting: the loss on points that it learns from is no better.
      const end = cold.steps.slice(-50).reduce((sum, { loss }) => sum + loss / 50, 0);
      expect(end).toBeGreaterThan(0.5);
      expect(Math.abs(end - cold.heldOut.loss)).toBeLessThan(0.1);
      // Where it is stuck, hardly anything arrives at the first layer.
      const arrives = cold.steps.map(({ layers }) => layers[0] ?? Number.NaN);
      expect(arrives.at(-1)).toBeLessThan(0.01 * Math.max(...arrives));
    },
  );

  it('without warm-up a seventh of the rate learns; clipping leaves Adam’s first step as it is, and does not replace the warm-up', {
    timeout: 2 * minutes,
  }, () => {
    const cold = { ...standardLearning, warmup: 0 };
    expect(after({ ...cold, rate: 0.003 }).heldOut.accuracy).toBeGreaterThan(0.9);
    const clipped = after({ ...cold, clip: 0.1 });
    const first = newLearner(cold).step();
    expect(first.norm).toBeGreaterThan(1);
    expect((clipped.steps[0]?.change ?? 0) / first.change).toBeCloseTo(1, 2);
    expect(clipped.heldOut.accuracy).toBeLessThan(0.85);
  });

  it('a run that leaves the range of numbers says so, and goes on without a NaN', () => {
    const learner = newLearner({ ...standardLearning, optimizer: 'sgd', rate: 1e30, warmup: 0, blocks: 2 });
    const steps = Array.from({ length: 6 }, () => learner.step());
    expect(steps.at(-1)?.loss).toBe(Infinity);
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const value of learner.surface(4)) expect(value).not.toBeNaN();
    expect(learner.heldOut().loss).not.toBeNaN();
  });

  it('clipping bounds the step of plain descent: rate × limit', () => {
    const options = { ...standardLearning, optimizer: 'sgd', blocks: 2, rate: 1, warmup: 0 } as const;
    const free = newLearner(options).step();
    const bound = newLearner({ ...options, clip: 0.1 }).step();
    expect(free.norm).toBe(bound.norm);
    expect(free.norm).toBeGreaterThan(0.1);
    expect(bound.change / free.change).toBeCloseTo(0.1 / free.norm, 3);
  });

  it('its decision is a probability in each place of the plane', () => {
    const surface = newLearner({ ...standardLearning, blocks: 2 }).surface(12);
    expect(surface).toHaveLength(144);
    for (const value of surface) expect(value >= 0 && value <= 1).toBe(true);
  });
});
