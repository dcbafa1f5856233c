// orthogonal: first values whose rows (or columns, whichever are fewer) stand at right angles and have one length.

import { ShapeError, sizeOf } from '../shape.ts';
import type { Initializer } from './init.ts';

/** Takes from a vector its parts along the rows before it. */
const removeProjections = (rows: Float64Array, row: number, width: number): void => {
  const start = row * width;
  for (let other = 0; other < row; other++) {
    let dot = 0;
    for (let j = 0; j < width; j++) dot += (rows[start + j] as number) * (rows[other * width + j] as number); // inside both rows, here and below
    for (let j = 0; j < width; j++)
      rows[start + j] = (rows[start + j] as number) - dot * (rows[other * width + j] as number);
  }
};

/**
 * A random orthogonal matrix times gain: W·Wᵀ = gain²·1 for a weight of at most as many rows as columns, Wᵀ·W = gain²·1 for a taller
 * one; axes behind the first count as columns. Evenly distributed over all such matrices: normal rows, each made orthogonal to those before it
 * (Gram and Schmidt, twice, in float64: once leaves rounding errors). Saxe 2014 (arXiv:1312.6120), §3.
 */
export const orthogonal =
  (gain = 1): Initializer =>
  (shape, source) => {
    if (shape.length < 2)
      throw new ShapeError(`orthogonal: shape [${shape.join(', ')}]; expected at least two axes.`);
    const [rows, columns] = [shape[0] as number, sizeOf(shape.slice(1))]; // rank ≥ 2
    const [count, width] = [Math.min(rows, columns), Math.max(rows, columns)];
    const basis = Float64Array.from({ length: count * width }, () => source.normal());
    for (let row = 0; row < count; row++) {
      removeProjections(basis, row, width);
      removeProjections(basis, row, width);
      const own = basis.subarray(row * width, (row + 1) * width);
      const length = Math.sqrt(own.reduce((sum, x) => sum + x * x, 0));
      for (let j = 0; j < width; j++) own[j] = (own[j] as number) / length; // j < width
    }
    return Float32Array.from({ length: rows * columns }, (_, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return gain * (basis[rows <= columns ? index : column * width + row] as number); // inside the basis
    });
  };
