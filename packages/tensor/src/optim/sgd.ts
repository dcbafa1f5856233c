// Stochastic gradient descent.

import {
  type Optimizer,
  type OptimizerOptions,
  optimizerOf,
  type Update,
  type Weights,
} from './optimizer.ts';

/** Options of `sgd`. Weight decay is added to the gradient (L2). */
export interface SGDOptions extends OptimizerOptions {
  /** Share of the last step's velocity that goes on. Default 0. */
  readonly momentum?: number;
  /** Share of the gradient that does not enter the velocity; the first step takes all of it. Default 0. */
  readonly dampening?: number;
  /** Whether the velocity is looked ahead by one step. Nesterov 1983. Default false. */
  readonly nesterov?: boolean;
}

/**
 * v ← momentum·v + (1 − dampening)·g, w ← w − learningRate·v (Nesterov: of g + momentum·v). Sutskever 2013, in the form and with the numbers of
 * PyTorch's SGD: the learning rate stands outside of the velocity, which begins as the first gradient.
 *
 * @example
 * const optimizer = sgd(parameters(model), { learningRate: 0.1, momentum: 0.9, nesterov: true });
 */
export const sgd = (weights: Weights, options: SGDOptions): Optimizer => {
  const { momentum = 0, dampening = 0, nesterov = false } = options;
  const update = ({
    weight,
    gradient,
    slots,
    count,
    learningRate,
    weightDecay,
  }: Update<'velocity'>): void => {
    const { velocity } = slots;
    const share = count === 1 ? 1 : 1 - dampening;
    for (let i = 0; i < weight.length; i++) {
      const w = weight[i] as number; // arrays of one length, here and below
      const g = (gradient[i] as number) + weightDecay * w;
      if (momentum === 0) {
        weight[i] = w - learningRate * g;
        continue;
      }
      const v = momentum * (velocity[i] as number) + share * g;
      velocity[i] = v;
      weight[i] = w - learningRate * (nesterov ? g + momentum * v : v);
    }
  };
  return optimizerOf(weights, options, {
    name: 'sgd',
    slots: ({ size }) => ({ velocity: momentum === 0 ? 0 : size }),
    update,
  });
};
