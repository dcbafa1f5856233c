// Laws by which parameters get their first values: those that look at no shape. fanInit.ts has those that do.

import type { Random } from '../random.ts';
import { type Shape, sizeOf } from '../shape.ts';

/** Draws the values of a parameter of a shape. */
export type Initializer = (shape: Shape, source: Random) => Float32Array;

const draw = (shape: Shape, next: () => number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, next);

/** Every value the same. */
export const constant =
  (value: number): Initializer =>
  (shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

/** Uniform in [−bound, bound). */
export const uniform =
  (bound: number): Initializer =>
  (shape, source) =>
    draw(shape, () => bound * (2 * source.uniform() - 1));

/** Normal with the given deviation, around the given mean. */
export const normal =
  (deviation: number, mean = 0): Initializer =>
  (shape, source) =>
    draw(shape, () => mean + deviation * source.normal());

/**
 * Normal, drawn again until within two deviations: BERT's law with 0.02 (Devlin 2018, A.2). The deviation of what is left is 0.8796 of
 * the given one; divide it by 0.8796 first to have it exactly, as Flax does.
 */
export const truncatedNormal =
  (deviation: number): Initializer =>
  (shape, source) =>
    draw(shape, () => {
      let value = source.normal();
      while (Math.abs(value) > 2) value = source.normal();
      return deviation * value;
    });
