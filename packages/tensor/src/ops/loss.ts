// Losses: one number to be made small.

import { defineOp } from '../op.ts';
import { currentBackend } from '../backend/slot.ts';
import { ShapeError } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { add, exp, log, maximum, mul, neg, abs, square, sub } from './arithmetic.ts';
import { mean } from './reduce.ts';

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions {
  /** Targets that do not count. Default −100, as in PyTorch. */
  readonly ignoreIndex?: number;
  /** Share of the target that is spread evenly over all classes. Default 0. Szegedy 2016 (arXiv:1512.00567), §7. */
  readonly labelSmoothing?: number;
}

interface Options extends Required<CrossEntropyOptions> {
  readonly targets: Int32Array;
}

interface Saved {
  readonly logProbabilities: Float32Array;
  readonly counted: number;
}

const crossEntropyOp = defineOp<readonly [Tensor], Options, Saved>({
  name: 'crossEntropy',
  forward: ([logits], { targets, ignoreIndex, labelSmoothing }) => {
    const classes = logits.shape.at(-1) as number; // rank ≥ 1, checked
    const logProbabilities = new Float32Array(logits.size);
    currentBackend().softmax({ x: logits.data, out: logProbabilities, rows: targets.length, columns: classes, log: true });
    let total = 0;
    let counted = 0;
    for (const [row, target] of targets.entries()) {
      if (target === ignoreIndex) continue;
      if (target < 0 || target >= classes) throw new RangeError(`crossEntropy: target ${target} in row ${row}; expected a class from 0 to ${classes - 1}, or ${ignoreIndex} to leave the row out.`);
      counted++;
      total -= (1 - labelSmoothing) * (logProbabilities[row * classes + target] as number); // target < classes
      if (labelSmoothing > 0) for (let c = 0; c < classes; c++) total -= (labelSmoothing / classes) * (logProbabilities[row * classes + c] as number); // c < classes
    }
    return { shape: [], data: Float32Array.of(total / counted), saved: { logProbabilities, counted } };
  },
  backward: (gradient, { inputs: [logits], options: { targets, ignoreIndex, labelSmoothing }, saved: { logProbabilities, counted } }) => {
    const classes = logits.shape.at(-1) as number; // rank ≥ 1
    const factor = gradient.item() / counted;
    const data = new Float32Array(logits.size);
    for (const [row, target] of targets.entries()) {
      if (target === ignoreIndex) continue;
      const start = row * classes;
      for (let c = 0; c < classes; c++) data[start + c] = factor * (Math.exp(logProbabilities[start + c] as number) - labelSmoothing / classes); // c < classes
      data[start + target] = (data[start + target] as number) - factor * (1 - labelSmoothing); // target < classes
    }
    return [new Tensor('float32', logits.shape, data)];
  },
});

/**
 * Mean of −log softmax(logits)[target] over the targets that count: logits [..., classes], targets int32 [...]. NaN where none counts.
 * With label smoothing s the target is (1 − s) one-hot + s / classes.
 *
 * @example
 * crossEntropy(tensor([[0, 0]]), integers([1])).item(); // ln 2
 */
export const crossEntropy = (logits: Tensor, targets: Tensor<'int32'>, { ignoreIndex = -100, labelSmoothing = 0 }: CrossEntropyOptions = {}): Tensor => {
  const rows = logits.shape.slice(0, -1);
  if (logits.rank < 1 || rows.join() !== targets.shape.join())
    throw new ShapeError(`crossEntropy: logits ${logits} with targets ${targets}; expected [..., classes] and [...].`);
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) throw new RangeError(`crossEntropy: labelSmoothing ${labelSmoothing}; expected from 0 to 1.`);
  return crossEntropyOp([logits], { targets: targets.data, ignoreIndex, labelSmoothing });
};

/** Mean of (x − target)². */
export const meanSquaredError = (x: Tensor, target: Tensor): Tensor => mean(square(sub(x, target)));

/** Mean of −t·log σ(x) − (1 − t)·log(1 − σ(x)) from logits x and targets t in [0, 1]; without overflow. */
export const binaryCrossEntropy = (logits: Tensor, target: Tensor): Tensor =>
  mean(add(sub(maximum(logits, 0), mul(logits, target)), log(add(exp(neg(abs(logits))), 1))));
