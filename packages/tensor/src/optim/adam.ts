// Adam and AdamW.

import type { Gradients } from '../backward.ts';
import type { Parameter } from '../nn/parameter.ts';
import type { Optimizer, Weights } from './optimizer.ts';
import { type Schedule, scheduleOf } from './schedule.ts';

/** Options of `adamW`. */
export interface AdamWOptions {
  /** A number, or a schedule of the step from 0. */
  readonly learningRate: number | Schedule;
  /** Decay of the averages of g and g². Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to √v. Default 1e-8. */
  readonly epsilon?: number;
  /** Decoupled decay: each step takes learningRate·weightDecay of the weight away. Default 0.01. */
  readonly weightDecay?: number;
  /** Which parameters decay; default those with more than one axis: no biases, no norms. */
  readonly decays?: (path: string, parameter: Parameter) => boolean;
}

interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

interface Rates {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Learning rate over the bias correction of the first average. */
  readonly step: number;
  /** 1 / √(bias correction of the second average). */
  readonly secondScale: number;
  /** Factor of the weight before the step: 1 − learningRate·decay. */
  readonly shrink: number;
}

const update = (
  weight: Float32Array,
  gradient: Float32Array,
  { first, second }: Moments,
  rates: Rates,
): void => {
  const { beta1, beta2, epsilon, step, secondScale, shrink } = rates;
  for (let i = 0; i < weight.length; i++) {
    const g = gradient[i] as number; // three arrays of one length
    const m = beta1 * (first[i] as number) + (1 - beta1) * g;
    const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    weight[i] = (weight[i] as number) * shrink - (step * m) / (Math.sqrt(v) * secondScale + epsilon);
  }
};

/**
 * Adam with decoupled weight decay. Loshchilov and Hutter 2019 (arXiv:1711.05101), algorithm 2, the numbers of PyTorch's AdamW.
 *
 * @example
 * const optimizer = adamW(parameters(model), { learningRate: 1e-3 });
 * optimizer.step(backward(loss));
 */
export const adamW = (weights: Weights, options: AdamWOptions): Optimizer => {
  const { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8, weightDecay = 0.01 } = options;
  const decays = options.decays ?? ((_path: string, { shape }: Parameter) => shape.length > 1);
  const rate = scheduleOf(options.learningRate);
  const moments = new Map<Parameter, Moments>();
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    get learningRate() {
      return rate(steps);
    },
    step(gradients: Gradients) {
      const learningRate = rate(steps++);
      for (const [path, weight] of weights) {
        const gradient = gradients.get(weight);
        if (gradient === undefined) continue;
        let state = moments.get(weight);
        if (state === undefined) {
          state = { first: new Float32Array(weight.size), second: new Float32Array(weight.size) };
          moments.set(weight, state);
        }
        update(weight.data, gradient.data, state, {
          beta1,
          beta2,
          epsilon,
          step: learningRate / (1 - beta1 ** steps),
          secondScale: 1 / Math.sqrt(1 - beta2 ** steps),
          shrink: decays(path, weight) ? 1 - learningRate * weightDecay : 1,
        });
      }
    },
  };
};

/** Adam without decay. Kingma and Ba 2015 (arXiv:1412.6980), algorithm 1. */
export const adam = (weights: Weights, options: Omit<AdamWOptions, 'weightDecay' | 'decays'>): Optimizer =>
  adamW(weights, { ...options, weightDecay: 0 });
