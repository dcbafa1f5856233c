// Reference kernels of a training step but for attention: plain loops, float64 within, rounded once.

import type {
  AdamWCall,
  ArithmeticCall,
  ArithmeticKind,
  LayerNormGradientCall,
  SlopeCall,
  SoftmaxGradientCall,
  SumColumnsCall,
} from '../trainingKernels.ts';
import { slopes } from './slopes.ts';

type Combine = (call: ArithmeticCall) => void;

/** One loop an operation: shared code would see many functions and run them uninlined. */
const loops: Readonly<Record<ArithmeticKind, Combine>> = {
  add: ({ a, b, out, rows, columns, aRow, aColumn, bRow, bColumn }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = (a[i * aRow + j * aColumn] as number) + (b[i * bRow + j * bColumn] as number); // inside by the contract, here and below
  },
  sub: ({ a, b, out, rows, columns, aRow, aColumn, bRow, bColumn }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = (a[i * aRow + j * aColumn] as number) - (b[i * bRow + j * bColumn] as number);
  },
  mul: ({ a, b, out, rows, columns, aRow, aColumn, bRow, bColumn }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = (a[i * aRow + j * aColumn] as number) * (b[i * bRow + j * bColumn] as number);
  },
  div: ({ a, b, out, rows, columns, aRow, aColumn, bRow, bColumn }) => {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = (a[i * aRow + j * aColumn] as number) / (b[i * bRow + j * bColumn] as number);
  },
};

/** See ArithmeticCall. */
export const arithmetic = (call: ArithmeticCall): void => loops[call.kind](call);

/** See SlopeCall. */
export const slope = ({ kind, from, gradient, out }: SlopeCall): void => {
  const at = slopes[kind];
  for (let i = 0; i < from.length; i++) out[i] = (gradient[i] as number) * at(from[i] as number); // arrays of one length
};

/** See SumColumnsCall. */
export const sumColumns = ({ x, out, rows, columns }: SumColumnsCall): void => {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) sums[j] = (sums[j] as number) + (x[i * columns + j] as number); // inside by the contract
  out.set(sums);
};

/** See LayerNormGradientCall. Ba 2016 (arXiv:1607.06450), equation 4, differentiated. */
export const layerNormGradient = (call: LayerNormGradientCall): void => {
  const { gradient, x, residual, scale, mean, inverseDeviation, out, rows, width } = call;
  const scaleSums = new Float64Array(width);
  const shiftSums = new Float64Array(width);
  const normal = new Float64Array(width);
  const scaled = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    const [center, inverse] = [mean[row] as number, inverseDeviation[row] as number]; // one a row
    let sum = 0;
    let dot = 0;
    for (let j = 0; j < width; j++) {
      const n = ((x[start + j] as number) + (residual?.[start + j] ?? 0) - center) * inverse; // j < width, here and below
      const upstream = gradient[start + j] as number;
      const u = upstream * (scale?.[j] ?? 1);
      normal[j] = n;
      scaled[j] = u;
      sum += u;
      dot += u * n;
      scaleSums[j] = (scaleSums[j] as number) + upstream * n;
      shiftSums[j] = (shiftSums[j] as number) + upstream;
    }
    for (let j = 0; j < width; j++)
      out[start + j] = inverse * ((scaled[j] as number) - (sum + (normal[j] as number) * dot) / width);
  }
  call.scaleGradient.set(scaleSums);
  call.shiftGradient.set(shiftSums);
};

/** See SoftmaxGradientCall. */
export const softmaxGradient = ({ gradient, y, out, rows, columns, log }: SoftmaxGradientCall): void => {
  for (let start = 0; start < rows * columns; start += columns) {
    let sum = 0;
    let seen = !log;
    for (let j = start; j < start + columns; j++) {
      sum += (gradient[j] as number) * (log ? 1 : (y[j] as number)); // inside the row, here and below
      seen ||= y[j] !== -Infinity;
    }
    for (let j = start; j < start + columns; j++) {
      const [g, value] = [gradient[j] as number, y[j] as number];
      if (log) out[j] = seen ? g - Math.exp(value) * sum : 0;
      else out[j] = value * (g - sum);
    }
  }
};

/** See AdamWCall. Loshchilov and Hutter 2019 (arXiv:1711.05101), algorithm 2. */
export const adamW = (call: AdamWCall): void => {
  const { weight, gradient, first, second, gradientScale, beta1, beta2, epsilon, rate, secondScale, shrink } =
    call;
  for (let i = 0; i < weight.length; i++) {
    const g = gradientScale * (gradient[i] as number); // four arrays of one length
    const m = beta1 * (first[i] as number) + (1 - beta1) * g;
    const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    weight[i] = (weight[i] as number) * shrink - (rate * m) / (Math.sqrt(v) * secondScale + epsilon);
  }
};

/** Σ x², in float64. */
export const sumOfSquares = (x: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (x[i] as number); // i < length
  return sum;
};
