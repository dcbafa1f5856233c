// The Transformer: encoder and decoder, teacher-forced in one pass or step by step with a cache.

import {
  type AttentionPass,
  causal,
  type LayerState,
  type Mask,
  padding,
  sinusoidal,
  TransformerLayer,
} from '@heed/attention';
import { add, dropout, linear, mul, reshape, type Tensor } from '@heed/tensor';
import { Embedding, LayerNorm, Linear, normal, within } from '@heed/tensor/nn';
import { type FullConfig, fullConfig, type TransformerConfig } from './config.ts';
import type { IdBatch, Seq2seq } from './seq2seq.ts';

/** The encoded source. */
export interface TransformerMemory {
  /** [batch, length, width] */
  readonly hidden: Tensor;
  readonly mask: Mask | undefined;
}

/** Caches of the decoder's layers. */
export interface TransformerState {
  readonly layers: readonly LayerState[];
  /** Ids taken so far. */
  position: number;
}

const paddingOf = ({ lengths }: IdBatch): Mask | undefined =>
  lengths === undefined ? undefined : padding(lengths);

/**
 * The encoder–decoder of Vaswani 2017 (arXiv:1706.03762): embeddings times √width plus sinusoidal positions, post-norm, one matrix for
 * both embeddings and the output (each by default, each an option). Observers are told `encoder.i.attention.weights`,
 * `decoder.i.attention.weights` and `decoder.i.crossAttention.weights`.
 *
 * @example
 * const model = initialize(new Transformer({ sourceVocabulary: 100, width: 64, heads: 4 }), random(1));
 */
export class Transformer implements Seq2seq<TransformerMemory, TransformerState> {
  readonly source: Embedding;
  readonly target: Embedding;
  readonly encoder: readonly TransformerLayer[];
  readonly decoder: readonly TransformerLayer[];
  readonly encoderNorm: LayerNorm | undefined;
  readonly decoderNorm: LayerNorm | undefined;
  /** Absent where the output is the target's embedding again. */
  readonly output: Linear | undefined;
  readonly #config: FullConfig;

  constructor(given: TransformerConfig) {
    const config = fullConfig(given);
    const { width, sharing, encoderLayers, decoderLayers } = config;
    const law = normal(1 / Math.sqrt(width)); // times √width in `embed`: variance 1
    this.source = new Embedding(config.sourceVocabulary, width, law);
    this.target =
      sharing === 'all' || sharing === 'source-target'
        ? this.source
        : new Embedding(config.targetVocabulary, width, law);
    this.encoder = Array.from({ length: encoderLayers }, () => new TransformerLayer(config));
    this.decoder = Array.from(
      { length: decoderLayers },
      () => new TransformerLayer({ ...config, cross: true }),
    );
    this.encoderNorm = config.finalNorm ? new LayerNorm(width) : undefined;
    this.decoderNorm = config.finalNorm ? new LayerNorm(width) : undefined;
    this.output =
      sharing === 'all' || sharing === 'target-output'
        ? undefined
        : new Linear(width, config.targetVocabulary, { bias: false });
    this.#config = config;
  }

  /** The configuration, defaults filled in. */
  get config(): FullConfig {
    return this.#config;
  }

  /** Teacher forcing: logits [batch, targetLength, vocabulary] for the id that follows each id of the target. */
  forward(source: IdBatch, target: IdBatch, pass: AttentionPass = {}): Tensor {
    const memory = this.encode(source, pass);
    let h = this.#embed(this.target, target.ids, 0, pass);
    for (const [index, layer] of this.decoder.entries())
      h = layer.forward(
        h,
        { mask: causal(), memory: memory.hidden, memoryMask: memory.mask },
        within(pass, `decoder.${index}`),
      );
    return this.#logits(h);
  }

  encode(source: IdBatch, pass: AttentionPass = {}): TransformerMemory {
    const mask = paddingOf(source);
    let h = this.#embed(this.source, source.ids, 0, pass);
    for (const [index, layer] of this.encoder.entries())
      h = layer.forward(h, { mask }, within(pass, `encoder.${index}`));
    return { hidden: this.encoderNorm?.forward(h) ?? h, mask };
  }

  start(memory: TransformerMemory): TransformerState {
    return { layers: this.decoder.map((layer) => layer.start(memory.hidden, memory.mask)), position: 0 };
  }

  step(ids: Tensor<'int32'>, state: TransformerState, pass: AttentionPass = {}): Tensor {
    const batch = ids.size;
    let h = this.#embed(this.target, reshape(ids, [batch, 1]), state.position, pass);
    for (const [index, layer] of this.decoder.entries())
      h = layer.step(h, state.layers[index] as LayerState, within(pass, `decoder.${index}`)); // one state a layer
    state.position += 1;
    return reshape(this.#logits(h), [batch, this.#config.targetVocabulary]);
  }

  /** √width · embedding + position. Vaswani 2017, §3.4 and §3.5. */
  #embed(table: Embedding, ids: Tensor<'int32'>, start: number, { random }: AttentionPass): Tensor {
    const { width, dropout: rate } = this.#config;
    const positions = sinusoidal(ids.shape[1] as number, width, { start }); // rank 2
    return dropout(add(mul(table.forward(ids), Math.sqrt(width)), positions), rate, random);
  }

  #logits(h: Tensor): Tensor {
    const normed = this.decoderNorm?.forward(h) ?? h;
    return this.output?.forward(normed) ?? linear(normed, this.target.weight);
  }
}
