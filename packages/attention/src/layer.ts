// TransformerLayer: self-attention, optional cross-attention and feed-forward, each with its residual, norm and dropout; every part can be left out.

import type { Activation, Tensor } from '@heed/tensor';
import { add, dropout, gather, integers, region } from '@heed/tensor';
import { FeedForward, LayerNorm, type LinearOptions, RMSNorm, within } from '@heed/tensor/nn';
import type { Bias } from './bias.ts';
import { KVCache, type KVCacheOptions } from './cache.ts';
import type { Mask } from './mask.ts';
import { type AttentionPass, MultiHeadAttention } from './multiHead.ts';
import type { MultiHeadOptions } from './multiHeadOptions.ts';
import type { Packing } from './packed.ts';
import { selectBatch } from './selectBatch.ts';

/** Choices of an attention beside those that it takes from its layer. */
export type LayerAttentionOptions = Partial<
  Omit<MultiHeadOptions, 'width' | 'heads' | 'kvHeads' | 'dropout'>
>;

/** Sizes and options of a TransformerLayer. */
export interface TransformerLayerOptions extends LinearOptions {
  readonly width: number;
  readonly heads: number;
  readonly kvHeads?: number;
  readonly innerWidth: number;
  /** Default 'relu' (Vaswani 2017). */
  readonly activation?: Activation;
  /** Whether the feed-forward network is gated, see FeedForward. Default false. */
  readonly gated?: boolean;
  /**
   * 'post': norm(x + f(x)), as Vaswani 2017 and BERT; 'pre': x + f(norm(x)) (Xiong 2020, arXiv:2002.04745); 'none': x + f(x). Default 'post'.
   */
  readonly normPlacement?: 'pre' | 'post' | 'none';
  /** Default 'layer'. */
  readonly norm?: 'layer' | 'rms';
  /** Default 1e-5. */
  readonly normEpsilon?: number;
  /** Whether x is added to what each part gives. Default true. */
  readonly residual?: boolean;
  /** Choices of the self-attention: queries and keys, positions, scores (see MultiHeadOptions); false: none. Default: those of MultiHeadAttention. */
  readonly attention?: LayerAttentionOptions | false;
  /** Whether it also attends to another sequence (a decoder layer), and with which choices. Default false. */
  readonly cross?: boolean | LayerAttentionOptions;
  /** Whether there is a feed-forward network. Default true. */
  readonly feedForward?: boolean;
  /** Rate of dropout after each sublayer. Default 0. */
  readonly dropout?: number;
  /** Rate of dropout of attention weights; default `dropout`. */
  readonly attentionDropout?: number;
  /** Rate of dropout inside the feed-forward network, after its activation. Default 0. */
  readonly innerDropout?: number;
}

/** What a pass over padded batches may see. */
export interface LayerCall {
  /** Of self-attention. */
  readonly mask?: Mask | undefined;
  /** Of self-attention: relative positions such as T5's or ALiBi. */
  readonly bias?: Bias | undefined;
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

/** The state of these batch rows, in this order, repeats allowed: what a beam needs. The cache itself is changed, and is the new state's. */
export const selectState = (
  { cache, memory, memoryMask }: LayerState,
  rows: readonly number[],
): LayerState => {
  cache.select(rows);
  const pick = (x: Tensor) => gather(x, integers(rows));
  return {
    cache,
    memory: memory && [pick(memory[0]), pick(memory[1])],
    memoryMask: memoryMask && selectBatch(memoryMask, rows),
  };
};

type Norm = LayerNorm | RMSNorm;

/** One layer of an encoder or decoder. Vaswani 2017 (arXiv:1706.03762), figure 1. */
export class TransformerLayer {
  readonly attention: MultiHeadAttention | undefined;
  readonly attentionNorm: Norm | undefined;
  readonly crossAttention: MultiHeadAttention | undefined;
  readonly crossAttentionNorm: Norm | undefined;
  readonly feedForward: FeedForward | undefined;
  readonly feedForwardNorm: Norm | undefined;
  readonly #pre: boolean;
  readonly #residual: boolean;
  readonly #dropout: number;

  constructor(options: TransformerLayerOptions) {
    const { width, heads, innerWidth, attention = {}, cross = false, dropout: rate = 0 } = options;
    const { initializer, bias, normPlacement = 'post', normEpsilon = 1e-5 } = options;
    const linear = { ...(initializer && { initializer }), ...(bias !== undefined && { bias }) };
    const norm = (): Norm | undefined => {
      if (normPlacement === 'none') return undefined;
      if (options.norm === 'rms') return new RMSNorm(width, normEpsilon);
      return new LayerNorm(width, normEpsilon, { bias: bias ?? true });
    };
    const common = {
      ...{ width, heads, kvHeads: options.kvHeads ?? heads },
      ...{ dropout: options.attentionDropout ?? rate, ...linear },
    };
    this.attention = attention === false ? undefined : new MultiHeadAttention({ ...common, ...attention });
    this.attentionNorm = this.attention && norm();
    this.crossAttention =
      cross === false ? undefined : new MultiHeadAttention({ ...common, ...(cross === true ? {} : cross) });
    this.crossAttentionNorm = this.crossAttention && norm();
    this.feedForward =
      options.feedForward === false
        ? undefined
        : new FeedForward(width, innerWidth, {
            activation: options.activation ?? 'relu',
            gated: options.gated ?? false,
            dropout: options.innerDropout ?? 0,
            ...linear,
          });
    this.feedForwardNorm = this.feedForward && norm();
    this.#pre = normPlacement === 'pre';
    this.#residual = options.residual ?? true;
    this.#dropout = rate;
  }

  /** x [batch, length, width] → the same shape. */
  forward(x: Tensor, { mask, bias, memory, memoryMask }: LayerCall = {}, pass: AttentionPass = {}): Tensor {
    const { attention, crossAttention } = this;
    let h = x;
    if (attention !== undefined)
      h = this.#sublayer(h, this.attentionNorm, pass, (y) =>
        attention.forward(y, { mask, bias }, within(pass, 'attention')),
      );
    if (crossAttention !== undefined && memory !== undefined)
      h = this.#sublayer(h, this.crossAttentionNorm, pass, (y) =>
        crossAttention.forward(y, { source: memory, mask: memoryMask }, within(pass, 'crossAttention')),
      );
    return this.#feed(h, pass);
  }

  /** x: packed rows [rows, width] → the same shape. */
  forwardPacked(x: Tensor, packing: Packing, pass: AttentionPass = {}): Tensor {
    const { attention } = this;
    const h =
      attention === undefined
        ? x
        : this.#sublayer(x, this.attentionNorm, pass, (y) =>
            region(() => attention.forwardPacked(y, packing, within(pass, 'attention'))),
          );
    return this.#feed(h, pass, region);
  }

  /** State before the first decoding step; the cache of a sliding window where that is how the layer attends. */
  start(memory?: Tensor, memoryMask?: Mask, cache?: KVCacheOptions): LayerState {
    const { crossAttention } = this;
    return {
      cache: new KVCache(cache),
      memory:
        crossAttention === undefined || memory === undefined ? undefined : crossAttention.project(memory),
      memoryMask,
    };
  }

  /** x: the new positions [batch, new, width]; attends to all earlier ones through the state's cache. `bias` is of the new positions to all. */
  step(
    x: Tensor,
    state: LayerState,
    pass: AttentionPass = {},
    { bias }: Pick<LayerCall, 'bias'> = {},
  ): Tensor {
    const { attention, crossAttention } = this;
    const { memory, memoryMask } = state;
    let h = x;
    if (attention !== undefined)
      h = this.#sublayer(h, this.attentionNorm, pass, (y) =>
        attention.forwardCached(y, state.cache, { bias }, within(pass, 'attention')),
      );
    if (crossAttention !== undefined && memory !== undefined)
      h = this.#sublayer(h, this.crossAttentionNorm, pass, (y) =>
        crossAttention.forwardProjected(y, memory, {
          mask: memoryMask,
          pass: within(pass, 'crossAttention'),
        }),
      );
    return this.#feed(h, pass);
  }

  #feed(x: Tensor, pass: AttentionPass, around: (body: () => Tensor) => Tensor = (body) => body()): Tensor {
    const { feedForward } = this;
    if (feedForward === undefined) return x;
    return this.#sublayer(x, this.feedForwardNorm, pass, (y) => around(() => feedForward.forward(y, pass)));
  }

  #sublayer(
    x: Tensor,
    norm: Norm | undefined,
    { random }: AttentionPass,
    body: (y: Tensor) => Tensor,
  ): Tensor {
    const pre = this.#pre && norm !== undefined;
    const found = dropout(body(pre ? norm.forward(x) : x), this.#dropout, random);
    if (pre || norm === undefined) return this.#residual ? add(x, found) : found;
    if (!this.#residual) return norm.forward(found);
    return norm instanceof LayerNorm ? norm.forwardAdded(found, x) : norm.forward(add(found, x));
  }
}
