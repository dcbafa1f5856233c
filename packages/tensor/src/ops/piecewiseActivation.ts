// Activations made of straight pieces: cheap relatives of relu. At a joint the derivative is the left one's.

import type { Tensor } from '../tensor.ts';
import type { UnaryOp } from './arithmetic.ts';
import { pointwise } from './pointwise.ts';

const leakyReluOp = pointwise<number>(
  'leakyRelu',
  (x, out, slope) => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number; // one length, here and below
      out[i] = value > 0 ? value : slope * value;
    }
  },
  (x, out, slope) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) > 0 ? 1 : slope;
  },
);

/** x above 0, slope · x below. Maas 2013 (Rectifier Nonlinearities Improve Neural Network Acoustic Models), §2. */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => leakyReluOp(x, slope);

const reluSquaredOp = pointwise(
  'reluSquared',
  (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.max(0, x[i] as number) ** 2; // one length, here and below
  },
  (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = 2 * Math.max(0, x[i] as number);
  },
);

/** max(x, 0)². So 2021 (arXiv:2109.08668), §3.1. */
export const reluSquared: UnaryOp = (x) => reluSquaredOp(x, undefined);

const hardSwishOp = pointwise(
  'hardSwish',
  (x, out) => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number; // one length, here and below
      out[i] = value <= -3 ? 0 : value >= 3 ? value : (value * (value + 3)) / 6;
    }
  },
  (x, out) => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number;
      out[i] = value <= -3 ? 0 : value >= 3 ? 1 : (2 * value + 3) / 6;
    }
  },
);

/** x · min(max(x + 3, 0), 6) / 6. Howard 2019 (arXiv:1905.02244), §5.2. */
export const hardSwish: UnaryOp = (x) => hardSwishOp(x, undefined);
