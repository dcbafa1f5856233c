// Adam and AdamW.

import { currentBackend } from '../backend/slot.ts';
import {
  type Optimizer,
  type OptimizerOptions,
  optimizerOf,
  type Update,
  type Weights,
} from './optimizer.ts';

/** Options of `adam` and `adamW`. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the averages of g and g². Default [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to √v. Default 1e-8. */
  readonly epsilon?: number;
  /** Whether to divide by the largest v so far instead of v. Reddi 2018 (arXiv:1904.09237). Default false. */
  readonly amsgrad?: boolean;
}

/** Options of `adamW`: decay is decoupled, each step takes learningRate·weightDecay of the weight away; default 0.01. */
export type AdamWOptions = AdamOptions;

type Slot = 'first' | 'second' | 'largest';

interface Rates {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Learning rate over the bias correction of the first average. */
  readonly rate: number;
  /** 1 / √(bias correction of the second average). */
  readonly secondScale: number;
  /** Factor of the weight before the step. */
  readonly shrink: number;
}

/** The step with decay in the gradient, and with the largest v in place of v where there is one. */
const plainUpdate = (
  weight: Float32Array,
  gradient: Float32Array,
  {
    first,
    second,
    largest,
    decay,
    ...rates
  }: Rates & {
    readonly first: Float32Array;
    readonly second: Float32Array;
    readonly largest: Float32Array | undefined;
    readonly decay: number;
  },
): void => {
  const { beta1, beta2, epsilon, rate, secondScale, shrink } = rates;
  for (let i = 0; i < weight.length; i++) {
    const old = weight[i] as number; // arrays of one length, here and below
    const g = (gradient[i] as number) + decay * old;
    const m = beta1 * (first[i] as number) + (1 - beta1) * g;
    const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
    const top = largest === undefined ? v : Math.max(v, largest[i] as number);
    first[i] = m;
    second[i] = v;
    if (largest !== undefined) largest[i] = top;
    weight[i] = old * shrink - (rate * m) / (Math.sqrt(top) * secondScale + epsilon);
  }
};

/** Both optimizers: decay is decoupled or part of the gradient. */
const adamOf = (
  weights: Weights,
  options: AdamOptions,
  { name, decoupled }: { readonly name: string; readonly decoupled: boolean },
): Optimizer => {
  const { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8, amsgrad = false } = options;
  return optimizerOf<Slot>(weights, options, {
    name,
    slots: ({ size }) => ({ first: size, second: size, largest: amsgrad ? size : 0 }),
    update: ({ weight, gradient, slots, count, learningRate, weightDecay }: Update<Slot>) => {
      const { first, second } = slots;
      const rates = {
        ...{ beta1, beta2, epsilon },
        rate: learningRate / (1 - beta1 ** count),
        secondScale: 1 / Math.sqrt(1 - beta2 ** count),
        shrink: decoupled ? 1 - learningRate * weightDecay : 1,
      };
      const decay = decoupled ? 0 : weightDecay;
      if (amsgrad || decay !== 0)
        plainUpdate(weight, gradient, {
          ...rates,
          ...{ first, second, decay, largest: amsgrad ? slots.largest : undefined },
        });
      else currentBackend().adamW({ weight, gradient, first, second, gradientScale: 1, ...rates });
    },
  });
};

/**
 * Adam with decoupled weight decay. Loshchilov and Hutter 2019 (arXiv:1711.05101), algorithm 2, the numbers of PyTorch's AdamW.
 *
 * @example
 * const optimizer = adamW(parameters(model), { learningRate: 1e-3 });
 * optimizer.step(backward(loss));
 */
export const adamW = (weights: Weights, options: AdamWOptions): Optimizer =>
  adamOf(weights, { weightDecay: 0.01, ...options }, { name: 'adamW', decoupled: true });

/** Adam; weight decay, 0 unless told, is added to the gradient (L2). Kingma and Ba 2015 (arXiv:1412.6980), algorithm 1. */
export const adam = (weights: Weights, options: AdamOptions): Optimizer =>
  adamOf(weights, options, { name: 'adam', decoupled: false });
