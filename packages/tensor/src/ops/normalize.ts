// Normalization over the last axis, or several last axes together.

import { currentBackend } from '../backend/slot.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { ShapeError, sameShape, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { add } from './arithmetic.ts';
import { reshape } from './arrange.ts';

/** Options of a norm. */
export interface NormOptions {
  /** Added to the variance (or mean square). Default 1e-5. */
  readonly epsilon?: number;
  /** How many last axes are normalized together (PyTorch's normalized_shape). Default: as many as scale or shift has, else 1. */
  readonly axes?: number;
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
  { mean, inverse }: Saved,
): [Tensor, Tensor, Tensor] => {
  const width = x.shape.at(-1) as number; // rank ≥ 1, checked
  const [out, scaleGradient, shiftGradient] = [allocate(x.size), allocate(width), allocate(width)];
  currentBackend().layerNormGradient({
    gradient: gradient.data,
    x: x.data,
    residual: residual?.data,
    scale: scale.data,
    mean,
    inverseDeviation: inverse,
    ...{ out, scaleGradient, shiftGradient },
    rows: x.size / Math.max(1, width),
    width,
  });
  return [
    new Tensor('float32', x.shape, out),
    new Tensor('float32', [width], scaleGradient),
    new Tensor('float32', [width], shiftGradient),
  ];
};

const layerNormOp = defineOp<Inputs, number, Saved>({
  name: 'layerNorm',
  forward: ([x, scale, shift, residual], epsilon, needsGradient) => {
    const width = x.shape.at(-1) as number; // rank ≥ 1, checked
    const rows = x.size / Math.max(1, width);
    const out = allocate(x.size);
    const saved = needsGradient ? { mean: allocate(rows), inverse: allocate(rows) } : undefined;
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

/**
 * Runs a norm of the last axis over the last `axes` ones, as if they were one. Refuses weights of another shape than those axes.
 */
const overLast = (
  where: string,
  {
    x,
    axes,
    ...weights
  }: {
    readonly x: Tensor;
    readonly axes: number | undefined;
    readonly scale: Tensor | undefined;
    readonly shift?: Tensor | undefined;
  },
  run: (rows: (x: Tensor) => Tensor, flat: (weight: Tensor) => Tensor, width: number) => Tensor,
): Tensor => {
  const count = axes ?? weights.scale?.rank ?? weights.shift?.rank ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > x.rank)
    throw new ShapeError(
      `${where}: x ${x}, its last ${count} axes together; expected from 1 to as many as x has.`,
    );
  const shape = x.shape.slice(x.rank - count);
  for (const [name, weight] of Object.entries(weights))
    if (weight !== undefined && !sameShape(weight.shape, shape))
      throw new ShapeError(
        `${where}: x ${x} with ${name} ${weight}; expected x [..., width] and ${name} [width], or several last axes of x.`,
      );
  const width = sizeOf(shape);
  if (count === 1)
    return run(
      (one) => one,
      (weight) => weight,
      width,
    );
  const rows = (one: Tensor) => reshape(one, [...one.shape.slice(0, one.rank - count), width]);
  return reshape(
    run(rows, (weight) => reshape(weight, [width]), width),
    x.shape,
  );
};

type RmsInputs = readonly [x: Tensor] | readonly [x: Tensor, scale: Tensor];

/** Saved: 1 / √(mean of squares + epsilon) of each row. */
const rmsNormOp = defineOp<RmsInputs, number, Float32Array>({
  name: 'rmsNorm',
  forward: ([x, scale], epsilon) => {
    const width = x.shape.at(-1) as number; // rank ≥ 1, checked
    const rows = x.size / Math.max(1, width);
    const data = allocate(x.size);
    const inverse = new Float32Array(rows);
    const [values, factors] = [x.data, scale?.data];
    for (let row = 0, start = 0; row < rows; row++, start += width) {
      let squares = 0; // float64: a sum of squares of float32 numbers overflows float32
      for (let j = start; j < start + width; j++) squares += (values[j] as number) ** 2; // inside the row, here and below
      const rate = 1 / Math.sqrt(squares / width + epsilon);
      inverse[row] = rate;
      if (factors === undefined)
        for (let j = start; j < start + width; j++) data[j] = (values[j] as number) * rate;
      else
        for (let j = 0; j < width; j++)
          data[start + j] = (values[start + j] as number) * rate * (factors[j] as number);
    }
    return { shape: x.shape, data, saved: inverse };
  },
  // With n = x·inverse and u = g·scale: dx = inverse·(u − n·mean(u·n)).
  backward: (gradient, { inputs: [x, scale], saved: inverse }) => {
    const width = x.shape.at(-1) as number; // rank ≥ 1
    const dx = allocate(x.size);
    const dScale = new Float64Array(width);
    const [g, values, factors] = [gradient.data, x.data, scale?.data];
    for (let row = 0, start = 0; row < inverse.length; row++, start += width) {
      const rate = inverse[row] as number; // one a row
      let dot = 0;
      for (let j = 0; j < width; j++) {
        const product = (g[start + j] as number) * (values[start + j] as number) * rate;
        dScale[j] = (dScale[j] as number) + product;
        dot += product * (factors === undefined ? 1 : (factors[j] as number));
      }
      const tilt = (dot / width) * rate;
      for (let j = 0; j < width; j++)
        dx[start + j] =
          rate *
          ((g[start + j] as number) * (factors === undefined ? 1 : (factors[j] as number)) -
            tilt * (values[start + j] as number));
    }
    const result = new Tensor('float32', x.shape, dx);
    return scale === undefined
      ? [result]
      : [result, new Tensor('float32', [width], Float32Array.from(dScale))];
  },
});

const constantRow = (width: number, value: number): Tensor =>
  new Tensor('float32', [width], new Float32Array(width).fill(value));

/**
 * (x − mean) / √(variance + epsilon) · scale + shift over the last axis (or axes), the variance biased. Ba 2016 (arXiv:1607.06450),
 * equation 4.
 */
export const layerNorm = (
  x: Tensor,
  scale?: Tensor,
  shift?: Tensor,
  { epsilon = 1e-5, axes }: NormOptions = {},
): Tensor =>
  overLast('layerNorm', { x, axes, scale, shift }, (rows, flat, width) =>
    layerNormOp(
      [
        rows(x),
        scale === undefined ? constantRow(width, 1) : flat(scale),
        shift === undefined ? constantRow(width, 0) : flat(shift),
      ],
      epsilon,
    ),
  );

/** layerNorm(x + residual) in one pass; without a shift if it is undefined. */
export const addLayerNorm = (
  x: Tensor,
  residual: Tensor,
  scale: Tensor,
  shift: Tensor | undefined,
  { epsilon = 1e-5, axes }: NormOptions = {},
): Tensor => {
  if (!sameShape(x.shape, residual.shape)) {
    const options = axes === undefined ? { epsilon } : { epsilon, axes };
    return layerNorm(add(x, residual), scale, shift, options);
  }
  return overLast('addLayerNorm', { x, axes, scale, shift }, (rows, flat, width) =>
    layerNormOp(
      [rows(x), flat(scale), shift === undefined ? constantRow(width, 0) : flat(shift), rows(residual)],
      epsilon,
    ),
  );
};

/** x / √(mean of squares + epsilon) · scale over the last axis (or axes). Zhang and Sennrich 2019 (arXiv:1910.07467), equation 4. */
export const rmsNorm = (x: Tensor, scale?: Tensor, { epsilon = 1e-5, axes }: NormOptions = {}): Tensor =>
  overLast('rmsNorm', { x, axes, scale }, (rows, flat) =>
    rmsNormOp(scale === undefined ? [rows(x)] : [rows(x), flat(scale)], epsilon),
  );
