// Normalization over the last axis.

import { currentBackend } from '../backend/slot.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { ShapeError, sameShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { add, div, mul, sqrt, square } from './arithmetic.ts';
import { mean } from './reduce.ts';

/** Options of a norm. */
export interface NormOptions {
  /** Added to the variance (or mean square). Default 1e-5. */
  readonly epsilon?: number;
}

interface Saved {
  readonly mean: Float32Array;
  readonly inverse: Float32Array;
}

type Inputs =
  | readonly [x: Tensor, scale: Tensor, shift: Tensor]
  | readonly [x: Tensor, scale: Tensor, shift: Tensor, residual: Tensor];

/** Gradients of x (and residual), scale and shift, from the saved mean and inverse deviation of each row. */
const layerNormGradients = (
  gradient: Tensor,
  [x, scale, , residual]: Inputs,
  { mean: means, inverse }: Saved,
): [Tensor, Tensor, Tensor] => {
  const width = x.shape.at(-1) as number; // rank ≥ 1, checked
  const dx = new Float32Array(x.size);
  const dScale = new Float64Array(width);
  const dShift = new Float64Array(width);
  const [g, a, b, s] = [gradient.data, x.data, residual?.data, scale.data];
  const normed = new Float64Array(width);
  for (let row = 0, start = 0; start < dx.length; row++, start += width) {
    const [m, r] = [means[row] as number, inverse[row] as number]; // one a row
    let sum = 0;
    let dot = 0;
    for (let j = 0; j < width; j++) {
      const t = (a[start + j] as number) + (b === undefined ? 0 : (b[start + j] as number)); // j < width
      const n = (t - m) * r;
      const up = g[start + j] as number; // j < width
      const scaled = up * (s[j] as number); // j < width
      normed[j] = n;
      sum += scaled;
      dot += scaled * n;
      dScale[j] = (dScale[j] as number) + up * n; // j < width
      dShift[j] = (dShift[j] as number) + up; // j < width
    }
    for (let j = 0; j < width; j++)
      dx[start + j] =
        r * ((g[start + j] as number) * (s[j] as number) - (sum + (normed[j] as number) * dot) / width); // j < width
  }
  return [
    new Tensor('float32', x.shape, dx),
    new Tensor('float32', [width], Float32Array.from(dScale)),
    new Tensor('float32', [width], Float32Array.from(dShift)),
  ];
};

const layerNormOp = defineOp<Inputs, number, Saved>({
  name: 'layerNorm',
  forward: ([x, scale, shift, residual], epsilon, needsGradient) => {
    const width = x.shape.at(-1) as number; // rank ≥ 1, checked
    const rows = x.size / Math.max(1, width);
    const out = allocate(x.size);
    const saved = needsGradient
      ? { mean: new Float32Array(rows), inverse: new Float32Array(rows) }
      : undefined;
    currentBackend().layerNorm({
      x: x.data,
      residual: residual?.data,
      scale: scale.data,
      shift: shift.data,
      out,
      rows,
      width,
      epsilon,
      mean: saved?.mean,
      inverseDeviation: saved?.inverse,
    });
    return { shape: x.shape, data: out, ...(saved && { saved }) };
  },
  backward: (gradient, { inputs, saved }) => {
    const [dx, dScale, dShift] = layerNormGradients(gradient, inputs, saved);
    return inputs.length === 4 ? [dx, dScale, dShift, dx] : [dx, dScale, dShift];
  },
});

const checkNorm = (where: string, x: Tensor, scale: Tensor | undefined, shift: Tensor | undefined): void => {
  const width = x.shape.at(-1);
  for (const [name, weight] of [
    ['scale', scale],
    ['shift', shift],
  ] as const)
    if (x.rank < 1 || (weight !== undefined && (weight.rank !== 1 || weight.size !== width)))
      throw new ShapeError(
        `${where}: x ${x} with ${name} ${weight}; expected x [..., width] and ${name} [width].`,
      );
};

const constantRow = (width: number, value: number): Tensor =>
  new Tensor('float32', [width], new Float32Array(width).fill(value));

/** (x − mean) / √(variance + epsilon) · scale + shift over the last axis, the variance biased. Ba 2016 (arXiv:1607.06450), equation 4. */
export const layerNorm = (
  x: Tensor,
  scale?: Tensor,
  shift?: Tensor,
  { epsilon = 1e-5 }: NormOptions = {},
): Tensor => {
  checkNorm('layerNorm', x, scale, shift);
  const width = x.shape.at(-1) as number; // rank ≥ 1, checked
  return layerNormOp([x, scale ?? constantRow(width, 1), shift ?? constantRow(width, 0)], epsilon);
};

/** layerNorm(x + residual) in one pass. */
export const addLayerNorm = (
  x: Tensor,
  residual: Tensor,
  scale: Tensor,
  shift: Tensor,
  { epsilon = 1e-5 }: NormOptions = {},
): Tensor => {
  checkNorm('addLayerNorm', x, scale, shift);
  if (!sameShape(x.shape, residual.shape)) return layerNorm(add(x, residual), scale, shift, { epsilon });
  return layerNormOp([x, scale, shift, residual], epsilon);
};

/** x / √(mean of squares + epsilon) · scale over the last axis. Zhang and Sennrich 2019 (arXiv:1910.07467), equation 4. */
export const rmsNorm = (x: Tensor, scale?: Tensor, { epsilon = 1e-5 }: NormOptions = {}): Tensor => {
  checkNorm('rmsNorm', x, scale, undefined);
  const normed = div(x, sqrt(add(mean(square(x), [-1], { keepDims: true }), epsilon)));
  return scale === undefined ? normed : mul(normed, scale);
};
