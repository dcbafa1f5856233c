// FeedForward: the two-layer network inside every transformer layer.

import type { Activation } from '../backend/backend.ts';
import { dropout } from '../ops/dropout.ts';
import type { Tensor } from '../tensor.ts';
import { Linear, type LinearOptions } from './linear.ts';
import type { Pass } from './pass.ts';

/** Options of a FeedForward. */
export interface FeedForwardOptions extends LinearOptions {
  /** Default 'relu', as in Vaswani 2017; BERT has 'gelu'. */
  readonly activation?: Activation;
  /** Rate of dropout after the activation; default 0. */
  readonly dropout?: number;
}

/** W₂·activation(W₁·x + b₁) + b₂. Vaswani 2017 (arXiv:1706.03762), equation 2. */
export class FeedForward {
  readonly inner: Linear;
  readonly outer: Linear;
  readonly #activation: Activation;
  readonly #dropout: number;

  constructor(
    width: number,
    innerWidth: number,
    { activation = 'relu', dropout: rate = 0, ...linear }: FeedForwardOptions = {},
  ) {
    this.inner = new Linear(width, innerWidth, linear);
    this.outer = new Linear(innerWidth, width, linear);
    this.#activation = activation;
    this.#dropout = rate;
  }

  /** x [..., width] → the same shape. */
  forward(x: Tensor, pass: Pass = {}): Tensor {
    return this.outer.forward(dropout(this.inner.forward(x, this.#activation), this.#dropout, pass.random));
  }
}
