// Adafactor: the second moment of a matrix as the product of its rows' and columns' means, so that nearly no memory is needed.

import {
  type Optimizer,
  type OptimizerOptions,
  optimizerOf,
  type Update,
  type Weights,
} from './optimizer.ts';
import { relativeStep, type Schedule } from './schedule.ts';

/** Options of `adafactor`. */
export interface AdafactorOptions extends Partial<OptimizerOptions> {
  /** Default `relativeStep()`: min(0.01, 1/√(step + 1)). */
  readonly learningRate?: number | Schedule;
  /** Whether the rate is multiplied by the root mean square of the weight (at least epsilon[1]). Default true. */
  readonly scaleByWeight?: boolean;
  /** β₂ is 1 − t^decayRate at step t. Default −0.8. */
  readonly decayRate?: number;
  /** Added to g², and least scale of a weight. Default [1e-30, 1e-3]. */
  readonly epsilon?: readonly [number, number];
  /** Largest root mean square of an update, d in the paper. Default 1. */
  readonly clipThreshold?: number;
  /** Decay of the average of updates; left out, there is no such average. */
  readonly beta1?: number;
  /** What weightDecay multiplies: the rate as scaled by the weight ('scaled', as transformers has it), or the rate alone ('rate', as PyTorch). Default 'scaled'. */
  readonly decayBy?: 'scaled' | 'rate';
}

type Slot = 'rows' | 'columns' | 'second' | 'first';

const rootMeanSquare = (x: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) ** 2; // i < length
  return Math.sqrt(sum / x.length);
};

/** g over the root of the factored estimate: v[i, j] = rows[i]·columns[j] / mean(rows), for each matrix of the last two axes. Algorithm 4. */
const factored = (
  { gradient, shape, slots: { rows, columns } }: Update<Slot>,
  { epsilon, share }: { readonly epsilon: number; readonly share: number },
): Float64Array => {
  const [height, width] = shape.slice(-2) as [number, number]; // at least two axes
  const result = new Float64Array(gradient.length);
  for (let matrix = 0; matrix * height * width < gradient.length; matrix++) {
    const [row, column, start] = [matrix * height, matrix * width, matrix * height * width];
    const [rowSums, columnSums] = [new Float64Array(height), new Float64Array(width)];
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        const square = (gradient[start + i * width + j] as number) ** 2 + epsilon; // inside the matrix, here and below
        rowSums[i] = (rowSums[i] as number) + square;
        columnSums[j] = (columnSums[j] as number) + square;
      }
    let mean = 0;
    for (let i = 0; i < height; i++) {
      rows[row + i] = (1 - share) * (rows[row + i] as number) + (share * (rowSums[i] as number)) / width;
      mean += (rows[row + i] as number) / height;
    }
    for (let j = 0; j < width; j++)
      columns[column + j] =
        (1 - share) * (columns[column + j] as number) + (share * (columnSums[j] as number)) / height;
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        const at = start + i * width + j;
        const scale = Math.sqrt((rows[row + i] as number) / mean) * Math.sqrt(columns[column + j] as number);
        result[at] = (gradient[at] as number) / scale;
      }
  }
  return result;
};

/** The same for a vector, whose estimate is kept whole. Algorithm 5. */
const whole = (
  { gradient, slots: { second } }: Update<Slot>,
  { epsilon, share }: { readonly epsilon: number; readonly share: number },
): Float64Array =>
  Float64Array.from(gradient, (g, i) => {
    second[i] = (1 - share) * (second[i] as number) + share * (g * g + epsilon); // one of each
    return g / Math.sqrt(second[i] as number);
  });

/**
 * Adafactor. Shazeer and Stern 2018 (arXiv:1804.04235), algorithms 4 and 5, the numbers of transformers' Adafactor; with `relativeStep(rate)` and
 * decayBy 'rate' those of PyTorch's. A matrix [m, n] remembers m + n numbers, more axes are matrices of the last two.
 *
 * @example
 * const optimizer = adafactor(parameters(model)); // no rate to choose
 */
export const adafactor = (weights: Weights, options: AdafactorOptions = {}): Optimizer => {
  const { scaleByWeight = true, decayRate = -0.8, clipThreshold = 1, beta1, decayBy = 'scaled' } = options;
  const [epsilon, leastScale] = options.epsilon ?? [1e-30, 1e-3];
  const update = (step: Update<Slot>): void => {
    const { weight, shape, slots, count, learningRate, weightDecay } = step;
    const rate = learningRate * (scaleByWeight ? Math.max(leastScale, rootMeanSquare(weight)) : 1);
    const average = { epsilon, share: count ** decayRate };
    const change = shape.length > 1 ? factored(step, average) : whole(step, average);
    const scale = rate / Math.max(1, rootMeanSquare(change) / clipThreshold);
    const shrink = 1 - weightDecay * (decayBy === 'scaled' ? rate : learningRate);
    for (let i = 0; i < weight.length; i++) {
      let move = scale * (change[i] as number); // arrays of one length, here and below
      if (beta1 !== undefined) {
        move = beta1 * (slots.first[i] as number) + (1 - beta1) * move;
        slots.first[i] = move;
      }
      weight[i] = (weight[i] as number) * shrink - move;
    }
  };
  return optimizerOf<Slot>(
    weights,
    { learningRate: relativeStep(), ...options },
    {
      name: 'adafactor',
      slots: ({ size, shape }) => {
        const matrix = shape.length > 1 && size > 0;
        return {
          rows: matrix ? size / (shape.at(-1) as number) : 0, // at least two axes, here and below
          columns: matrix ? size / (shape.at(-2) as number) : 0,
          second: shape.length > 1 ? 0 : size,
          first: beta1 === undefined ? 0 : size,
        };
      },
      update,
    },
  );
};
