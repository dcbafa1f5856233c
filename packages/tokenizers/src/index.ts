// The public names of @heed/tokenizers: readers of files, what they give, and the error.
export { Encoding } from './encoding.ts';
export { readTokenizerJson } from './files/tokenizerJson.ts';
export { readUniversalSentenceEncoderVocabulary } from './files/universalSentenceEncoder.ts';
export { readVocabText, type VocabTextOptions } from './files/vocabText.ts';
export type { BertNormalizerOptions } from './normalizers/bert.ts';
export {
  type DecodeOptions,
  type EncodeOptions,
  type Padding,
  type Recommended,
  Tokenizer,
} from './tokenizer.ts';
export { TokenizerError } from './tokenizerError.ts';
export type { Truncation, TruncationStrategy } from './truncation.ts';
