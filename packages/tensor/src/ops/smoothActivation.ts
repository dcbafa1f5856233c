// Smooth activations beside those of activation.ts. None overflows, however large |x|.

import type { Tensor } from '../tensor.ts';
import { mul, neg, sigmoid, tanh, type UnaryOp } from './arithmetic.ts';
import { pointwise } from './pointwise.ts';

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** log(1 + eˣ) by its larger term, which never overflows. */
const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const softplusOp = pointwise<number>(
  'softplus',
  (x, out, sharpness) => {
    for (let i = 0; i < out.length; i++) out[i] = softplusOf(sharpness * (x[i] as number)) / sharpness; // one length, here and below
  },
  (x, out, sharpness) => {
    for (let i = 0; i < out.length; i++) out[i] = logistic(sharpness * (x[i] as number));
  },
);

/** log(1 + e^(s·x)) / s, a smooth max(x, 0); s, the sharpness, is PyTorch's beta. Dugas 2001 (NIPS 13), §2. */
export const softplus = (x: Tensor, sharpness = 1): Tensor => {
  if (!(sharpness > 0)) throw new RangeError(`softplus: sharpness ${sharpness}; expected a positive number.`);
  return softplusOp(x, sharpness);
};

/** log(1 / (1 + e⁻ˣ)). */
export const logSigmoid: UnaryOp = (x) => neg(softplus(neg(x)));

const eluOp = pointwise<number>(
  'elu',
  (x, out, scale) => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number; // one length, here and below
      out[i] = value > 0 ? value : scale * Math.expm1(value);
    }
  },
  (x, out, scale) => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number;
      out[i] = value > 0 ? 1 : scale * Math.exp(value);
    }
  },
);

/** x above 0, scale · (eˣ − 1) below; the scale is PyTorch's alpha. Clevert 2016 (arXiv:1511.07289), equation 15. */
export const elu = (x: Tensor, scale = 1): Tensor => eluOp(x, scale);

/** x / (1 + e^(−1.702·x)), an approximation of GELU that CLIP has. Hendrycks and Gimpel 2016 (arXiv:1606.08415), §2. */
export const quickGelu: UnaryOp = (x) => mul(x, sigmoid(mul(x, 1.702)));

/** x · tanh(log(1 + eˣ)). Misra 2019 (arXiv:1908.08681), equation 3. */
export const mish: UnaryOp = (x) => mul(x, tanh(softplus(x)));
