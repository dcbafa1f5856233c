// Reference kernels that work on the last axis: softmax and layer normalization.

import type { LayerNormCall, SoftmaxCall } from '../backend.ts';

/** See SoftmaxCall. */
export const softmax = ({ x, out, rows, columns, log }: SoftmaxCall): void => {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let max = -Infinity;
    for (let j = start; j < start + columns; j++) {
      const value = x[j] as number; // inside the row
      if (value > max || Number.isNaN(value)) max = value;
    }
    if (max === -Infinity) {
      out.fill(log ? -Infinity : 0, start, start + columns);
      continue;
    }
    let sum = 0;
    for (let j = start; j < start + columns; j++) sum += Math.exp((x[j] as number) - max); // inside the row
    const shift = max + Math.log(sum);
    for (let j = start; j < start + columns; j++) {
      const value = x[j] as number; // inside the row
      out[j] = log ? value - shift : Math.exp(value - max) / sum;
    }
  }
};

/** See LayerNormCall. Ba, Kiros and Hinton 2016 (arXiv:1607.06450), equation 4, variance with 1/width. */
export const layerNorm = (call: LayerNormCall): void => {
  const { x, residual, scale, shift, out, rows, width, epsilon } = call;
  const sums = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    let total = 0;
    for (let j = 0; j < width; j++) {
      const value = (x[start + j] as number) + (residual?.[start + j] ?? 0); // j < width
      sums[j] = value;
      total += value;
    }
    const mean = total / width;
    let squares = 0;
    for (let j = 0; j < width; j++) squares += ((sums[j] as number) - mean) ** 2; // j < width
    const inverse = 1 / Math.sqrt(squares / width + epsilon);
    if (call.mean !== undefined) call.mean[row] = mean;
    if (call.inverseDeviation !== undefined) call.inverseDeviation[row] = inverse;
    for (let j = 0; j < width; j++)
      out[start + j] = ((sums[j] as number) - mean) * inverse * (scale?.[j] ?? 1) + (shift?.[j] ?? 0); // j < width
  }
};
