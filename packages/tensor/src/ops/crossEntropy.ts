// Cross entropy of classes: the loss of classifiers and language models.

import { currentBackend } from '../backend/slot.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { ShapeError, sameShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { add, mul, neg } from './arithmetic.ts';
import { equal, maskedFill } from './compare.ts';
import { sum } from './reduce.ts';
import { type LossOptions, reduced } from './reduction.ts';
import { logSoftmax } from './softmax.ts';

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends LossOptions {
  /** Targets that do not count. Default −100, as in PyTorch. */
  readonly ignoreIndex?: number;
  /** Share of the target that is spread evenly over all classes. Default 0. Szegedy 2016 (arXiv:1512.00567), §7. */
  readonly labelSmoothing?: number;
  /** A factor for each class, [classes]; the mean then divides by the factors of the targets. No gradient flows to it. Default 1. */
  readonly weight?: Tensor;
}

interface Options {
  readonly targets: Int32Array;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  readonly weight: Float32Array | undefined;
}

const checkTargets = (targets: Int32Array, classes: number, ignoreIndex: number): void => {
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row] as number; // row < length
    if (target !== ignoreIndex && (target < 0 || target >= classes))
      throw new RangeError(
        `crossEntropy: target ${target} in row ${row}; expected a class from 0 to ${classes - 1}, or ${ignoreIndex} to leave the row out.`,
      );
  }
};

/** What each class adds to the smoothed part of a row's loss. */
const evenShares = (classes: number, { labelSmoothing, weight }: Options): Float64Array =>
  Float64Array.from({ length: classes }, (_, c) => ((weight?.[c] ?? 1) * labelSmoothing) / classes);

/** Σ over classes of −(target's share · weight) · log softmax(logits) of each row, 0 where it does not count. Saved: the log-probabilities. */
const rowLossesOp = defineOp<readonly [Tensor], Options, Float32Array>({
  name: 'crossEntropy',
  forward: ([logits], options) => {
    const { targets, ignoreIndex, labelSmoothing, weight } = options;
    const classes = logits.shape.at(-1) as number; // rank ≥ 1, checked
    checkTargets(targets, classes, ignoreIndex);
    const log = allocate(logits.size);
    if (classes > 0)
      currentBackend().softmax({
        x: logits.data,
        out: log,
        rows: targets.length,
        columns: classes,
        log: true,
      });
    const data = allocate(targets.length);
    const shares = evenShares(labelSmoothing > 0 ? classes : 0, options);
    for (let row = 0; row < targets.length; row++) {
      const target = targets[row] as number; // row < length
      const start = row * classes;
      let loss = 0;
      if (target !== ignoreIndex) {
        loss = -(1 - labelSmoothing) * (weight?.[target] ?? 1) * (log[start + target] as number); // target < classes
        for (let c = 0; c < shares.length; c++) loss -= (shares[c] as number) * (log[start + c] as number); // c < classes
      }
      data[row] = loss;
    }
    return { shape: logits.shape.slice(0, -1), data, saved: log };
  },
  // softmax · (sum of all shares) − share, class by class.
  backward: (gradient, { inputs: [logits], options, saved: log }) => {
    const { targets, ignoreIndex, labelSmoothing, weight } = options;
    const classes = logits.shape.at(-1) as number; // rank ≥ 1
    const data = allocate(logits.size);
    currentBackend().unary('exp', log, data);
    const shares = evenShares(classes, options);
    const even = shares.reduce((total, share) => total + share, 0);
    for (let row = 0; row < targets.length; row++) {
      const target = targets[row] as number; // row < length, here and below
      const start = row * classes;
      const factor = gradient.data[row] as number;
      if (target === ignoreIndex) data.fill(0, start, start + classes);
      else {
        const own = (1 - labelSmoothing) * (weight?.[target] ?? 1);
        const total = factor * (own + even);
        for (let c = 0; c < classes; c++)
          data[start + c] = total * (data[start + c] as number) - factor * (shares[c] as number); // c < classes
        data[start + target] = (data[start + target] as number) - factor * own; // target < classes
      }
    }
    return [new Tensor('float32', logits.shape, data)];
  },
});

/** The same for targets that are distributions over the classes; a class of share 0 adds nothing, even at logit −∞. */
const againstDistributions = (
  logits: Tensor,
  target: Tensor,
  { labelSmoothing, weight }: { readonly labelSmoothing: number; readonly weight: Tensor | undefined },
): Tensor => {
  const classes = logits.shape.at(-1) as number; // rank ≥ 1, checked
  const smooth =
    labelSmoothing === 0 ? target : add(mul(target, 1 - labelSmoothing), labelSmoothing / classes);
  const shares = weight === undefined ? smooth : mul(smooth, weight);
  return neg(sum(mul(shares, maskedFill(logSoftmax(logits), equal(shares, 0), 0)), [-1]));
};

const countOf = (targets: Int32Array, { ignoreIndex, weight }: Options): number => {
  let count = 0;
  for (const target of targets) if (target !== ignoreIndex) count += weight?.[target] ?? 1;
  return count;
};

/**
 * −log softmax(logits)[target], the mean over the targets that count: logits [..., classes], targets int32 [...]; or float32 targets
 * [..., classes], a distribution for each row, with −Σ target · log softmax(logits). The mean is NaN where none counts. With label smoothing s
 * the target is (1 − s) · target + s / classes.
 *
 * @example
 * crossEntropy(tensor([[0, 0]]), integers([1])).item(); //=> 0.6931
 */
export const crossEntropy = (
  logits: Tensor,
  targets: Tensor<'int32' | 'float32'>,
  { ignoreIndex = -100, labelSmoothing = 0, weight, reduction = 'mean' }: CrossEntropyOptions = {},
): Tensor => {
  const rows = logits.shape.slice(0, -1);
  const expected = targets.dtype === 'float32' ? logits.shape : rows;
  if (logits.rank < 1 || (targets.dtype as string) === 'bool' || !sameShape(expected, targets.shape))
    throw new ShapeError(
      `crossEntropy: logits ${logits} with targets ${targets}; expected float32 [..., classes] with classes int32 [...] or distributions float32 [..., classes].`,
    );
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new RangeError(`crossEntropy: labelSmoothing ${labelSmoothing}; expected from 0 to 1.`);
  if (weight !== undefined && !sameShape(weight.shape, logits.shape.slice(-1)))
    throw new ShapeError(
      `crossEntropy: weight ${weight} for logits ${logits}; expected one number for each class.`,
    );
  if (targets.dtype === 'float32')
    return reduced(againstDistributions(logits, targets as Tensor, { labelSmoothing, weight }), reduction);
  const options = {
    targets: (targets as Tensor<'int32'>).data,
    ignoreIndex,
    labelSmoothing,
    weight: weight?.data,
  };
  return reduced(rowLossesOp([logits], options), reduction, countOf(options.targets, options));
};
