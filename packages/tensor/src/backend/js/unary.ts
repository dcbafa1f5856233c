// Reference element-wise functions, in float64, rounded once.

import type { UnaryKind } from '../backend.ts';

/**
 * The error function. Series below 2 (Abramowitz and Stegun 7.1.6), continued fraction of erfc above (7.1.14):
 * error below 1e-15 in float64.
 */
export const erf = (x: number): number => {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + fraction)));
};

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The functions by name. gelu: Hendrycks and Gimpel 2016 (arXiv:1606.08415), §2; silu: the same, §4 ("SiLU"). At −∞ gelu and silu are 0. */
export const functions: Readonly<Record<UnaryKind, (x: number) => number>> = {
  exp: Math.exp,
  erf,
  sigmoid,
  tanh: Math.tanh,
  relu: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  gelu: (x) => (x === -Infinity ? 0 : 0.5 * x * (1 + erf(x * Math.SQRT1_2))),
  geluTanh: (x) =>
    x === -Infinity ? 0 : 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
  silu: (x) => (x === -Infinity ? 0 : x * sigmoid(x)),
};

/** out[i] = kind(x[i]); out may be x. */
export const unary = (kind: UnaryKind, x: Float32Array, out: Float32Array): void => {
  const apply = functions[kind];
  for (let i = 0; i < x.length; i++) out[i] = apply(x[i] as number); // i < length
};
