// What enters an encoder: the sum of word, position and segment vectors, normalized.

import { add, arange, dropout, gather, reshape, type Tensor } from '@heed/tensor';
import { Embedding, LayerNorm, normal, type Pass } from '@heed/tensor/nn';
import type { EncoderConfig } from './config.ts';

/** Where each row stands and to which segment it belongs; `vectors` replace the words' own. */
export interface EmbeddingInputs {
  readonly ids: Tensor<'int32'> | undefined;
  readonly positions: Tensor<'int32'>;
  /** Default: all 0. */
  readonly typeIds?: Tensor<'int32'> | undefined;
  readonly vectors?: Tensor | undefined;
}

/** norm(word + position + segment). Devlin 2018, figure 2. */
export class EncoderEmbeddings {
  readonly words: Embedding;
  readonly positions: Embedding;
  readonly tokenTypes: Embedding | undefined;
  readonly norm: LayerNorm;
  readonly #dropout: number;

  constructor(config: EncoderConfig) {
    const law = normal(config.initializerRange);
    this.words = new Embedding(config.vocabulary, config.width, law);
    this.positions = new Embedding(config.positions, config.width, law);
    this.tokenTypes = config.tokenTypes > 0 ? new Embedding(config.tokenTypes, config.width, law) : undefined;
    this.norm = new LayerNorm(config.width, config.normEpsilon);
    this.#dropout = config.dropout;
  }

  /** ids, positions and typeIds of one shape […] → […, width]. */
  forward({ ids, positions, typeIds, vectors }: EmbeddingInputs, { random }: Pass = {}): Tensor {
    if (ids === undefined && vectors === undefined)
      throw new TypeError('embeddings: neither ids nor vectors were given; expected one of them.');
    let rest = this.positions.forward(positions);
    if (this.tokenTypes !== undefined) {
      const kinds = this.tokenTypes;
      const segment =
        typeIds === undefined
          ? reshape(gather(kinds.weight, arange(1)), [kinds.weight.shape[1] as number])
          : kinds.forward(typeIds); // a table has two axes
      rest = add(rest, segment);
    }
    const words = vectors ?? this.words.forward(ids as Tensor<'int32'>); // one of them is given
    return dropout(this.norm.forwardAdded(words, rest), this.#dropout, random);
  }
}
