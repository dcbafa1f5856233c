// Laws by which parameters get their first values.

import type { Random } from '../random.ts';
import { type Shape, sizeOf } from '../shape.ts';

/** Draws the values of a parameter of a shape. */
export type Initializer = (shape: Shape, source: Random) => Float32Array;

/** [fan in, fan out] of a weight [outputs, inputs, …rest]: rest is a receptive field (a convolution's taps). */
const fans = (shape: Shape): [number, number] => {
  const field = sizeOf(shape.slice(2));
  return [(shape[1] ?? shape[0] ?? 1) * field, (shape[0] ?? 1) * field];
};

const draw = (shape: Shape, next: () => number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, next);

/** Every value the same. */
export const constant =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

/** Normal with mean 0 and the given deviation. */
export const gaussian =
  (deviation: number): Initializer =>
  (shape, source) =>
    draw(shape, () => deviation * source.normal());

/** Normal, drawn again until within two deviations: BERT's law with 0.02 (Devlin 2018, A.2). */
export const truncatedGaussian =
  (deviation: number): Initializer =>
  (shape, source) =>
    draw(shape, () => {
      let value = source.normal();
      while (Math.abs(value) > 2) value = source.normal();
      return deviation * value;
    });

const uniformWithin =
  (bound: (shape: Shape) => number): Initializer =>
  (shape, source) => {
    const limit = bound(shape);
    return draw(shape, () => limit * (2 * source.uniform() - 1));
  };

/** Uniform within ±gain·√(6 / (fan in + fan out)): variance 2·gain² / (fan in + fan out). Glorot and Bengio 2010, equation 16. */
export const xavierUniform = (gain = 1): Initializer =>
  uniformWithin((shape) => {
    const [fanIn, fanOut] = fans(shape);
    return gain * Math.sqrt(6 / (fanIn + fanOut));
  });

/** Normal of the variance of `xavierUniform`. Glorot and Bengio 2010, equation 12. */
export const xavierNormal =
  (gain = 1): Initializer =>
  (shape, source) => {
    const [fanIn, fanOut] = fans(shape);
    return gaussian(gain * Math.sqrt(2 / (fanIn + fanOut)))(shape, source);
  };

/** Uniform within ±gain·√(3 / fan in); gain √2 is right before a ReLU. He 2015 (arXiv:1502.01852), equation 10. */
export const kaimingUniform = (gain: number = Math.SQRT2): Initializer =>
  uniformWithin((shape) => gain * Math.sqrt(3 / fans(shape)[0]));

/** Normal of deviation gain / √(fan in). He 2015 (arXiv:1502.01852), equation 10. */
export const kaimingNormal =
  (gain: number = Math.SQRT2): Initializer =>
  (shape, source) =>
    gaussian(gain / Math.sqrt(fans(shape)[0]))(shape, source);
