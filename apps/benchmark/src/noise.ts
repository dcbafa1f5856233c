// Numbers to compute with: drawn by a seed, so that every engine and every run gets the same.

import { random } from '@heed/tensor';

/** `count` numbers, uniform in −0.5 … 0.5. */
export const noise = (count: number, seed: number): Float32Array => {
  const source = random(seed);
  return Float32Array.from({ length: count }, () => source.uniform() - 0.5);
};
