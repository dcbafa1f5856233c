// Laws of first values by a weight's fans, so that signals or gradients keep their size from layer to layer.

import { type Shape, sizeOf } from '../shape.ts';
import { type Initializer, normal, uniform } from './init.ts';

/** [fan in, fan out] of a weight [outputs, inputs, …rest]: rest is a receptive field (a convolution's taps). */
const fans = (shape: Shape): [number, number] => {
  const field = sizeOf(shape.slice(2));
  return [(shape[1] ?? shape[0] ?? 1) * field, (shape[0] ?? 1) * field];
};

/** What comes after a weight, as far as its first values care. */
export type GainName = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/**
 * The factor that undoes what a nonlinearity does to the size of a signal; `slope` is leakyRelu's below 0. PyTorch's calculate_gain:
 * √2 for relu and √(2 / (1 + slope²)) for leakyRelu (He 2015, arXiv:1502.01852, equations 10 and 15), 5/3 for tanh, 3/4 for selu.
 */
export const gainFor = (nonlinearity: GainName, slope = 0.01): number => {
  switch (nonlinearity) {
    case 'linear':
    case 'sigmoid':
      return 1;
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.SQRT2;
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + slope ** 2));
    case 'selu':
      return 3 / 4;
    default:
      return nonlinearity satisfies never;
  }
};

/** Values of a given deviation by the shape, uniform or normal: a uniform law within ±bound has deviation bound / √3. */
const uniformOf =
  (deviation: (shape: Shape) => number): Initializer =>
  (shape, source) =>
    uniform(Math.sqrt(3) * deviation(shape))(shape, source);
const normalOf =
  (deviation: (shape: Shape) => number): Initializer =>
  (shape, source) =>
    normal(deviation(shape))(shape, source);

const glorot = (gain: number) => (shape: Shape) => {
  const [fanIn, fanOut] = fans(shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
};

/** Uniform within ±gain·√(6 / (fan in + fan out)): variance 2·gain² / (fan in + fan out). Glorot and Bengio 2010, equation 16. */
export const xavierUniform = (gain = 1): Initializer => uniformOf(glorot(gain));

/** Normal of the variance of `xavierUniform`. Glorot and Bengio 2010, equation 12. */
export const xavierNormal = (gain = 1): Initializer => normalOf(glorot(gain));

/** Whose size is kept: that of signals (by the fan in) or that of gradients (by the fan out). */
export type FanMode = 'fanIn' | 'fanOut';

const he = (gain: number, mode: FanMode) => (shape: Shape) => {
  const [fanIn, fanOut] = fans(shape);
  return gain / Math.sqrt(mode === 'fanIn' ? fanIn : fanOut);
};

/** Uniform within ±gain·√(3 / fan). He 2015 (arXiv:1502.01852), equation 10. With gain 1/√3 the law of PyTorch's Linear: ±1/√(fan in). */
export const kaimingUniform = (gain: number = gainFor('relu'), mode: FanMode = 'fanIn'): Initializer =>
  uniformOf(he(gain, mode));

/** Normal of deviation gain / √fan. He 2015 (arXiv:1502.01852), equations 10 (fan in) and 14 (fan out). */
export const kaimingNormal = (gain: number = gainFor('relu'), mode: FanMode = 'fanIn'): Initializer =>
  normalOf(he(gain, mode));
