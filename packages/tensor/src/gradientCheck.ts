// gradientCheck: the derivative of a function against differences of its values. For tests of your own operations.

import { backward } from './backward.ts';
import { noGrad } from './op.ts';
import { random } from './random.ts';
import { ShapeError, sameShape, stridesOf } from './shape.ts';
import { type AnyTensor, Tensor } from './tensor.ts';
import { variable } from './variable.ts';

/** Options of `gradientCheck`. */
export interface GradientCheckOptions {
  /** Distance of the differences. Default 2⁻⁶: in float32 a smaller one loses more digits than it wins. */
  readonly step?: number;
  /** Largest error, as a share of the larger of 1 and the derivative. Default 1e-3. */
  readonly tolerance?: number;
  /** Seed of the factors by which the elements of the output are summed. Default 0. */
  readonly seed?: number;
}

/** The place where the two differ most. */
export interface GradientReport {
  /** Which input, and which element of it. */
  readonly input: number;
  readonly index: readonly number[];
  /** Both derivatives there. */
  readonly derivative: number;
  readonly difference: number;
  /** |derivative − difference| as a share of the larger of 1 and |difference|; 0 where there is nothing to compare. */
  readonly error: number;
}

const indexOf = (place: number, shape: readonly number[]): number[] =>
  stridesOf(shape).map((stride, axis) => Math.floor(place / stride) % (shape[axis] as number)); // as many strides as axes

const isFloat = (x: AnyTensor): x is Tensor => x.dtype === 'float32';

/** Σ output · factors in float64; the factors are between 1/2 and 1, by the seed. */
const weighted = ({ data }: Tensor, factors: Float32Array): number => {
  let total = 0;
  for (let i = 0; i < data.length; i++) total += (data[i] as number) * (factors[i] as number); // one length
  return total;
};

/**
 * Compares, for every element of every float32 input, the derivative of Σ f(inputs)·factors by `backward` with central differences (five points,
 * error h⁴·f⁽⁵⁾/30). Throws where they differ by more than the tolerance, and else returns where they differ most. Inputs should be small, their
 * values near 1, and no kink within two steps; f must give the same each time.
 *
 * @example
 * gradientCheck((x) => mul(x, x), [tensor([1, 2])]).error < 1e-4; //=> true
 */
export const gradientCheck = <Inputs extends readonly AnyTensor[]>(
  f: (...inputs: Inputs) => Tensor,
  inputs: readonly [...Inputs],
  { step = 2 ** -6, tolerance = 1e-3, seed = 0 }: GradientCheckOptions = {},
): GradientReport => {
  const at = inputs.map((x) => (isFloat(x) ? variable(new Tensor('float32', x.shape, x.data.slice())) : x));
  const call = () => f(...(at as unknown as Inputs));
  const output = call();
  const source = random(seed);
  const factors = Float32Array.from({ length: output.size }, () => 0.5 + source.uniform() / 2);
  const gradients = output.requiresGradient
    ? backward(output, new Tensor('float32', output.shape, factors))
    : undefined;
  let worst: GradientReport = { input: 0, index: [], derivative: 0, difference: 0, error: 0 };
  for (const [input, x] of at.entries()) {
    if (!isFloat(x)) continue;
    const gradient = gradients?.get(x);
    if (gradient !== undefined && !sameShape(gradient.shape, x.shape))
      throw new ShapeError(
        `gradientCheck: the gradient of input ${input} is ${gradient}; expected the shape of ${x}.`,
      );
    for (let place = 0; place < x.size; place++) {
      const value = x.data[place] as number; // place < size
      const moved = (distance: number): number => {
        x.data[place] = value + distance;
        return weighted(noGrad(call), factors);
      };
      const near = moved(step) - moved(-step);
      const far = moved(2 * step) - moved(-2 * step);
      x.data[place] = value;
      const difference = (8 * near - far) / (12 * step);
      const derivative = gradient?.data[place] ?? 0;
      const error = Math.abs(derivative - difference) / Math.max(1, Math.abs(difference));
      if (error > worst.error || (Number.isNaN(error) && !Number.isNaN(worst.error)))
        worst = { input, index: indexOf(place, x.shape), derivative, difference, error };
    }
  }
  if (!(worst.error <= tolerance))
    throw new Error(
      `gradientCheck: element [${worst.index.join(', ')}] of input ${worst.input}: the derivative is ${worst.derivative}, differences give ${worst.difference}; they may differ by ${tolerance} of the larger of 1 and that. Mend backward, or move the input away from a kink.`,
    );
  return worst;
};
