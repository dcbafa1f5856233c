// @heed/models-bert: BERT-like encoders and sentence vectors from published folders.

// Text in, vectors out
export {
  cosineSimilarity,
  type FeatureExtraction,
  loadSentenceModel,
  type Pipelines,
  pipeline,
  type SentenceSimilarity,
} from './pipeline.ts';
export {
  type EncodeTextsOptions,
  encodeTexts,
  type OutputOptions,
  type SentenceModel,
  type TextFeatures,
} from './textEncoder.ts';

// Models
export { type FromPretrainedOptions, fromPretrained, type PretrainedEncoder, readTokenizer } from './load.ts';
export type { EncoderActivation, EncoderConfig } from './config.ts';
export { Encoder, type EncoderBatch, type PackedBatch } from './encoder.ts';
export { MaskedWordHead } from './maskedWord.ts';
export { bertPath, readBertConfig } from './families/bert.ts';

// From token vectors to one vector
export { normalizeRows, type PoolingMode, pool, poolingModes } from './pooling.ts';
