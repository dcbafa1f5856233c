// Losses: one number to be made small.

import { currentBackend } from '../backend/slot.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { ShapeError, sameShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { div, mul, neg, sigmoid, square, sub } from './arithmetic.ts';
import { sum } from './reduce.ts';

/** Options of every loss. */
export interface LossOptions {
  /** 'mean' over what counts, 'sum', or 'none': one number for each. Default 'mean'. */
  readonly reduction?: 'mean' | 'sum' | 'none';
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends LossOptions {
  /** Targets that do not count. Default −100, as in PyTorch. */
  readonly ignoreIndex?: number;
  /** Share of the target that is spread evenly over all classes. Default 0. Szegedy 2016 (arXiv:1512.00567), §7. */
  readonly labelSmoothing?: number;
}

interface Options extends Required<Omit<CrossEntropyOptions, 'reduction'>> {
  readonly targets: Int32Array;
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

/** −log softmax(logits)[target] of each row, 0 where it does not count. Saved: the log-probabilities. */
const rowLossesOp = defineOp<readonly [Tensor], Options, Float32Array>({
  name: 'crossEntropy',
  forward: ([logits], { targets, ignoreIndex, labelSmoothing }) => {
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
    for (let row = 0; row < targets.length; row++) {
      const target = targets[row] as number; // row < length
      const start = row * classes;
      let loss = 0;
      if (target !== ignoreIndex) {
        loss = -(1 - labelSmoothing) * (log[start + target] as number); // target < classes
        if (labelSmoothing > 0)
          for (let c = 0; c < classes; c++) loss -= (labelSmoothing / classes) * (log[start + c] as number); // c < classes
      }
      data[row] = loss;
    }
    return { shape: logits.shape.slice(0, -1), data, saved: log };
  },
  backward: (
    gradient,
    { inputs: [logits], options: { targets, ignoreIndex, labelSmoothing }, saved: log },
  ) => {
    const classes = logits.shape.at(-1) as number; // rank ≥ 1
    const data = allocate(logits.size);
    currentBackend().unary('exp', log, data);
    const even = labelSmoothing / classes;
    for (let row = 0; row < targets.length; row++) {
      const target = targets[row] as number; // row < length, here and below
      const start = row * classes;
      const factor = gradient.data[row] as number;
      if (target === ignoreIndex) data.fill(0, start, start + classes);
      else {
        for (let c = start; c < start + classes; c++) data[c] = factor * ((data[c] as number) - even); // inside the row
        data[start + target] = (data[start + target] as number) - factor * (1 - labelSmoothing); // target < classes
      }
    }
    return [new Tensor('float32', logits.shape, data)];
  },
});

/** The losses of all places, reduced as asked; the mean is over `counted` of them. */
const reduced = (losses: Tensor, reduction: 'mean' | 'sum' | 'none', counted: number): Tensor => {
  if (reduction === 'none') return losses;
  return reduction === 'sum' ? sum(losses) : div(sum(losses), counted);
};

/**
 * −log softmax(logits)[target], the mean over the targets that count: logits [..., classes], targets int32 [...]. The mean is NaN where none
 * counts. With label smoothing s the target is (1 − s) one-hot + s / classes.
 *
 * @example
 * crossEntropy(tensor([[0, 0]]), integers([1])).item(); //=> 0.6931
 */
export const crossEntropy = (
  logits: Tensor,
  targets: Tensor<'int32'>,
  { ignoreIndex = -100, labelSmoothing = 0, reduction = 'mean' }: CrossEntropyOptions = {},
): Tensor => {
  const rows = logits.shape.slice(0, -1);
  if (logits.rank < 1 || targets.dtype !== 'int32' || !sameShape(rows, targets.shape))
    throw new ShapeError(
      `crossEntropy: logits ${logits} with targets ${targets}; expected float32 [..., classes] and int32 [...].`,
    );
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new RangeError(`crossEntropy: labelSmoothing ${labelSmoothing}; expected from 0 to 1.`);
  const losses = rowLossesOp([logits], { targets: targets.data, ignoreIndex, labelSmoothing });
  return reduced(
    losses,
    reduction,
    targets.data.reduce((count, target) => count + (target === ignoreIndex ? 0 : 1), 0),
  );
};

const checkPair = (where: string, x: Tensor, target: Tensor): void => {
  if (!sameShape(x.shape, target.shape))
    throw new ShapeError(`${where}: ${x} with target ${target}; shapes must be equal.`);
};

/** (x − target)², both of one shape; its mean unless asked otherwise. */
export const meanSquaredError = (
  x: Tensor,
  target: Tensor,
  { reduction = 'mean' }: LossOptions = {},
): Tensor => {
  checkPair('meanSquaredError', x, target);
  return reduced(square(sub(x, target)), reduction, x.size);
};

const logisticOp = defineOp<readonly [Tensor, Tensor]>({
  name: 'binaryCrossEntropy',
  forward: ([logits, target]) => {
    const data = allocate(logits.size);
    const [x, t] = [logits.data, target.data];
    for (let i = 0; i < data.length; i++) {
      const value = x[i] as number; // arrays of one length
      data[i] = Math.max(value, 0) - value * (t[i] as number) + Math.log1p(Math.exp(-Math.abs(value)));
    }
    return { shape: logits.shape, data };
  },
  backward: (gradient, { inputs: [logits, target], needs }) => [
    needs(0) ? mul(gradient, sub(sigmoid(logits), target)) : undefined,
    needs(1) ? neg(mul(gradient, logits)) : undefined,
  ],
});

/** −t·log σ(x) − (1 − t)·log(1 − σ(x)) from logits x and targets t in [0, 1], both of one shape; its mean unless asked otherwise. Without overflow. */
export const binaryCrossEntropy = (
  logits: Tensor,
  target: Tensor,
  { reduction = 'mean' }: LossOptions = {},
): Tensor => {
  checkPair('binaryCrossEntropy', logits, target);
  return reduced(logisticOp([logits, target], undefined), reduction, logits.size);
};
