// The interface of optimizers, and clipping of gradients.

import type { Gradients } from '../backward.ts';
import type { Parameter } from '../nn/parameter.ts';
import { Tensor } from '../tensor.ts';

/** Changes parameters by their gradients, in place. */
export interface Optimizer {
  /** Steps taken so far. */
  readonly steps: number;
  /** Learning rate of the step to come. */
  readonly learningRate: number;
  /** Takes one step. Parameters without a gradient stay as they are. */
  step(gradients: Gradients): void;
}

/** Parameters, by path as `parameters(model)` gives them. */
export type Weights = ReadonlyMap<string, Parameter>;

/** √Σ g² over all gradients, in float64. */
export const gradientNorm = (gradients: Gradients): number => {
  let sum = 0;
  for (const [, { data }] of gradients) for (const value of data) sum += value * value;
  return Math.sqrt(sum);
};

/**
 * Scales all gradients so that their common norm is at most `limit`. Pascanu 2013 (arXiv:1211.5063), algorithm 1.
 *
 * @example
 * optimizer.step(clipGradients(backward(loss), 1));
 */
export const clipGradients = (gradients: Gradients, limit: number): Gradients => {
  const norm = gradientNorm(gradients);
  if (norm <= limit) return gradients;
  const factor = limit / (norm + 1e-6); // as PyTorch's clip_grad_norm_
  return gradients.map(
    (gradient) =>
      new Tensor(
        'float32',
        gradient.shape,
        gradient.data.map((value) => value * factor),
      ),
  );
};
