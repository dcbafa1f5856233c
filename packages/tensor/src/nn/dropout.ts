// Dropout as a layer, for models that list their layers. The function `dropout` does the same.

import { dropout } from '../ops/dropout.ts';
import type { Tensor } from '../tensor.ts';
import type { Pass } from './pass.ts';

/** Zeroes each element with probability `rate` in a training pass (one with `random`) and scales up the rest; else does nothing. */
export class Dropout {
  readonly rate: number;

  constructor(rate = 0.5) {
    this.rate = rate;
  }

  /** x of any shape → the same shape. Srivastava 2014 (JMLR 15). */
  forward(x: Tensor, pass: Pass = {}): Tensor {
    return dropout(x, this.rate, pass.random);
  }
}
