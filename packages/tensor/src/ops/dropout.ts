// Dropout, inverted: what stays is scaled up, so that nothing need be done without it.

import { defineOp } from '../op.ts';
import type { Random } from '../random.ts';
import { allocate } from '../regionStack.ts';
import { Tensor } from '../tensor.ts';
import { mul } from './arithmetic.ts';

interface Options {
  readonly rate: number;
  readonly source: Random;
}

/** The factors 0 or 1 / (1 − rate); number i of the source decides element i, so they are drawn again rather than stored. */
const factors = (shape: readonly number[], size: number, { rate, source }: Options): Tensor => {
  const data = allocate(size);
  const scale = 1 / (1 - rate);
  for (let i = 0; i < size; i++) data[i] = source.uniformAt(i) < rate ? 0 : scale;
  return new Tensor('float32', shape, data);
};

const dropoutOp = defineOp<readonly [Tensor], Options>({
  name: 'dropout',
  forward: ([x], options) => {
    const data = factors(x.shape, x.size, options).data;
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) * (x.data[i] as number); // i < size
    return { shape: x.shape, data };
  },
  backward: (gradient, { inputs: [x], options }) => [mul(gradient, factors(x.shape, x.size, options))],
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
