// Softmax and its logarithm over one axis; stable, and zeros (not NaN) for a row of −∞.

import { currentBackend } from '../backend/slot.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { axisOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { transpose } from './arrange.ts';

const run = (x: Tensor, log: boolean): Float32Array => {
  const out = allocate(x.size);
  const columns = x.shape.at(-1) as number; // rank ≥ 1, checked
  if (columns > 0) currentBackend().softmax({ x: x.data, out, rows: x.size / columns, columns, log });
  return out;
};

/** The gradient of the rows x from that of their softmax y, or of its logarithm. */
const throughRows = (gradient: Tensor, y: Tensor, log: boolean): Tensor => {
  const out = allocate(y.size);
  const columns = y.shape.at(-1) as number; // rank ≥ 1
  if (columns > 0)
    currentBackend().softmaxGradient({
      gradient: gradient.data,
      y: y.data,
      ...{ out, rows: y.size / columns, columns, log },
    });
  return new Tensor('float32', y.shape, out);
};

const softmaxOp = defineOp<readonly [Tensor]>({
  name: 'softmax',
  forward: ([x]) => ({ shape: x.shape, data: run(x, false) }),
  backward: (gradient, { output }) => [throughRows(gradient, output, false)],
});

const logSoftmaxOp = defineOp<readonly [Tensor]>({
  name: 'logSoftmax',
  forward: ([x]) => ({ shape: x.shape, data: run(x, true) }),
  backward: (gradient, { output }) => [throughRows(gradient, output, true)],
});

const alongLast = (x: Tensor, axis: number, op: (x: Tensor) => Tensor): Tensor => {
  const at = axisOf('softmax', axis, x.rank);
  return at === x.rank - 1 ? op(x) : transpose(op(transpose(x, at, -1)), at, -1);
};

/** exp(x) / Σ exp(x) over an axis (default: the last). A row of −∞ gives zeros, with gradient zero. */
export const softmax = (x: Tensor, axis = -1): Tensor =>
  alongLast(x, axis, (rows) => softmaxOp([rows], undefined));

/** log softmax(x) over an axis (default: the last), without ever computing the softmax. A row of −∞ gives −∞. */
export const logSoftmax = (x: Tensor, axis = -1): Tensor =>
  alongLast(x, axis, (rows) => logSoftmaxOp([rows], undefined));
