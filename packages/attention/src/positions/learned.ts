// Learned positions: a trainable vector for each position, added to embeddings.

import { add, ShapeError, slice, type Tensor } from '@heed/tensor';
import { type Initializer, normal, type Parameter, parameter } from '@heed/tensor/nn';

/** A table [maxLength, width] that is added to embeddings. Gehring 2017 (arXiv:1705.03122), §3.1; BERT and GPT-2 have it. */
export class LearnedPositions {
  readonly weight: Parameter;

  constructor(maxLength: number, width: number, initializer: Initializer = normal(0.02)) {
    this.weight = parameter([maxLength, width], initializer);
  }

  /** x [..., length, width] plus rows start … start + length − 1. A position beyond the table is an error. */
  forward(x: Tensor, { start = 0 }: { readonly start?: number } = {}): Tensor {
    const [length = 0, width = 0] = x.shape.slice(-2);
    const [maxLength, own] = this.weight.shape as [number, number]; // rank 2
    if (x.rank < 2 || width !== own || start < 0 || start + length > maxLength)
      throw new ShapeError(
        `LearnedPositions: x ${x} from position ${start} with a table ${this.weight}; expected [..., length, ${own}] and positions below ${maxLength}.`,
      );
    return add(x, slice(this.weight, 0, start, start + length));
  }
}
