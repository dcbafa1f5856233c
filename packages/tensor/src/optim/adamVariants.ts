// RAdam and NAdam: Adam with another first phase, and with a look ahead.

import type { AdamOptions } from './adam.ts';
import { type Optimizer, optimizerOf, type Update, type Weights } from './optimizer.ts';

/** Options of `radam` and `nadam`. */
export interface AdamVariantOptions extends Omit<AdamOptions, 'amsgrad'> {
  /** Whether weight decay is taken off the weight as in AdamW, instead of being added to the gradient. Default false. */
  readonly decoupled?: boolean;
}

interface Factors {
  readonly beta1: number;
  readonly beta2: number;
  readonly shrink: number;
  readonly pull: number;
  /** w ← w − (direct·g + average·m) / (√v·secondScale + epsilon); with `divides` false without the division. */
  readonly direct: number;
  readonly average: number;
  readonly secondScale: number;
  readonly epsilon: number;
  readonly divides: boolean;
}

const apply = ({ weight, gradient, slots }: Update<'first' | 'second'>, factors: Factors): void => {
  const { beta1, beta2, shrink, pull, direct, average, secondScale, epsilon, divides } = factors;
  const { first, second } = slots;
  for (let i = 0; i < weight.length; i++) {
    const w = weight[i] as number; // arrays of one length, here and below
    const g = (gradient[i] as number) + pull * w;
    const m = beta1 * (first[i] as number) + (1 - beta1) * g;
    const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    const step = direct * g + average * m;
    weight[i] = w * shrink - (divides ? step / (Math.sqrt(v) * secondScale + epsilon) : step);
  }
};

const decayOf = (
  { learningRate, weightDecay }: Update<'first' | 'second'>,
  { decoupled = false }: AdamVariantOptions,
): Pick<Factors, 'shrink' | 'pull'> =>
  decoupled ? { shrink: 1 - learningRate * weightDecay, pull: 0 } : { shrink: 1, pull: weightDecay };

/** Adam whose division begins once the variance of v is tractable. Liu 2020 (arXiv:1908.03265), algorithm 2, the numbers of PyTorch's RAdam. */
export const radam = (weights: Weights, options: AdamVariantOptions): Optimizer => {
  const { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8 } = options;
  const limit = 2 / (1 - beta2) - 1; // ρ∞
  return optimizerOf(weights, options, {
    name: 'radam',
    slots: ({ size }) => ({ first: size, second: size }),
    update: (step) => {
      const { count, learningRate } = step;
      const correction = 1 - beta2 ** count;
      const length = limit - (2 * count * beta2 ** count) / correction; // ρₜ
      const divides = length > 5;
      const rectified = Math.sqrt(
        ((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length),
      );
      const scale = divides ? rectified * Math.sqrt(correction) : 1;
      const average = (learningRate * scale) / (1 - beta1 ** count);
      apply(step, {
        ...{ beta1, beta2, epsilon, divides, average },
        ...{ direct: 0, secondScale: 1 },
        ...decayOf(step, options),
      });
    },
  });
};

/** Options of `nadam`. */
export interface NAdamOptions extends AdamVariantOptions {
  /** How fast the momentum rises to β₁. Default 0.004. */
  readonly momentumDecay?: number;
}

/** Adam with Nesterov's look ahead. Dozat 2016, *Incorporating Nesterov momentum into Adam*, the numbers of PyTorch's NAdam. */
export const nadam = (weights: Weights, options: NAdamOptions): Optimizer => {
  const { betas: [beta1, beta2] = [0.9, 0.999], epsilon = 1e-8, momentumDecay = 0.004 } = options;
  const momentum = (count: number): number => beta1 * (1 - 0.5 * 0.96 ** (count * momentumDecay));
  return optimizerOf<'first' | 'second' | 'product'>(weights, options, {
    name: 'nadam',
    slots: ({ size }) => ({ first: size, second: size, product: 1 }), // 1 − Π of the momenta so far
    update: (step) => {
      const { count, learningRate, slots } = step;
      const [now, next] = [momentum(count), momentum(count + 1)];
      const product = (1 - (slots.product[0] as number)) * now; // it has one number
      slots.product[0] = 1 - product;
      apply(step, {
        ...{ beta1, beta2, epsilon, divides: true },
        direct: (learningRate * (1 - now)) / (1 - product),
        average: (learningRate * next) / (1 - product * next),
        secondScale: 1 / Math.sqrt(1 - beta2 ** count),
        ...decayOf(step, options),
      });
    },
  });
};
