// Kullback–Leibler divergence: how far a distribution is from a target, as PyTorch's KLDivLoss counts it.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { Tensor } from '../tensor.ts';
import { exp, mul, neg, sub } from './arithmetic.ts';
import { checkPair, type LossOptions, reduced } from './reduction.ts';

/** Options of `klDivergence`. */
export interface KlDivergenceOptions extends Omit<LossOptions, 'reduction'> {
  /**
   * 'batchMean' divides the sum by the first extent: the divergence by its definition, a row being a distribution. 'mean' divides by all
   * elements, 'none' gives one number for each. Default 'mean', as in PyTorch.
   */
  readonly reduction?: 'mean' | 'sum' | 'none' | 'batchMean';
  /** Whether the target is given by its logarithm too. Default false. */
  readonly logTarget?: boolean;
}

/** t·(log t − x), 0 where t is 0. */
const plainOp = defineOp<readonly [Tensor, Tensor]>({
  name: 'klDivergence',
  forward: ([x, target]) => {
    const data = allocate(x.size);
    for (let i = 0; i < data.length; i++) {
      const t = target.data[i] as number; // one length, here and below
      data[i] = t === 0 ? 0 : t * (Math.log(t) - (x.data[i] as number));
    }
    return { shape: x.shape, data };
  },
  backward: (gradient, { inputs: [x, target], needs }) => {
    const slope = allocate(needs(1) ? x.size : 0);
    for (let i = 0; i < slope.length; i++) {
      const t = target.data[i] as number;
      slope[i] = t === 0 ? 0 : Math.log(t) + 1 - (x.data[i] as number);
    }
    return [
      needs(0) ? neg(mul(gradient, target)) : undefined,
      needs(1) ? mul(gradient, new Tensor('float32', x.shape, slope)) : undefined,
    ];
  },
});

/**
 * t·(log t − x) from log-probabilities x (of `logSoftmax`) and target probabilities t, both of one shape; 0 where t is 0. Kullback and
 * Leibler 1951, equation 2.4.
 *
 * @example
 * klDivergence(logSoftmax(student), softmax(teacher), { reduction: 'batchMean' });
 */
export const klDivergence = (
  x: Tensor,
  target: Tensor,
  { logTarget = false, reduction = 'mean' }: KlDivergenceOptions = {},
): Tensor => {
  checkPair('klDivergence', x, target);
  const losses = logTarget ? mul(exp(target), sub(target, x)) : plainOp([x, target], undefined);
  return reduction === 'batchMean' ? reduced(losses, 'mean', x.shape[0]) : reduced(losses, reduction);
};
