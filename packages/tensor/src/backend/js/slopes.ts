// Derivatives of the element-wise functions, in float64, from what SlopeCall says: the output for exp, sigmoid, tanh and relu, the input for
// the others. At ±∞ each has its limit.

import type { UnaryKind } from '../backend.ts';
import { functions } from './unary.ts';

const { erf, sigmoid } = functions;
const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
const rate = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

/** factor · x, 0 where the factor is 0: there x may be infinite. */
const times = (factor: number, x: number): number => (factor === 0 ? 0 : factor * x);

/** The derivatives by name. gelu: Φ(x) + x·φ(x). */
export const slopes: Readonly<Record<UnaryKind, (from: number) => number>> = {
  exp: (y) => y,
  sigmoid: (y) => y * (1 - y),
  tanh: (y) => 1 - y * y,
  relu: (y) => (y > 0 ? 1 : 0),
  erf: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
  gelu: (x) => 0.5 * (1 + erf(x * Math.SQRT1_2)) + times(density(x), x),
  geluTanh: (x) => {
    const t = Math.tanh(rate * (x + cubic * x * x * x));
    return 0.5 * (1 + t) + times(0.5 * (1 - t * t) * rate, x + 3 * cubic * x * x * x);
  },
  silu: (x) => {
    const s = sigmoid(x);
    return s + times(s * (1 - s), x);
  },
};
