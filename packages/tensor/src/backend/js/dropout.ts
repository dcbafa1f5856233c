// Reference kernel of dropout: one random number an element, by place.

import { randomBits } from '../../random.ts';
import type { DropoutCall } from '../trainingKernels.ts';

/** See DropoutCall. */
export const dropout = ({ x, out, key: [low, high], position, rate }: DropoutCall): void => {
  const scale = Math.fround(1 / (1 - rate));
  for (let i = 0; i < out.length; i++) {
    const uniform = (randomBits(low, high, position + i) >>> 8) * 2 ** -24;
    out[i] = uniform < rate ? 0 : scale * (x === undefined ? 1 : (x[i] as number)); // arrays of one length
  }
};
