// Embedding: a table of rows, looked up by id.

import { gather } from '../ops/gather.ts';
import type { Tensor } from '../tensor.ts';
import { gaussian, type Initializer } from './init.ts';
import { type Parameter, parameter } from './parameter.ts';

/** A table [vocabulary, width]; ids int32 of any shape become vectors. */
export class Embedding {
  readonly weight: Parameter;

  constructor(vocabulary: number, width: number, initializer: Initializer = gaussian(0.02)) {
    this.weight = parameter([vocabulary, width], initializer);
  }

  /** ids […] → […, width]. An id outside the table is an error that names it. */
  forward(ids: Tensor<'int32'>): Tensor {
    return gather(this.weight, ids);
  }
}
