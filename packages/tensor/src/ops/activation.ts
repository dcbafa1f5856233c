// Activations of feed-forward networks.

import type { Activation } from '../backend/backend.ts';
import { currentBackend } from '../backend/slot.ts';
import { allocate } from '../regionStack.ts';
import { Tensor } from '../tensor.ts';
import { combine, engineUnary, tanh, type UnaryOp } from './arithmetic.ts';
import type { Run } from './broadcast.ts';

/** Fills `out` with the derivative at each x. */
type Slope = (x: Float32Array, out: Float32Array) => void;

/** gradient · slope(x). One pass beside the engine's: training spends a good part of its time here. */
const through =
  (slope: Slope) =>
  (gradient: Tensor, { inputs: [x] }: { readonly inputs: readonly [Tensor] }): Tensor => {
    const data = allocate(x.size);
    slope(x.data, data);
    const upstream = gradient.data;
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) * (upstream[i] as number); // arrays of one length
    return new Tensor('float32', x.shape, data);
  };

const reluRun = ({ a, b, out, aStart, bStart, outStart, length }: Run): void => {
  for (let i = 0; i < length; i++)
    out[outStart + i] = (b[bStart + i] as number) > 0 ? (a[aStart + i] as number) : 0; // equal shapes: one run
};

/** Φ(x) + x·φ(x); the second term is 0 at ±∞. */
const geluSlope: Slope = (x, out) => {
  const density = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const value = x[i] as number; // i < length, here and below
    out[i] = value * Math.SQRT1_2;
    density[i] = -0.5 * value * value;
  }
  currentBackend().unary('erf', out, out);
  currentBackend().unary('exp', density, density);
  const factor = 1 / Math.sqrt(2 * Math.PI);
  for (let i = 0; i < x.length; i++) {
    const e = density[i] as number;
    out[i] = 0.5 * (1 + (out[i] as number)) + (e === 0 ? 0 : factor * e * (x[i] as number));
  }
};

const tanhRate = Math.sqrt(2 / Math.PI);
const tanhCubic = 0.044715;

/** Of ½x(1 + t), t = tanh(√(2/π)(x + 0.044715x³)). */
const geluTanhSlope: Slope = (x, out) => {
  for (let i = 0; i < x.length; i++) {
    const value = x[i] as number; // i < length, here and below
    out[i] = tanhRate * (value + tanhCubic * value * value * value);
  }
  currentBackend().unary('tanh', out, out);
  for (let i = 0; i < x.length; i++) {
    const value = x[i] as number;
    const t = out[i] as number;
    const inner = 1 - t * t;
    out[i] =
      0.5 * (1 + t) +
      (inner === 0 ? 0 : 0.5 * value * inner * tanhRate * (1 + 3 * tanhCubic * value * value));
  }
};

/** s(1 + x(1 − s)), s = 1 / (1 + e⁻ˣ). */
const siluSlope: Slope = (x, out) => {
  currentBackend().unary('sigmoid', x, out);
  for (let i = 0; i < x.length; i++) {
    const s = out[i] as number; // i < length, here and below
    out[i] = s === 0 || s === 1 ? s : s * (1 + (x[i] as number) * (1 - s));
  }
};

/** max(x, 0); gradient 0 at 0. */
export const relu: UnaryOp = engineUnary('relu', (gradient, { inputs: [x] }) =>
  combine(reluRun, gradient, x),
);

/** x·Φ(x) with the exact normal distribution Φ. Hendrycks and Gimpel 2016 (arXiv:1606.08415), §2. */
export const gelu: UnaryOp = engineUnary('gelu', through(geluSlope));

/** GELU by ½x(1 + tanh(√(2/π)(x + 0.044715x³))): the same paper, the approximation of GPT-2 and of BERT's original code. */
export const geluTanh: UnaryOp = engineUnary('geluTanh', through(geluTanhSlope));

/** x / (1 + e⁻ˣ). */
export const silu: UnaryOp = engineUnary('silu', through(siluSlope));

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
