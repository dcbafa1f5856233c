// Two spirals wound into each other: points of a plane in two classes that no straight line parts. Lang and Witbrock 1988, 'Learning to
// Tell Two Spirals Apart', with noise. The task of the nets on the page about gradients.

import { integers, type Random, Tensor } from '@heed/tensor';

/** Points and their classes. */
export interface Spirals {
  /** [points, 2], within about ±1. */
  readonly inputs: Tensor;
  /** [points], 0 or 1. */
  readonly labels: Tensor<'int32'>;
}

/** Turns of each arm around the middle. */
const turns = 1.25;
/** Deviation of a point from its arm: a ninth of the distance to the next one, so that nearly all can be told apart. */
const noise = 0.035;

/**
 * Draws points at even distances along both arms, in turn one of each.
 *
 * @example
 * const { inputs, labels } = spirals(400, random(1)); // float32[400, 2] and int32[400]
 */
export const spirals = (points: number, source: Random): Spirals => {
  const data = new Float32Array(2 * points);
  for (let i = 0; i < points; i++) {
    const along = Math.sqrt(source.uniform()); // as many points a length everywhere
    const angle = 2 * Math.PI * turns * along + Math.PI * (i % 2);
    const radius = 0.08 + 0.87 * along;
    data[2 * i] = radius * Math.cos(angle) + noise * source.normal();
    data[2 * i + 1] = radius * Math.sin(angle) + noise * source.normal();
  }
  return {
    inputs: new Tensor('float32', [points, 2], data),
    labels: integers(Array.from({ length: points }, (_, i) => i % 2)),
  };
};
