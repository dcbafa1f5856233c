// Embedding: a table of rows, looked up by id.

import { type EmbeddingLookup, embedding } from '../ops/embedding.ts';
import type { Tensor } from '../tensor.ts';
import { type Initializer, normal } from './init.ts';
import { type Parameter, parameter } from './parameter.ts';

/** A table [vocabulary, width]; ids int32 of any shape become vectors. */
export class Embedding {
  readonly weight: Parameter;
  readonly #lookup: EmbeddingLookup;

  /** With a `paddingIndex` that row starts at zeros and gets no gradient. */
  constructor(
    vocabulary: number,
    width: number,
    initializer: Initializer = normal(0.02),
    lookup: EmbeddingLookup = {},
  ) {
    const { paddingIndex } = lookup;
    if (
      paddingIndex !== undefined &&
      !(Number.isInteger(paddingIndex) && paddingIndex >= 0 && paddingIndex < vocabulary)
    )
      throw new RangeError(
        `Embedding: paddingIndex ${paddingIndex}; expected a row from 0 to ${vocabulary - 1}.`,
      );
    this.weight = parameter([vocabulary, width], (shape, source) => {
      const values = initializer(shape, source);
      if (paddingIndex !== undefined) values.fill(0, paddingIndex * width, (paddingIndex + 1) * width);
      return values;
    });
    this.#lookup = lookup;
  }

  /** ids […] → […, width]. An id outside the table is an error that names it. */
  forward(ids: Tensor<'int32'>): Tensor {
    return embedding(this.weight, ids, this.#lookup);
  }
}
