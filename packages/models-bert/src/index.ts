// @heed/models-bert: BERT-like encoders and sentence vectors from published folders.

export type { EncoderActivation, EncoderConfig } from './config.ts';
// Models
export { Encoder, type EncoderBatch, type PackedBatch } from './encoder.ts';
export { bertPath, readBertConfig } from './families/bert.ts';
export { type FromPretrainedOptions, fromPretrained, type PretrainedEncoder, readTokenizer } from './load.ts';
export { MaskedWordHead } from './maskedWord.ts';
// Text in, vectors out
export {
  cosineSimilarity,
  type FeatureExtraction,
  loadSentenceModel,
  type Pipelines,
  pipeline,
  type SentenceSimilarity,
} from './pipeline.ts';
// From token vectors to one vector
export { normalizeRows, type PoolingMode, pool, poolingModes } from './pooling.ts';
export {
  type EncodeTextsOptions,
  encodeTexts,
  type OutputOptions,
  type SentenceModel,
  type TextFeatures,
} from './textEncoder.ts';
