// Checks a program's gradients against finite differences of its loss. Knows nothing of tapes: it is handed two functions.
import { expectClose } from './expectClose.ts';
import { finiteDifference } from './finiteDifference.ts';

/** One gradient check: a scalar loss, its claimed gradients, and where to compare them. */
export interface GradientCase {
  /** Where to differentiate: row-major data of each input; small, since each element costs four forward passes. */
  readonly inputs: readonly ArrayLike<number>[];
  /** The scalar loss of the inputs, which come as Float64Arrays in the order of `inputs`. Sum in float64 if the forward pass is float32. */
  readonly loss: (inputs: Float64Array[]) => number;
  /** d loss / d input at the inputs, as the program under test has it; one for each input, in order. */
  readonly gradients: (inputs: Float64Array[]) => readonly ArrayLike<number>[];
  /** Default 2⁻⁶, see finiteDifference. */
  readonly step?: number;
  /** Default 1e-3. */
  readonly absolute?: number;
  /** Default 1e-3: a float32 forward pass leaves about 1e-5 of noise for each unit of loss. */
  readonly relative?: number;
  readonly name?: string;
}

/**
 * Throws where a claimed gradient differs from the numeric one.
 *
 * @example
 * expectGradients({ inputs: [[3]], loss: ([x]) => x![0]! ** 2, gradients: ([x]) => [[2 * x![0]!]] });
 */
export const expectGradients = (check: GradientCase): void => {
  const { inputs, loss, gradients, step, absolute = 1e-3, relative = 1e-3, name = 'gradient' } = check;
  const claimed = gradients(inputs.map((input) => Float64Array.from(input)));
  if (claimed.length !== inputs.length) {
    throw new Error(`${name}: ${claimed.length} gradients for ${inputs.length} inputs`);
  }
  const numeric = finiteDifference(loss, inputs, step);
  numeric.forEach((expected, i) => {
    const actual = claimed[i]!; // same length, checked above
    expectClose(actual, expected, { absolute, relative, name: `${name} of input ${i}` });
  });
};
