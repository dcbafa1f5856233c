// Linear with a weight that is stored as 8-bit integers: a quarter of the memory, exact sums, no derivative. For inference.

import type { Activation, RowCoding } from '../backend/backend.ts';
import { codeWeight } from '../backend/js/int8.ts';
import { currentBackend } from '../backend/slot.ts';
import { isRecording } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { ShapeError, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/** A weight [outputs, inputs] in 8-bit integers: weight[j][i] ≈ codes[j · inputs + i] · scales[j]. Made by `int8Weight`; not to be written to. */
export interface Int8Weight {
  readonly shape: readonly [outputs: number, inputs: number];
  /** Within ±127. */
  readonly codes: Int8Array;
  /** One an output. */
  readonly scales: Float32Array;
}

const mostInputs = 65536; // 255 · 127 · 65536 is below 2³¹: sums of so many products fit 32 bits

/**
 * Stores a weight as 8-bit integers, one scale an output: scale = max |w| / 127 over its row, code = w / scale rounded, from the middle
 * to even. A row of zeros has scale 1. The error of a number is at most scale / 2.
 *
 * @example
 * const { codes, scales } = int8Weight(tensor([[1, -0.5]]));
 * [...codes]; //=> [127, -64]
 */
export const int8Weight = (weight: Tensor): Int8Weight => {
  const [outputs, inputs] = weight.shape;
  if (weight.rank !== 2 || outputs === undefined || inputs === undefined)
    throw new ShapeError(`int8Weight: weight ${weight}; expected [outputs, inputs].`);
  if (inputs > mostInputs)
    throw new ShapeError(
      `int8Weight: weight ${weight} has ${inputs} inputs; at most ${mostInputs} can be summed exactly. Split the inputs, or keep it in float32.`,
    );
  const shape = [outputs, inputs] as const;
  const coded = codeWeight(weight.data, shape);
  if (!coded.scales.every(Number.isFinite))
    throw new RangeError(
      `int8Weight: weight ${weight} has NaN or infinite values, which have no code. Mend the weight first.`,
    );
  return { shape, ...coded };
};

/** Options of linearInt8. */
export interface LinearInt8Options {
  readonly bias?: Tensor;
  /** Applied to the result. Default 'none'. */
  readonly activation?: Activation;
  /**
   * How rows of x are coded: 'fine', in as many steps as exact sums allow (at least ±258); 'symmetric' in 8 bits, ±127; 'asymmetric' in 8
   * bits, 255 steps from the least to the greatest value. All are equally fast. Default 'fine'.
   */
  readonly rows?: RowCoding;
}

/**
 * activation(x · weightᵀ + bias) with an 8-bit weight: x [..., inputs], bias [outputs] → [..., outputs]. Rows of x are coded as integers
 * when they come, sums are exact integers, all engines give the same bits (but for activations). A row of x with NaN or an infinity gives
 * NaN. Has no derivative, and says so where one is asked for.
 *
 * @example
 * linearInt8(tensor([[2, 0]]), int8Weight(tensor([[1, 0], [0, 1]]))).toArray(); //=> [[2, 0]]
 */
export const linearInt8 = (
  x: Tensor,
  weight: Int8Weight,
  { bias, activation = 'none', rows: coding = 'fine' }: LinearInt8Options = {},
): Tensor => {
  const [outputs, inputs] = weight.shape;
  if (
    x.rank < 1 ||
    x.shape.at(-1) !== inputs ||
    (bias !== undefined && (bias.rank !== 1 || bias.size !== outputs))
  )
    throw new ShapeError(
      `linearInt8: x ${x}, weight int8[${outputs}, ${inputs}]${bias === undefined ? '' : `, bias ${bias}`}; expected x [..., inputs], weight [outputs, inputs], bias [outputs].`,
    );
  if (isRecording() && (x.requiresGradient || bias?.requiresGradient === true))
    throw new Error(
      `linearInt8: a gradient is asked of x ${x} or the bias, and weights of 8-bit integers have none. Compute inside inference(…) or noGrad(…), or freeze the model.`,
    );
  const rows = sizeOf(x.shape.slice(0, -1));
  const out = allocate(rows * outputs);
  currentBackend().linearInt8({
    ...{ x: x.data, codes: weight.codes, scales: weight.scales, bias: bias?.data, out },
    ...{ rows, inputs, outputs, activation, coding },
  });
  return new Tensor('float32', [...x.shape.slice(0, -1), outputs], out);
};
