// MultiHeadAttention: projections of queries, keys and values, attention in heads, and the projection of what they found.

import { dims, permute, reshape, type Tensor } from '@heed/tensor';
import { Linear, type LinearOptions, type Pass } from '@heed/tensor/nn';
import { type AttentionOptions, attentionWithLogSumExp } from './attention.ts';
import { attentionWeights } from './attentionWeights.ts';
import type { KVCache } from './cache.ts';
import type { AttentionKernel } from './kernel.ts';
import type { Mask } from './mask.ts';
import { type Packing, packedAttention, packedWeights } from './packed.ts';
import { placesOfBatch, rowsAttention } from './rows.ts';

/** A pass with the attention kernel to use. Observers are told `weights` [batch, heads, queries, keys] of every attention. */
export interface AttentionPass extends Pass {
  /** Default: the tiled one. */
  readonly kernel?: AttentionKernel | undefined;
}

/** Sizes and options of a MultiHeadAttention. */
export interface MultiHeadOptions extends LinearOptions {
  /** Width of the vectors that come in and go out. */
  readonly width: number;
  readonly heads: number;
  /** Heads of keys and values: fewer is grouped-query attention, 1 is multi-query. Default: heads. */
  readonly kvHeads?: number;
  /** Width of one head. Default width / heads. */
  readonly headDim?: number;
  /** Rate of dropout of the weights; default 0. */
  readonly dropout?: number;
}

/** What one call may see and where keys come from. */
export interface MultiHeadCall extends Pick<AttentionOptions, 'mask' | 'bias'> {
  /** Sequence that keys and values come from [batch, keys, width]; default: x itself. */
  readonly source?: Tensor | undefined;
}

/** Vaswani 2017 (arXiv:1706.03762), §3.2.2; with fewer key heads Ainslie 2023 (arXiv:2305.13245). */
export class MultiHeadAttention {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly #heads: number;
  readonly #kvHeads: number;
  readonly #dropout: number;

  constructor({
    width,
    heads,
    kvHeads = heads,
    headDim = width / heads,
    dropout = 0,
    ...linear
  }: MultiHeadOptions) {
    if (!Number.isInteger(headDim) || heads % kvHeads !== 0)
      throw new RangeError(
        `MultiHeadAttention: width ${width}, ${heads} heads, ${kvHeads} key heads, head width ${headDim}; heads must divide width (or give headDim), key heads must divide heads.`,
      );
    this.query = new Linear(width, heads * headDim, linear);
    this.key = new Linear(width, kvHeads * headDim, linear);
    this.value = new Linear(width, kvHeads * headDim, linear);
    this.output = new Linear(heads * headDim, width, linear);
    this.#heads = heads;
    this.#kvHeads = kvHeads;
    this.#dropout = dropout;
  }

  /** x [batch, queries, width] → the same shape. */
  forward(x: Tensor, { source = x, mask, bias }: MultiHeadCall = {}, pass: AttentionPass = {}): Tensor {
    const dropout = this.#noise(pass);
    if (
      bias === undefined &&
      dropout === undefined &&
      pass.kernel === undefined &&
      pass.observe === undefined
    ) {
      const output = this.#attendRows(x, source, mask);
      if (output !== undefined) return output;
    }
    return this.#attend(x, this.project(source), { mask, bias, dropout, pass });
  }

  /** x: packed rows [rows, width] → the same shape; each sequence attends to itself. */
  forwardPacked(x: Tensor, packing: Packing, pass: AttentionPass = {}): Tensor {
    const [q, k, v] = [this.query.forward(x), this.key.forward(x), this.value.forward(x)];
    const heads = { heads: this.#heads, kvHeads: this.#kvHeads };
    const output = packedAttention(q, k, v, {
      ...heads,
      packing,
      kernel: pass.kernel,
      dropout: this.#noise(pass),
    });
    this.#observePacked(q, k, packing, pass);
    return this.output.forward(output);
  }

  /** One step of decoding: x [batch, new, width] joins the cache and attends to all that it holds, causally. */
  forwardCached(x: Tensor, cache: KVCache): Tensor {
    cache.append(...this.project(x));
    return this.output.forward(this.#merge(cache.attend(this.#split(this.query.forward(x), this.#heads))));
  }

  /** Keys and values of a sequence [batch, keys, width], in heads: for caches of cross-attention. */
  project(source: Tensor): [key: Tensor, value: Tensor] {
    return [
      this.#split(this.key.forward(source), this.#kvHeads),
      this.#split(this.value.forward(source), this.#kvHeads),
    ];
  }

  /** Attention to keys and values that `project` made. x [batch, queries, width] → the same shape. */
  forwardProjected(
    x: Tensor,
    projected: readonly [Tensor, Tensor],
    { mask, pass = {} }: { readonly mask?: Mask | undefined; readonly pass?: AttentionPass } = {},
  ): Tensor {
    return this.#attend(x, projected, { mask, pass });
  }

  /** Attention whose heads stay side by side in their rows; undefined where the mask is no interval of keys a row. */
  #attendRows(x: Tensor, source: Tensor, mask: Mask | undefined): Tensor | undefined {
    const { batch, queries, keys } = dims('MultiHeadAttention', {
      x: [x, 'batch queries width'],
      source: [source, 'batch keys width'],
    });
    const [heads, kvHeads] = [this.#heads, this.#kvHeads];
    const places = placesOfBatch(mask, { batch, heads, queries, keys });
    if (places === undefined) return undefined;
    const rows = (y: Tensor): Tensor => reshape(y, [-1, y.shape.at(-1) as number]); // rank 3
    const q = rows(this.query.forward(x));
    const scale = 1 / Math.sqrt((q.shape[1] as number) / heads); // rank 2
    const [k, v] = [rows(this.key.forward(source)), rows(this.value.forward(source))];
    const output = rowsAttention(q, k, v, { ...places, heads, kvHeads, scale });
    return this.output.forward(reshape(output, [batch, queries, output.shape[1] as number])); // rank 2
  }

  /** Attention of x to projected keys and values; observers are told the weights. */
  #attend(
    x: Tensor,
    [key, value]: readonly [Tensor, Tensor],
    call: Pick<AttentionOptions, 'mask' | 'bias' | 'dropout'> & { readonly pass: AttentionPass },
  ): Tensor {
    const { mask, bias, dropout, pass } = call;
    const q = this.#split(this.query.forward(x), this.#heads);
    const { output, logSumExp } = attentionWithLogSumExp(q, key, value, {
      mask,
      bias,
      dropout,
      kernel: pass.kernel,
    });
    pass.observe?.('weights', attentionWeights(q, key, { mask, bias, logSumExp }));
    return this.output.forward(this.#merge(output));
  }

  #noise({ random }: AttentionPass) {
    return random === undefined || this.#dropout === 0
      ? undefined
      : { rate: this.#dropout, source: random.split() };
  }

  #split(x: Tensor, heads: number): Tensor {
    const [batch, length, width] = x.shape as [number, number, number]; // rank 3: [batch, length, width]
    return permute(reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
  }

  #merge(x: Tensor): Tensor {
    const [batch, heads, length, depth] = x.shape as [number, number, number, number]; // rank 4
    return reshape(permute(x, [0, 2, 1, 3]), [batch, length, heads * depth]);
  }

  /** Observers of packed rows are told the weights of each sequence s as `s.weights`. */
  #observePacked(q: Tensor, k: Tensor, packing: Packing, { observe }: AttentionPass): void {
    if (observe === undefined) return;
    const heads = { heads: this.#heads, kvHeads: this.#kvHeads };
    for (let sequence = 0; sequence + 1 < packing.starts.length; sequence++)
      observe(`${sequence}.weights`, packedWeights(q, k, { ...heads, packing, sequence }));
  }
}
