// MultiHeadAttention: projections of queries, keys and values, attention in heads, and the projection of what they found. Long because its ways
// in (padded, packed, cached, projected) share all of their parts.

import { dims, isRecording, reshape, type Tensor } from '@heed/tensor';
import {
  constant,
  type Linear,
  type Parameter,
  type Pass,
  parameter,
  RMSNorm,
  within,
  xavierNormal,
} from '@heed/tensor/nn';
import { type AttentionOptions, attentionWithLogSumExp } from './attention.ts';
import { attentionWeights } from './attentionWeights.ts';
import type { KVCache } from './cache.ts';
import { type ExtraKey, withExtraKeys, zeroKey } from './extraKeys.ts';
import { besideEachOther, inHeads } from './heads.ts';
import type { AttentionKernel } from './kernel.ts';
import { and, causal, firstKeys, type Mask, or, window } from './mask.ts';
import { type MultiHeadOptions, type MultiHeadSizes, multiHeadSizes } from './multiHeadOptions.ts';
import { eachSequence, type Packing, packedAttention, packedHeads, packedWeights } from './packed.ts';
import { rope } from './positions/rope.ts';
import { passed, passedAll, projections } from './projections.ts';
import { placesOfBatch, rowsAttention } from './rows.ts';
import { compared, type Scores, scaledDot, unscaled } from './scoreFunctions.ts';

/**
 * A pass with the attention kernel to use. Observers are told `weights` [batch, heads, queries, keys] of every attention; of packed sequences each by its
 * number, `0.weights`, and where they are compared as projected, `0.query` and `0.key` [1, heads, length, depth] before it.
 */
export interface AttentionPass extends Pass {
  /** Default: the tiled one. */
  readonly kernel?: AttentionKernel | undefined;
}

/** What one call may see and where keys come from. */
export interface MultiHeadCall extends Pick<AttentionOptions, 'mask' | 'bias'> {
  /** Sequence that keys and values come from [batch, keys, keyWidth]; default: x itself. */
  readonly source?: Tensor | undefined;
  /** Sequence that values come from [batch, keys, valueWidth]; default: `source`. */
  readonly valueSource?: Tensor | undefined;
}

type Attended = Pick<AttentionOptions, 'mask' | 'bias' | 'dropout' | 'scores' | 'scale'> & {
  readonly pass: AttentionPass;
};

/**
 * Vaswani 2017 (arXiv:1706.03762), §3.2.2; with fewer key heads Ainslie 2023 (arXiv:2305.13245). Shared projections are one and the same Linear under
 * several names.
 */
export class MultiHeadAttention {
  readonly query: Linear | undefined;
  readonly key: Linear | undefined;
  readonly value: Linear | undefined;
  readonly output: Linear | undefined;
  readonly queryNorm: RMSNorm | undefined;
  readonly keyNorm: RMSNorm | undefined;
  readonly scores: Scores;
  /** [heads] */
  readonly sinks: Parameter | undefined;
  /** [kvHeads, 1, headDim], and its value [kvHeads, 1, valueDim]. */
  readonly learnedKey: Parameter | undefined;
  readonly learnedValue: Parameter | undefined;
  readonly #options: MultiHeadOptions;
  readonly #sizes: MultiHeadSizes;
  /** Whether it is a product of queries and keys times a factor, as they are projected, and nothing else. */
  readonly #plain: boolean;

  constructor(options: MultiHeadOptions) {
    const sizes = multiHeadSizes(options);
    const { heads, kvHeads, headDim, valueDim } = sizes;
    const { scores = scaledDot() } = options;
    const { query, key, value, output } = projections(options, sizes);
    this.query = query;
    this.key = key;
    this.value = value;
    this.output = output;
    if (options.qkNorm === true)
      [this.queryNorm, this.keyNorm] = [new RMSNorm(headDim), new RMSNorm(headDim)];
    if (options.sinks === true) this.sinks = parameter([heads], constant(0));
    if (options.learnedKey === true) {
      this.learnedKey = parameter([kvHeads, 1, headDim], xavierNormal());
      this.learnedValue = parameter([kvHeads, 1, valueDim], xavierNormal());
    }
    this.scores = scores;
    this.#sizes = sizes;
    this.#options = options;
    const { qkNorm, rope: turned, softcap, sinks, learnedKey, zeroKey: zero } = options;
    const product = scores.kind === 'scaledDot' || scores.kind === 'unscaled';
    this.#plain =
      product &&
      turned === undefined &&
      softcap === undefined &&
      ![qkNorm, sinks, learnedKey, zero].includes(true);
  }

  /** The options it was made with. */
  get options(): MultiHeadOptions {
    return this.#options;
  }

  /** x [batch, queries, width] → the same shape. */
  forward(
    x: Tensor,
    { source = x, valueSource = source, mask, bias }: MultiHeadCall = {},
    pass: AttentionPass = {},
  ): Tensor {
    const dropout = this.#noise(pass);
    if (
      this.#plain &&
      bias === undefined &&
      dropout === undefined &&
      pass.kernel === undefined &&
      pass.observe === undefined
    ) {
      const output = this.#attendRows(x, [source, valueSource], mask);
      if (output !== undefined) return output;
    }
    const start = source === x ? 0 : undefined;
    return this.#attend(this.#queries(x, start), this.#keyValues([source, valueSource], start), {
      mask,
      bias,
      dropout,
      pass,
    });
  }

  /** x: packed rows [rows, width] → the same shape; each sequence attends to itself. */
  forwardPacked(x: Tensor, packing: Packing, pass: AttentionPass = {}): Tensor {
    if (!this.#plain)
      return eachSequence(x, packing, (own, sequence) => this.forward(own, {}, within(pass, `${sequence}`)));
    const [q, k, v] = passedAll([this.query, this.key, this.value], x) as [Tensor, Tensor, Tensor]; // three
    const heads = { heads: this.#sizes.heads, kvHeads: this.#sizes.kvHeads, scale: this.#scale() };
    const output = packedAttention(q, k, v, {
      ...heads,
      packing,
      kernel: pass.kernel,
      dropout: this.#noise(pass),
    });
    for (let sequence = 0; pass.observe !== undefined && sequence + 1 < packing.starts.length; sequence++) {
      pass.observe(`${sequence}.query`, packedHeads(q, { heads: heads.heads, packing, sequence }));
      pass.observe(`${sequence}.key`, packedHeads(k, { heads: heads.kvHeads, packing, sequence }));
      pass.observe(`${sequence}.weights`, packedWeights(q, k, { ...heads, packing, sequence }));
    }
    return passed(this.output, output);
  }

  /**
   * One step of decoding: x [batch, new, width] joins the cache and attends to all that it holds, causally. With a mask, a bias, a softcap, additive
   * scores or an observer the cache is copied for it; masks and biases are of all positions, so not of a cache that has dropped some.
   */
  forwardCached(
    x: Tensor,
    cache: KVCache,
    { mask, bias }: Pick<MultiHeadCall, 'mask' | 'bias'> = {},
    pass: AttentionPass = {},
  ): Tensor {
    const { softcap } = this.#options;
    if (this.learnedKey !== undefined || this.#options.zeroKey === true)
      throw new Error(
        'MultiHeadAttention.forwardCached: learnedKey and zeroKey stand behind the last key; use sinks to decode with a cache.',
      );
    const q = this.#queries(x, cache.length);
    const [k, v] = this.#keyValues([x, x], cache.length);
    const { scores } = this;
    // Keys lie in the cache as a dot product compares them.
    const pair = scores.kind === 'additive' ? undefined : compared(q, k, scores);
    const scale = this.#options.scale ?? pair?.scale;
    cache.append(pair?.key ?? k, v);
    if (
      pair !== undefined &&
      mask === undefined &&
      bias === undefined &&
      softcap === undefined &&
      pass.observe === undefined
    )
      return this.#finish(cache.attend(pair.query, { scale, sinks: this.sinks }));
    if (cache.dropped > 0 && (mask !== undefined || bias !== undefined))
      throw new RangeError(
        `MultiHeadAttention.forwardCached: a mask or bias of ${cache.length} positions, of which the cache has dropped ${cache.dropped}. Use a cache without \`left\`.`,
      );
    // What is held ends with the last position, and begins with the first keys: the same masks read it.
    const { left, firstKeys: first } = cache;
    const kept = and(
      causal(),
      or(window({ left, right: 0 }), firstKeys(first)),
      ...(mask === undefined ? [] : [mask]),
    );
    return this.#attend(pair?.query ?? q, cache.read(), {
      ...{ mask: kept, bias, pass, scale },
      scores: pair === undefined ? scores : unscaled(),
    });
  }

  /** Keys and values of a sequence [batch, keys, keyWidth], in heads: for caches of cross-attention. */
  project(source: Tensor, valueSource: Tensor = source): [key: Tensor, value: Tensor] {
    return this.#keyValues([source, valueSource], undefined);
  }

  /** Attention to keys and values that `project` made. x [batch, queries, width] → the same shape. */
  forwardProjected(
    x: Tensor,
    projected: readonly [Tensor, Tensor],
    { mask, bias, pass = {} }: Pick<MultiHeadCall, 'mask' | 'bias'> & { readonly pass?: AttentionPass } = {},
  ): Tensor {
    return this.#attend(this.#queries(x, undefined), projected, {
      mask,
      bias,
      dropout: this.#noise(pass),
      pass,
    });
  }

  /** Queries in heads, turned from position `start` on. */
  #queries(x: Tensor, start: number | undefined): Tensor {
    const q = inHeads(passed(this.query, x), this.#sizes.heads);
    return this.#turned(this.queryNorm?.forward(q) ?? q, start);
  }

  #keyValues(
    [source, valueSource]: readonly [Tensor, Tensor],
    start: number | undefined,
  ): [key: Tensor, value: Tensor] {
    const { kvHeads } = this.#sizes;
    const projectedKey = passed(this.key, source);
    const one = this.key === this.value && source === valueSource;
    const key = inHeads(projectedKey, kvHeads);
    const value = one ? key : inHeads(passed(this.value, valueSource), kvHeads);
    return [this.#turned(this.keyNorm?.forward(key) ?? key, start), value];
  }

  #turned(x: Tensor, start: number | undefined): Tensor {
    const turned = this.#options.rope;
    return turned === undefined || start === undefined ? x : rope(x, { ...turned, positions: start });
  }

  #scale(): number {
    const { scale } = this.#options;
    return scale ?? (this.scores.kind === 'scaledDot' ? 1 / Math.sqrt(this.#sizes.headDim) : 1);
  }

  /** Attention whose heads stay side by side in their rows; undefined where the mask is no interval of keys a row. */
  #attendRows(
    x: Tensor,
    [source, valueSource]: readonly [Tensor, Tensor],
    mask: Mask | undefined,
  ): Tensor | undefined {
    const { batch, queries, keys } = dims('MultiHeadAttention', {
      x: [x, 'batch queries width'],
      source: [source, 'batch keys keyWidth'],
      valueSource: [valueSource, 'batch keys valueWidth'],
    });
    const { heads, kvHeads } = this.#sizes;
    const places = placesOfBatch(mask, { batch, heads, queries, keys });
    if (places === undefined) return undefined;
    const rows = (y: Tensor): Tensor => reshape(y, [-1, y.shape.at(-1) as number]); // rank 3
    const { query, key, value } = this;
    const ofSelf = source === x && valueSource === x;
    const projected = ofSelf
      ? passedAll([query, key, value], x)
      : [
          passed(query, x),
          ...(source === valueSource
            ? passedAll([key, value], source)
            : [passed(key, source), passed(value, valueSource)]),
        ];
    const [q, k, v] = projected.map(rows) as [Tensor, Tensor, Tensor]; // three
    const output = rowsAttention(q, k, v, {
      ...places,
      heads,
      kvHeads,
      scale: this.#scale(),
    });
    return passed(this.output, reshape(output, [batch, queries, output.shape[1] as number])); // rank 2
  }

  /** Attention of queries to keys and values, all in heads; observers are told the weights. */
  #attend(q: Tensor, projected: readonly [Tensor, Tensor], { pass, dropout, ...call }: Attended): Tensor {
    const { key, value, mask, bias } = this.#withExtraKeys(q, projected, call);
    const { softcap, scale } = this.#options;
    const options = { scores: this.scores, scale, softcap, sinks: this.sinks, ...call, mask, bias };
    const { output, logSumExp } = attentionWithLogSumExp(q, key, value, {
      ...options,
      dropout,
      kernel: pass.kernel,
    });
    // With the log-sum-exp it is cheaper, without it differentiable.
    pass.observe?.('weights', attentionWeights(q, key, isRecording() ? options : { ...options, logSumExp }));
    return this.#finish(output);
  }

  #withExtraKeys(
    q: Tensor,
    [key, value]: readonly [Tensor, Tensor],
    { mask, bias }: Pick<Attended, 'mask' | 'bias'>,
  ) {
    const { learnedKey, learnedValue } = this;
    const { kvHeads, headDim, valueDim } = this.#sizes;
    const extras: ExtraKey[] = [];
    if (learnedKey !== undefined && learnedValue !== undefined) extras.push([learnedKey, learnedValue]);
    if (this.#options.zeroKey === true) extras.push(zeroKey(kvHeads, headDim, valueDim));
    if (extras.length === 0) return { key, value, mask, bias };
    const [batch, heads, queries] = q.shape as [number, number, number]; // rank 4
    return withExtraKeys({ key, value, mask, bias }, extras, {
      batch,
      heads,
      queries,
      keys: key.shape[2] as number,
    }); // rank 4
  }

  #finish(x: Tensor): Tensor {
    return passed(this.output, besideEachOther(x));
  }

  #noise({ random }: AttentionPass) {
    const { dropout = 0 } = this.#options;
    return random === undefined || dropout === 0 ? undefined : { rate: dropout, source: random.split() };
  }
}
