// Activations of feed-forward networks.

import type { Activation } from '../backend/backend.ts';
import type { Tensor } from '../tensor.ts';
import { add, engineUnary, erf, exp, mul, sigmoid, square, sub, tanh, type UnaryOp } from './arithmetic.ts';
import { cast, greater } from './compare.ts';

/** max(x, 0); gradient 0 at 0. */
export const relu: UnaryOp = engineUnary('relu', (gradient, { inputs: [x] }) => mul(gradient, cast(greater(x, 0))));

/** x·Φ(x) with the exact normal distribution Φ. Hendrycks and Gimpel 2016 (arXiv:1606.08415), §2. */
export const gelu: UnaryOp = engineUnary('gelu', (gradient, { inputs: [x] }) => {
  const distribution = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return mul(gradient, add(distribution, mul(x, density)));
});

/** GELU by ½x(1 + tanh(√(2/π)(x + 0.044715x³))): the same paper, the approximation of GPT-2 and of BERT's original code. */
export const geluTanh: UnaryOp = engineUnary('geluTanh', (gradient, { inputs: [x] }) => {
  const c = Math.sqrt(2 / Math.PI);
  const t = tanh(mul(mul(x, add(mul(square(x), 0.044715), 1)), c));
  const slope = mul(sub(1, square(t)), add(mul(square(x), 3 * 0.044715 * c), c));
  return mul(gradient, add(mul(add(t, 1), 0.5), mul(mul(x, 0.5), slope)));
});

/** x / (1 + e⁻ˣ). */
export const silu: UnaryOp = engineUnary('silu', (gradient, { inputs: [x] }) => {
  const s = sigmoid(x);
  return mul(gradient, mul(s, add(mul(x, sub(1, s)), 1)));
});

/** The activation by its name; 'none' gives x itself. */
export const activate = (x: Tensor, activation: Activation): Tensor => {
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return relu(x);
    case 'gelu':
      return gelu(x);
    case 'geluTanh':
      return geluTanh(x);
    case 'silu':
      return silu(x);
    case 'tanh':
      return tanh(x);
    default:
      return activation satisfies never;
  }
};
