// The claims of the page about gradients, headless: each with its number, for more than one seed.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backwardGraph } from '../../src/experiments/backwardGraph.ts';
import { depthCurve, depthCurves, embeddingVariance } from '../../src/experiments/depthCurves.ts';
import {
  depthActivations,
  type depthLaws,
  depthNorms,
  standardDepth,
} from '../../src/experiments/depthOptions.ts';
import { type ExpressionName, expressions } from '../../src/experiments/expressions.ts';
import { newLearner } from '../../src/experiments/learner.ts';
import {
  type LearningOptions,
  optimizers,
  schedules,
  standardLearning,
  totalSteps,
  twinOf,
} from '../../src/experiments/learningOptions.ts';
import { normCompany } from '../../src/experiments/normCompany.ts';
import { trainNormed } from '../../src/experiments/normComparison.ts';
import { batchSizes, type NormKind, type NormOutcome } from '../../src/experiments/normOptions.ts';
import { rateSchedule } from '../../src/experiments/rateSchedule.ts';

const minutes = 60_000;
const names = Object.keys(expressions) as ExpressionName[];

describe('an expression and its gradients', () => {
  it.each(names)(
    '%s: what passes back equals differences of the value, wherever the numbers stand',
    (name) => {
      const numbers = expressions[name].leaves.map(() => fc.double({ min: -1.5, max: 1.5, noNaN: true }));
      forAll([fc.tuple(...numbers)], (values) => {
        const at = Object.fromEntries(expressions[name].leaves.map((leaf, i) => [leaf.name, values[i] ?? 0]));
        if (name === 'relu' && Math.abs((at.w ?? 0) * (at.x ?? 0) + (at.b ?? 0)) < 0.2) return; // a kink has no derivative
        const graph = backwardGraph(expressions[name], at);
        expect(graph.error).toBeLessThan(2e-3);
        for (const { name: leaf, gradient, difference } of graph.leaves) {
          expect(Math.abs(gradient - difference)).toBeLessThan(2e-3 * Math.max(1, Math.abs(difference)));
          expect(graph.gradients[leaf]).toBeCloseTo(gradient, 4);
        }
      });
    },
  );

  it('a number that is used twice gets the sum of what both uses pass back', () => {
    const { passed, gradients } = backwardGraph(expressions.shared);
    const parts = passed.filter(({ to }) => to === 'w').map(({ gradient }) => gradient);
    expect(parts).toHaveLength(2);
    expect(gradients.w).toBeCloseTo((parts[0] ?? 0) + (parts[1] ?? 0), 5);
  });

  it('a shut ReLU passes nothing back, and an open one everything', () => {
    expect(backwardGraph(expressions.relu, { w: -0.6 }).gradients.w).toBe(0);
    const { gradients } = backwardGraph(expressions.relu, { w: 0.6 });
    expect(gradients.z).toBe(gradients.a);
    expect(gradients.z).not.toBe(0);
  });

  it('the slope of cross-entropy at its score is the probability minus one', () => {
    const { gradients, values } = backwardGraph(expressions.logistic);
    expect(gradients.z).toBeCloseTo((values.s ?? 0) - 1, 5);
  });
});

describe('schedules', () => {
  const cases = schedules.flatMap((schedule) => [0, 20, 100].map((warmup) => ({ schedule, warmup })));
  it.each(cases)(
    '$schedule with $warmup steps of warm-up has its peak at their end',
    ({ schedule, warmup }) => {
      const rate = rateSchedule({ ...standardLearning, schedule, warmup, rate: 0.02 });
      const values = Array.from({ length: totalSteps }, (_, step) => rate(step));
      expect(Math.max(...values)).toBeCloseTo(0.02, 8);
      // Noam counts from 1, the others from 0.
      expect(values.indexOf(Math.max(...values))).toBe(
        schedule === 'noam' ? Math.max(0, warmup - 1) : warmup,
      );
      for (let step = 1; step < warmup; step++)
        expect(values[step] ?? 0).toBeGreaterThan(values[step - 1] ?? 0);
      for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
    },
  );
});

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
      expect(cold.steps.at(-1)?.layers[0]).toBeLessThan(1e-4);
    },
  );

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

describe('LayerNorm against BatchNorm', () => {
  const end = (norm: NormKind, batch: number, seed: number): NormOutcome => {
    const training = trainNormed({ norm, batch, rate: 3e-3, seed });
    for (;;) {
      const { done, value } = training.next();
      if (done) return value;
    }
  };

  it.each([1, 2])(
    'seed %i: with small batches BatchNorm learns worse than LayerNorm; with large ones both learn',
    { timeout: 3 * minutes },
    (seed) => {
      for (const batch of [2, 4]) {
        const [layer, batched] = [end('layer', batch, seed), end('batch', batch, seed)];
        expect(batched.loss).toBeGreaterThan(layer.loss + 0.1);
        expect(batched.accuracy).toBeLessThan(layer.accuracy);
      }
      const [layer, batched] = [end('layer', 128, seed), end('batch', 128, seed)];
      expect(layer.accuracy).toBeGreaterThan(0.97);
      expect(batched.accuracy).toBeGreaterThan(0.97);
    },
  );

  it('with batches of four, running statistics judge better than those of the batch; LayerNorm has no such gap', {
    timeout: 2 * minutes,
  }, () => {
    const batched = end('batch', 4, 1);
    expect(batched.accuracy).toBeGreaterThan(batched.batchAccuracy);
    const layer = end('layer', 4, 1);
    expect(layer.accuracy).toBe(layer.batchAccuracy);
  });

  it.each([1, 2, 3])(
    'seed %i: company and padding change a sequence under BatchNorm, never under LayerNorm',
    (seed) => {
      const { byCompany, byPadding } = normCompany(seed);
      for (const { layer } of [...byCompany, ...byPadding]) expect(layer).toBeLessThan(1e-6);
      const changes = byCompany.map(({ batch }) => batch);
      expect(changes[0]).toBeGreaterThan(0.1);
      expect(changes).toEqual([...changes].sort((a, b) => b - a));
      // About 1/√(numbers in the statistics): 64 times as many make it 8 times smaller.
      expect((changes[0] ?? 0) / (changes.at(-1) ?? 1)).toBeGreaterThan(batchSizes.length - 1);
      expect(byPadding[0]?.batch).toBe(0);
      expect(byPadding.at(-1)?.batch).toBeGreaterThan(0.3);
    },
  );
});

describe('signals and gradients by depth', () => {
  it.each([1, 2, 3])(
    'seed %i: through 20 layers of ReLU, Kaiming keeps the variance within a factor of 4; 0.02 and half lose it, twice explodes',
    (seed) => {
      const at = { ...standardDepth, depth: 20, seed };
      const variance = (law: (typeof depthLaws)[number]): number =>
        (depthCurve(law, at).signal.at(-1) ?? Number.NaN) ** 2;
      expect(variance('kaiming')).toBeGreaterThan(0.25);
      expect(variance('kaiming')).toBeLessThan(4);
      expect(variance('bert')).toBeLessThan(1e-20);
      expect(variance('small')).toBeLessThan(1e-8);
      expect(variance('large')).toBeGreaterThan(1e8);
    },
  );

  it('Xavier keeps it without an activation, and halves it a layer with ReLU', () => {
    const plain = depthCurve('xavier', { ...standardDepth, activation: 'none' }).signal;
    expect(plain.at(-1)).toBeGreaterThan(0.7);
    expect(plain.at(-1)).toBeLessThan(1.4);
    const halved = depthCurve('xavier', standardDepth).signal;
    const rate = ((halved.at(-1) ?? 1) / (halved[0] ?? 1)) ** (2 / (standardDepth.depth - 1));
    expect(rate).toBeGreaterThan(0.4);
    expect(rate).toBeLessThan(0.6);
  });

  it('without the residual path gradients fade with depth under small weights; with it they arrive', () => {
    for (const law of ['xavier', 'bert', 'small'] as const) {
      const plain = depthCurve(law, standardDepth).gradient;
      expect(plain[0]).toBeLessThan(1e-3);
      for (let layer = 4; layer < plain.length; layer += 4)
        expect(plain[layer - 4]).toBeLessThan(plain[layer] ?? 0);
      const residual = depthCurve(law, { ...standardDepth, residual: true, norm: 'pre' }).gradient;
      expect(residual[0]).toBeGreaterThan(0.5);
      expect(residual[0]).toBeLessThan(10);
    }
  });

  it('every choice gives finite curves of one number a layer', () => {
    for (const activation of depthActivations)
      for (const norm of depthNorms)
        for (const residual of [false, true])
          for (const curve of depthCurves({ ...standardDepth, activation, norm, residual, depth: 8 })) {
            expect(curve.signal).toHaveLength(8);
            expect(curve.gradient).toHaveLength(8);
            expect(curve.gradient.at(-1)).toBe(1);
            for (const value of [...curve.signal, ...curve.gradient])
              expect(Number.isFinite(value) && value >= 0).toBe(true);
          }
  });

  it('an embedding under Xavier and the factor √width has variance 2·width/(vocabulary + width), and not 1', () => {
    const { xavier, xavierScaled, normalScaled } = embeddingVariance(2000, 64);
    expect(xavier).toBeCloseTo(2 / 2064, 4);
    expect(xavierScaled / ((2 * 64) / 2064)).toBeCloseTo(1, 1);
    expect(normalScaled).toBeCloseTo(1, 1);
  });
});
