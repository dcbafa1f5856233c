// Activations of feed-forward networks.

import type { Activation } from '../backend/backend.ts';
import type { Tensor } from '../tensor.ts';
import { engineUnary, tanh, type UnaryOp } from './arithmetic.ts';

/** max(x, 0); gradient 0 at 0. */
export const relu: UnaryOp = engineUnary('relu');

/** x·Φ(x) with the exact normal distribution Φ. Hendrycks and Gimpel 2016 (arXiv:1606.08415), §2. */
export const gelu: UnaryOp = engineUnary('gelu');

/** GELU by ½x(1 + tanh(√(2/π)(x + 0.044715x³))): the same paper, the approximation of GPT-2 and of BERT's original code. */
export const geluTanh: UnaryOp = engineUnary('geluTanh');

/** x / (1 + e⁻ˣ). */
export const silu: UnaryOp = engineUnary('silu');

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
