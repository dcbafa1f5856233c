// Cross entropy of independent yes-or-no answers.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import type { Tensor } from '../tensor.ts';
import { add, mul, neg, sigmoid, sub } from './arithmetic.ts';
import { checkPair, type LossOptions, reduced } from './reduction.ts';
import { softplus } from './smoothActivation.ts';

/** Options of `binaryCrossEntropy`. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /** Factor of the loss of answers that should be yes; broadcast to the logits. PyTorch's pos_weight. Default 1. */
  readonly positiveWeight?: Tensor;
}

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

/** (1 − t)·x + (1 + (w − 1)·t)·log(1 + e⁻ˣ). */
const weighted = (logits: Tensor, target: Tensor, weight: Tensor): Tensor =>
  add(mul(sub(1, target), logits), mul(add(1, mul(sub(weight, 1), target)), softplus(neg(logits))));

/**
 * −w·t·log σ(x) − (1 − t)·log(1 − σ(x)) from logits x and targets t in [0, 1], both of one shape, w being the positive weight; its mean
 * unless asked otherwise. Without overflow. PyTorch's BCEWithLogitsLoss.
 */
export const binaryCrossEntropy = (
  logits: Tensor,
  target: Tensor,
  { positiveWeight, reduction }: BinaryCrossEntropyOptions = {},
): Tensor => {
  checkPair('binaryCrossEntropy', logits, target);
  const losses =
    positiveWeight === undefined
      ? logisticOp([logits, target], undefined)
      : weighted(logits, target, positiveWeight);
  return reduced(losses, reduction);
};
