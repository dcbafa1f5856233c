// Dropout, inverted: what stays is scaled up, so that nothing need be done without it.

import { currentBackend } from '../backend/slot.ts';
import { defineOp } from '../op.ts';
import type { Random } from '../random.ts';
import { allocate } from '../regionStack.ts';
import { Tensor } from '../tensor.ts';

interface Options {
  readonly rate: number;
  readonly source: Random;
}

/** x with some elements dropped; number i of the source decides element i, so they are drawn again rather than stored. */
const dropped = (x: Tensor, { rate, source }: Options): Float32Array => {
  const out = allocate(x.size);
  const [low, high] = source.state();
  currentBackend().dropout({ x: x.data, out, key: [low, high], position: 0, rate });
  return out;
};

const dropoutOp = defineOp<readonly [Tensor], Options>({
  name: 'dropout',
  forward: ([x], options) => ({ shape: x.shape, data: dropped(x, options) }),
  backward: (gradient, { inputs: [x], options }) => [
    new Tensor('float32', x.shape, dropped(gradient, options)),
  ],
});

/**
 * Each element is zeroed with probability `rate`, the others divided by 1 − rate. Without a source of randomness, or with rate 0, x
 * itself. Srivastava 2014 (JMLR 15), §10 for the inverted form.
 */
export const dropout = (x: Tensor, rate: number, source: Random | undefined): Tensor => {
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`dropout: rate ${rate}; expected from 0 to less than 1.`);
  return source === undefined || rate === 0 ? x : dropoutOp([x], { rate, source: source.split() });
};
