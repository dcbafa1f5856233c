// Softmax and its logarithm over one axis; stable, and zeros (not NaN) for a row of −∞.

import { currentBackend } from '../backend/slot.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { axisOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { transpose } from './arrange.ts';

const run = (x: Tensor, log: boolean): Float32Array => {
  const out = allocate(x.size);
  const columns = x.shape.at(-1) as number; // rank ≥ 1, checked
  if (columns > 0) currentBackend().softmax({ x: x.data, out, rows: x.size / columns, columns, log });
  return out;
};

/** dx = y ∘ (g − Σ g·y), row by row. */
const softmaxBackward = defineOp<readonly [Tensor, Tensor]>({
  name: 'softmaxBackward',
  forward: ([gradient, y]) => {
    const columns = y.shape.at(-1) as number; // rank ≥ 1
    const [g, p, data] = [gradient.data, y.data, allocate(y.size)];
    for (let start = 0; start < data.length; start += columns) {
      let dot = 0;
      for (let j = start; j < start + columns; j++) dot += (g[j] as number) * (p[j] as number); // inside the row
      for (let j = start; j < start + columns; j++) data[j] = (p[j] as number) * ((g[j] as number) - dot); // inside the row
    }
    return { shape: y.shape, data };
  },
  backward: () => {
    throw new Error('softmax: second derivatives are not supported.');
  },
});

/** dx = g − exp(y) · Σ g, row by row; a row of −∞ gets zeros. */
const logSoftmaxBackward = defineOp<readonly [Tensor, Tensor]>({
  name: 'logSoftmaxBackward',
  forward: ([gradient, y]) => {
    const columns = y.shape.at(-1) as number; // rank ≥ 1
    const [g, log, data] = [gradient.data, y.data, allocate(y.size)];
    for (let start = 0; start < data.length; start += columns) {
      let total = 0;
      let seen = false;
      for (let j = start; j < start + columns; j++) {
        total += g[j] as number; // inside the row
        seen ||= log[j] !== -Infinity;
      }
      for (let j = start; j < start + columns; j++)
        data[j] = seen ? (g[j] as number) - Math.exp(log[j] as number) * total : 0; // inside the row
    }
    return { shape: y.shape, data };
  },
  backward: () => {
    throw new Error('logSoftmax: second derivatives are not supported.');
  },
});

const softmaxOp = defineOp<readonly [Tensor]>({
  name: 'softmax',
  forward: ([x]) => ({ shape: x.shape, data: run(x, false) }),
  backward: (gradient, { output }) => [softmaxBackward([gradient, output], undefined)],
});

const logSoftmaxOp = defineOp<readonly [Tensor]>({
  name: 'logSoftmax',
  forward: ([x]) => ({ shape: x.shape, data: run(x, true) }),
  backward: (gradient, { output }) => [logSoftmaxBackward([gradient, output], undefined)],
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
