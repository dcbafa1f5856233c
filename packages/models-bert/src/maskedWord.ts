// The head that names masked words: a transform, and the word table again as its output matrix.

import { add, linear, type Tensor } from '@heed/tensor';
import { constant, LayerNorm, Linear, normal, type Parameter, parameter } from '@heed/tensor/nn';
import type { EncoderActivation, EncoderConfig } from './config.ts';

/** Logits over the vocabulary. Devlin 2018 (arXiv:1810.04805), §3.1, task 1. */
export class MaskedWordHead {
  readonly transform: Linear;
  readonly norm: LayerNorm;
  readonly bias: Parameter;
  readonly #activation: EncoderActivation;

  constructor({ width, vocabulary, activation, normEpsilon, initializerRange }: EncoderConfig) {
    this.transform = new Linear(width, width, { initializer: normal(initializerRange) });
    this.norm = new LayerNorm(width, normEpsilon);
    this.bias = parameter([vocabulary], constant(0));
    this.#activation = activation;
  }

  /** hidden […, width] and the encoder's word table [vocabulary, width] → logits […, vocabulary]. */
  forward(hidden: Tensor, words: Tensor): Tensor {
    return add(linear(this.norm.forward(this.transform.forward(hidden, this.#activation)), words), this.bias);
  }
}
