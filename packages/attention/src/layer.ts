// TransformerLayer: self-attention, optional cross-attention and feed-forward, each with its residual, norm and dropout.

import type { Activation, Tensor } from '@heed/tensor';
import { add, dropout, region } from '@heed/tensor';
import { FeedForward, LayerNorm, type LinearOptions, within } from '@heed/tensor/nn';
import { KVCache } from './cache.ts';
import type { Mask } from './mask.ts';
import { type AttentionPass, MultiHeadAttention } from './multiHead.ts';
import type { Packing } from './packed.ts';

/** Sizes and options of a TransformerLayer. */
export interface TransformerLayerOptions extends LinearOptions {
  readonly width: number;
  readonly heads: number;
  readonly kvHeads?: number;
  readonly innerWidth: number;
  /** Default 'relu' (Vaswani 2017). */
  readonly activation?: Activation;
  /** 'post': norm(x + f(x)), as Vaswani 2017 and BERT; 'pre': x + f(norm(x)) (Xiong 2020, arXiv:2002.04745). Default 'post'. */
  readonly normPlacement?: 'pre' | 'post';
  /** Default 1e-5. */
  readonly normEpsilon?: number;
  /** Whether it also attends to another sequence (a decoder layer). Default false. */
  readonly cross?: boolean;
  /** Rate of dropout after each sublayer. Default 0. */
  readonly dropout?: number;
  /** Rate of dropout of attention weights; default `dropout`. */
  readonly attentionDropout?: number;
}

/** What a pass over padded batches may see. */
export interface LayerCall {
  /** Of self-attention. */
  readonly mask?: Mask | undefined;
  /** Sequence to cross-attend to [batch, keys, width], and its mask. */
  readonly memory?: Tensor | undefined;
  readonly memoryMask?: Mask | undefined;
}

/** What a layer carries from one decoding step to the next. */
export interface LayerState {
  readonly cache: KVCache;
  /** Keys and values of the other sequence, projected once. */
  readonly memory: readonly [Tensor, Tensor] | undefined;
  readonly memoryMask: Mask | undefined;
}

/** One layer of an encoder or decoder. Vaswani 2017 (arXiv:1706.03762), figure 1. */
export class TransformerLayer {
  readonly attention: MultiHeadAttention;
  readonly attentionNorm: LayerNorm;
  readonly crossAttention: MultiHeadAttention | undefined;
  readonly crossAttentionNorm: LayerNorm | undefined;
  readonly feedForward: FeedForward;
  readonly feedForwardNorm: LayerNorm;
  readonly #pre: boolean;
  readonly #dropout: number;

  constructor(options: TransformerLayerOptions) {
    const {
      width,
      heads,
      innerWidth,
      cross = false,
      normEpsilon = 1e-5,
      dropout: rate = 0,
      initializer,
      bias,
    } = options;
    const linear = { ...(initializer && { initializer }), ...(bias !== undefined && { bias }) };
    const attention = {
      width,
      heads,
      kvHeads: options.kvHeads ?? heads,
      dropout: options.attentionDropout ?? rate,
      ...linear,
    };
    this.attention = new MultiHeadAttention(attention);
    this.attentionNorm = new LayerNorm(width, normEpsilon);
    this.crossAttention = cross ? new MultiHeadAttention(attention) : undefined;
    this.crossAttentionNorm = cross ? new LayerNorm(width, normEpsilon) : undefined;
    this.feedForward = new FeedForward(width, innerWidth, {
      activation: options.activation ?? 'relu',
      ...linear,
    });
    this.feedForwardNorm = new LayerNorm(width, normEpsilon);
    this.#pre = options.normPlacement === 'pre';
    this.#dropout = rate;
  }

  /** x [batch, length, width] → the same shape. */
  forward(x: Tensor, { mask, memory, memoryMask }: LayerCall = {}, pass: AttentionPass = {}): Tensor {
    let h = this.#sublayer(x, this.attentionNorm, pass, (y) =>
      this.attention.forward(y, { mask }, within(pass, 'attention')),
    );
    const { crossAttention, crossAttentionNorm } = this;
    if (crossAttention !== undefined && crossAttentionNorm !== undefined && memory !== undefined)
      h = this.#sublayer(h, crossAttentionNorm, pass, (y) =>
        crossAttention.forward(y, { source: memory, mask: memoryMask }, within(pass, 'crossAttention')),
      );
    return this.#sublayer(h, this.feedForwardNorm, pass, (y) => this.feedForward.forward(y, pass));
  }

  /** x: packed rows [rows, width] → the same shape. */
  forwardPacked(x: Tensor, packing: Packing, pass: AttentionPass = {}): Tensor {
    const h = this.#sublayer(x, this.attentionNorm, pass, (y) =>
      region(() => this.attention.forwardPacked(y, packing, within(pass, 'attention'))),
    );
    return this.#sublayer(h, this.feedForwardNorm, pass, (y) =>
      region(() => this.feedForward.forward(y, pass)),
    );
  }

  /** State before the first decoding step. */
  start(memory?: Tensor, memoryMask?: Mask): LayerState {
    const { crossAttention } = this;
    return {
      cache: new KVCache(),
      memory:
        crossAttention === undefined || memory === undefined ? undefined : crossAttention.project(memory),
      memoryMask,
    };
  }

  /** x: the new positions [batch, new, width]; attends to all earlier ones through the state's cache. */
  step(x: Tensor, state: LayerState, pass: AttentionPass = {}): Tensor {
    let h = this.#sublayer(x, this.attentionNorm, pass, (y) => this.attention.forwardCached(y, state.cache));
    const { crossAttention, crossAttentionNorm } = this;
    const { memory, memoryMask } = state;
    if (crossAttention !== undefined && crossAttentionNorm !== undefined && memory !== undefined)
      h = this.#sublayer(h, crossAttentionNorm, pass, (y) =>
        crossAttention.forwardProjected(y, memory, {
          mask: memoryMask,
          pass: within(pass, 'crossAttention'),
        }),
      );
    return this.#sublayer(h, this.feedForwardNorm, pass, (y) => this.feedForward.forward(y, pass));
  }

  #sublayer(x: Tensor, norm: LayerNorm, { random }: AttentionPass, body: (y: Tensor) => Tensor): Tensor {
    if (this.#pre) return add(x, dropout(body(norm.forward(x)), this.#dropout, random));
    return norm.forwardAdded(dropout(body(x), this.#dropout, random), x);
  }
}
