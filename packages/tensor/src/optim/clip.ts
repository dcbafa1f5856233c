// Bounds for gradients: of their common norm, and of each value.

import { currentBackend } from '../backend/slot.ts';
import type { Gradients } from '../backward.ts';
import { noGrad } from '../op.ts';
import { mul } from '../ops/arithmetic.ts';
import { Tensor } from '../tensor.ts';

/** A norm by its exponent: 2 is the usual one, 1 the sum of magnitudes, Infinity the largest of them. */
export type NormKind = number;

/** (Σ |g|ᵖ)^(1/p) over all gradients, in float64; p = 2 unless told. */
export const gradientNorm = (gradients: Gradients, kind: NormKind = 2): number => {
  if (!(kind > 0))
    throw new RangeError(`gradientNorm: the norm's exponent is ${kind}; expected more than 0.`);
  let sum = 0;
  if (kind === 2) for (const [, { data }] of gradients) sum += currentBackend().sumOfSquares(data);
  else if (kind === Infinity)
    for (const [, { data }] of gradients) for (const value of data) sum = Math.max(sum, Math.abs(value));
  else for (const [, { data }] of gradients) for (const value of data) sum += Math.abs(value) ** kind;
  if (kind === 2) return Math.sqrt(sum);
  return kind === Infinity ? sum : sum ** (1 / kind);
};

const mapped = (gradients: Gradients, change: (value: number) => number): Gradients =>
  gradients.map(({ shape, data }) => new Tensor('float32', shape, data.map(change)));

/** Every gradient times a number. */
export const scaleGradients = (gradients: Gradients, factor: number): Gradients =>
  factor === 1 ? gradients : noGrad(() => gradients.map((gradient) => mul(gradient, factor)));

/**
 * Scales all gradients so that their common norm is at most `limit`. Pascanu 2013 (arXiv:1211.5063), algorithm 1, with the 1e-6 of
 * PyTorch's clip_grad_norm_.
 *
 * @example
 * optimizer.step(clipGradients(backward(loss), 1));
 */
export const clipGradients = (gradients: Gradients, limit: number, kind: NormKind = 2): Gradients => {
  const norm = gradientNorm(gradients, kind);
  return norm <= limit ? gradients : scaleGradients(gradients, limit / (norm + 1e-6));
};

/** Each value of the gradients brought into ±limit. */
export const clipGradientValues = (gradients: Gradients, limit: number): Gradients =>
  mapped(gradients, (value) => Math.min(limit, Math.max(-limit, value)));
