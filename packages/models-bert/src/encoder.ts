// Encoder: embeddings and a stack of transformer layers. Over padded batches with any mask, or over packed rows without padding.

import {
  type AttentionPass,
  and,
  keepWhere,
  type Mask,
  type Packing,
  TransformerLayer,
} from '@heed/attention';
import { region, reshape, ShapeError, slice, Tensor } from '@heed/tensor';
import { Linear, normal, within } from '@heed/tensor/nn';
import type { EncoderConfig } from './config.ts';
import { EncoderEmbeddings } from './embeddings.ts';

/** A batch of sequences of one length. */
export interface EncoderBatch {
  /** [batch, length]; or `vectors` in their place. */
  readonly ids?: Tensor<'int32'>;
  /** [batch, length, width] instead of the words' own vectors. */
  readonly vectors?: Tensor;
  /** Segments [batch, length]; default 0. */
  readonly typeIds?: Tensor<'int32'>;
  /** [batch, length]; default 0, 1, … */
  readonly positions?: Tensor<'int32'>;
  /** [batch, length], 1 where there is a token, 0 where there is padding that nobody may see. Default: all 1. */
  readonly attentionMask?: Tensor<'bool'>;
  /** Besides: any mask over [batch, heads, length, length]. */
  readonly mask?: Mask;
}

/** Sequences packed one behind the other. */
export interface PackedBatch {
  /** [rows] */
  readonly ids: Tensor<'int32'>;
  readonly packing: Packing;
  /** [rows]; default 0. */
  readonly typeIds?: Tensor<'int32'>;
}

/** Positions of packed rows: each sequence counts from 0. */
const packedPositions = ({ starts }: Packing, limit: number): Tensor<'int32'> => {
  const positions = new Int32Array(starts.at(-1) ?? 0);
  for (let s = 0; s + 1 < starts.length; s++) {
    const [start, end] = [starts[s] as number, starts[s + 1] as number]; // s + 1 < length
    if (end - start > limit)
      throw new ShapeError(
        `encoder: sequence ${s} has ${end - start} tokens; this model has ${limit} positions. Truncate or split it.`,
      );
    for (let row = start; row < end; row++) positions[row] = row - start;
  }
  return new Tensor('int32', [positions.length], positions);
};

/**
 * A bidirectional transformer encoder. Observers are told `hidden.0` (what enters the first layer), `hidden.i` (what leaves layer i) and
 * `layers.i.attention.weights`.
 */
export class Encoder {
  readonly embeddings: EncoderEmbeddings;
  readonly layers: readonly TransformerLayer[];
  readonly pooler: Linear | undefined;
  readonly #config: EncoderConfig;

  constructor(config: EncoderConfig, { pooler = true }: { readonly pooler?: boolean } = {}) {
    const initializer = normal(config.initializerRange);
    this.embeddings = new EncoderEmbeddings(config);
    this.layers = Array.from(
      { length: config.layers },
      () => new TransformerLayer({ ...config, initializer }),
    );
    this.pooler = pooler ? new Linear(config.width, config.width, { initializer }) : undefined;
    this.#config = config;
  }

  /** The configuration that it was made by. */
  get config(): EncoderConfig {
    return this.#config;
  }

  /** Last hidden states [batch, length, width]. */
  forward(batch: EncoderBatch, pass: AttentionPass = {}): Tensor {
    const [rows, length] = (batch.ids ?? batch.vectors)?.shape ?? [];
    if (rows === undefined || length === undefined)
      throw new ShapeError('encoder: expected ids [batch, length] or vectors [batch, length, width].');
    if (batch.positions === undefined && length > this.#config.positions)
      throw new ShapeError(
        `encoder: ${length} tokens; this model has ${this.#config.positions} positions. Truncate or split the text.`,
      );
    const counted = new Tensor(
      'int32',
      [rows, length],
      Int32Array.from({ length: rows * length }, (_, index) => index % length),
    );
    const parts: Mask[] = batch.mask === undefined ? [] : [batch.mask];
    if (batch.attentionMask !== undefined)
      parts.push(keepWhere(reshape(batch.attentionMask, [rows, 1, 1, length])));
    const mask = parts.length === 0 ? undefined : and(...parts);
    const { ids, vectors, typeIds, positions = counted } = batch;
    return this.#run(
      this.embeddings.forward({ ids, vectors, typeIds, positions }, pass),
      pass,
      (layer, h, own) => layer.forward(h, { mask }, own),
    );
  }

  /** Last hidden states of packed rows [rows, width]: exactly what each sequence gives alone. */
  forwardPacked({ ids, packing, typeIds }: PackedBatch, pass: AttentionPass = {}): Tensor {
    const positions = packedPositions(packing, this.#config.positions);
    const embedded = region(() => this.embeddings.forward({ ids, positions, typeIds }, pass));
    return this.#run(embedded, pass, (layer, h, own) => layer.forwardPacked(h, packing, own));
  }

  /** tanh(W·h + b) of the first token: hidden [batch, length, width] → [batch, width]. Devlin 2018, "pooled output". */
  pool(hidden: Tensor): Tensor {
    if (this.pooler === undefined)
      throw new Error(
        'pool: this checkpoint has no pooler. Use cls, mean or max pooling of the hidden states.',
      );
    const [batch, , width] = hidden.shape as [number, number, number]; // as forward returns
    return this.pooler.forward(reshape(slice(hidden, 1, 0, 1), [batch, width]), 'tanh');
  }

  #run(
    embedded: Tensor,
    pass: AttentionPass,
    step: (layer: TransformerLayer, h: Tensor, own: AttentionPass) => Tensor,
  ): Tensor {
    let h = embedded;
    pass.observe?.('hidden.0', h);
    for (const [index, layer] of this.layers.entries()) {
      const before = h;
      h = region(() => step(layer, before, within(pass, `layers.${index}`)));
      pass.observe?.(`hidden.${index + 1}`, h);
    }
    return h;
  }
}
