// TransformerConfig: the sizes and choices of an encoder–decoder transformer.

import type { Activation } from '@heed/tensor';

/** Which of the three word matrices are one and the same parameter. Vaswani 2017, §3.4: 'all'. */
export type Sharing = 'none' | 'target-output' | 'source-target' | 'all';

/** What an encoder–decoder is made of; only the vocabularies have no default. */
export interface TransformerConfig {
  readonly sourceVocabulary: number;
  /** Default: sourceVocabulary. */
  readonly targetVocabulary?: number;
  /** Default 512, as all sizes below the base model of Vaswani 2017, table 3. */
  readonly width?: number;
  /** Default 8. */
  readonly heads?: number;
  /** Default: heads. */
  readonly kvHeads?: number;
  /** Default 6. */
  readonly encoderLayers?: number;
  /** Default 6. */
  readonly decoderLayers?: number;
  /** Default 2048. */
  readonly innerWidth?: number;
  /** Default 'relu'. */
  readonly activation?: Activation;
  /** Default 'post'. */
  readonly normPlacement?: 'pre' | 'post';
  /** Whether a norm follows each stack. Default: with pre-norm. */
  readonly finalNorm?: boolean;
  /** Default 'all' where the vocabularies are equal, else 'target-output'. */
  readonly sharing?: Sharing;
  /** Rate of dropout at embeddings, weights and sublayers; only with a source of randomness. Default 0.1. */
  readonly dropout?: number;
}

/** A config with its defaults filled in. */
export type FullConfig = Required<TransformerConfig>;

/** Fills in defaults; sizes that do not fit together are refused. */
export const fullConfig = (config: TransformerConfig): FullConfig => {
  const targetVocabulary = config.targetVocabulary ?? config.sourceVocabulary;
  const one = targetVocabulary === config.sourceVocabulary;
  const normPlacement = config.normPlacement ?? 'post';
  const full: FullConfig = {
    targetVocabulary,
    width: 512,
    heads: 8,
    kvHeads: config.heads ?? 8,
    encoderLayers: 6,
    decoderLayers: 6,
    innerWidth: 2048,
    activation: 'relu',
    normPlacement,
    finalNorm: normPlacement === 'pre',
    sharing: one ? 'all' : 'target-output',
    dropout: 0.1,
    ...config,
  };
  if (!one && (full.sharing === 'all' || full.sharing === 'source-target'))
    throw new RangeError(
      `Transformer: sharing is '${full.sharing}' but the vocabularies are ${full.sourceVocabulary} and ${targetVocabulary}; one table needs one vocabulary.`,
    );
  if (full.width % full.heads !== 0 || full.width % 2 !== 0)
    throw new RangeError(
      `Transformer: width ${full.width} with ${full.heads} heads; width must be even and a multiple of heads.`,
    );
  return full;
};
