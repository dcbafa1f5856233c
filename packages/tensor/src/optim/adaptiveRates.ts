// Optimizers that divide by the size of past gradients without Adam's first average: RMSprop and Adagrad. And Lion, which takes signs.

import { type Optimizer, type OptimizerOptions, optimizerOf, type Weights } from './optimizer.ts';

/** Options of `rmsProp`. Weight decay is added to the gradient (L2). */
export interface RMSPropOptions extends OptimizerOptions {
  /** Decay of the average of g². Default 0.99. */
  readonly alpha?: number;
  /** Added to the root. Default 1e-8. */
  readonly epsilon?: number;
  /** Share of the last step's velocity that goes on. Default 0. */
  readonly momentum?: number;
  /** Whether to divide by the estimated deviation instead of the root of the mean square. Default false. */
  readonly centered?: boolean;
}

/** w ← w − learningRate·g / (√v + ε), v the running mean of g². Tieleman and Hinton 2012, lecture 6e; the numbers of PyTorch's RMSprop. */
export const rmsProp = (weights: Weights, options: RMSPropOptions): Optimizer => {
  const { alpha = 0.99, epsilon = 1e-8, momentum = 0, centered = false } = options;
  return optimizerOf<'second' | 'mean' | 'velocity'>(weights, options, {
    name: 'rmsProp',
    slots: ({ size }) => ({ second: size, mean: centered ? size : 0, velocity: momentum === 0 ? 0 : size }),
    update: ({ weight, gradient, slots: { second, mean, velocity }, learningRate, weightDecay }) => {
      for (let i = 0; i < weight.length; i++) {
        const w = weight[i] as number; // arrays of one length, here and below
        const g = (gradient[i] as number) + weightDecay * w;
        const v = alpha * (second[i] as number) + (1 - alpha) * g * g;
        second[i] = v;
        const average = centered ? alpha * (mean[i] as number) + (1 - alpha) * g : 0;
        if (centered) mean[i] = average;
        let step = g / (Math.sqrt(Math.max(0, v - average * average)) + epsilon);
        if (momentum !== 0) {
          step += momentum * (velocity[i] as number);
          velocity[i] = step;
        }
        weight[i] = w - learningRate * step;
      }
    },
  });
};

/** Options of `adagrad`. Weight decay is added to the gradient (L2). */
export interface AdagradOptions extends OptimizerOptions {
  /** Added to the root. Default 1e-10. */
  readonly epsilon?: number;
}

/** w ← w − learningRate·g / (√Σg² + ε). Duchi 2011 (JMLR 12), the numbers of PyTorch's Adagrad. */
export const adagrad = (weights: Weights, options: AdagradOptions): Optimizer => {
  const { epsilon = 1e-10 } = options;
  return optimizerOf(weights, options, {
    name: 'adagrad',
    slots: ({ size }) => ({ sum: size }),
    update: ({ weight, gradient, slots: { sum }, learningRate, weightDecay }) => {
      for (let i = 0; i < weight.length; i++) {
        const w = weight[i] as number; // arrays of one length, here and below
        const g = (gradient[i] as number) + weightDecay * w;
        const total = (sum[i] as number) + g * g;
        sum[i] = total;
        weight[i] = w - (learningRate * g) / (Math.sqrt(total) + epsilon);
      }
    },
  });
};

/** Options of `lion`: decay is decoupled, each step takes learningRate·weightDecay of the weight away. */
export interface LionOptions extends OptimizerOptions {
  /** Share of the average in the step, and its own decay. Default [0.9, 0.99]. */
  readonly betas?: readonly [number, number];
}

/** w ← w − learningRate·sign(β₁·m + (1 − β₁)·g), m ← β₂·m + (1 − β₂)·g. Chen 2023 (arXiv:2302.06675), algorithm 2. */
export const lion = (weights: Weights, options: LionOptions): Optimizer => {
  const { betas: [beta1, beta2] = [0.9, 0.99] } = options;
  return optimizerOf(weights, options, {
    name: 'lion',
    slots: ({ size }) => ({ first: size }),
    update: ({ weight, gradient, slots: { first }, learningRate, weightDecay }) => {
      const shrink = 1 - learningRate * weightDecay;
      for (let i = 0; i < weight.length; i++) {
        const g = gradient[i] as number; // arrays of one length, here and below
        const m = first[i] as number;
        weight[i] = (weight[i] as number) * shrink - learningRate * Math.sign(beta1 * m + (1 - beta1) * g);
        first[i] = beta2 * m + (1 - beta2) * g;
      }
    },
  });
};
