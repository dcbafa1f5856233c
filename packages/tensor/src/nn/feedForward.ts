// FeedForward: the two-layer network inside every transformer layer, plain or gated.

import type { Activation } from '../backend/backend.ts';
import { mul } from '../ops/arithmetic.ts';
import { dropout } from '../ops/dropout.ts';
import type { Tensor } from '../tensor.ts';
import { Linear, type LinearOptions } from './linear.ts';
import type { Pass } from './pass.ts';

/** Options of a FeedForward. */
export interface FeedForwardOptions extends LinearOptions {
  /** Default 'relu', as in Vaswani 2017; BERT has 'gelu'. */
  readonly activation?: Activation;
  /** Whether a second inner layer multiplies what the activation gives: with 'silu' SwiGLU (LLaMA), with 'gelu' GEGLU (T5 1.1). Default false. */
  readonly gated?: boolean;
  /** Rate of dropout after the activation; default 0. */
  readonly dropout?: number;
}

/**
 * W₂·activation(W₁·x + b₁) + b₂: Vaswani 2017 (arXiv:1706.03762), equation 2. Gated: W₂·(activation(G·x + c) ∘ (W₁·x + b₁)) + b₂: Shazeer 2020
 * (arXiv:2002.05202), equations 5 and 6. `inner` is W₁, `gate` is G, `outer` is W₂ (in LLaMA up_proj, gate_proj and down_proj).
 */
export class FeedForward {
  readonly inner: Linear;
  readonly gate: Linear | undefined;
  readonly outer: Linear;
  readonly #activation: Activation;
  readonly #dropout: number;

  constructor(
    width: number,
    innerWidth: number,
    { activation = 'relu', gated = false, dropout: rate = 0, ...linear }: FeedForwardOptions = {},
  ) {
    this.inner = new Linear(width, innerWidth, linear);
    this.gate = gated ? new Linear(width, innerWidth, linear) : undefined;
    this.outer = new Linear(innerWidth, width, linear);
    this.#activation = activation;
    this.#dropout = rate;
  }

  /** x [..., width] → the same shape. */
  forward(x: Tensor, pass: Pass = {}): Tensor {
    const { inner, gate } = this;
    const hidden =
      gate === undefined
        ? inner.forward(x, this.#activation)
        : mul(gate.forward(x, this.#activation), inner.forward(x));
    return this.outer.forward(dropout(hidden, this.#dropout, pass.random));
  }
}
