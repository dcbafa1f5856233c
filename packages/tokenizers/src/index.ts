// The public names of @heed/tokenizers: readers of files, what they give, and the error.
export { DecodeStream } from './decodeStream.ts';
export { Encoding } from './encoding.ts';
export type { ExplainedPiece, ExplainedStage, Explanation } from './explain.ts';
export type { ModelOptions } from './files/readModel.ts';
export { readMarian, readSentencePiece, type SentencePieceOptions } from './files/sentencePiece.ts';
export { readTiktoken, type TiktokenOptions } from './files/tiktoken.ts';
export { type TiktokenEncoding, type TiktokenName, tiktokenEncodings } from './files/tiktokenEncodings.ts';
export { readTokenizerJson } from './files/tokenizerJson.ts';
export { readUniversalSentenceEncoderVocabulary } from './files/universalSentenceEncoder.ts';
export { readVocabAndMerges, type VocabAndMergesOptions } from './files/vocabAndMerges.ts';
export { readVocabText, type VocabTextOptions } from './files/vocabText.ts';
export { type CountOptions, characterTokenizer, wordTokenizer } from './granularity.ts';
export type { BertNormalizerOptions } from './normalizers/bert.ts';
export type { OffsetUnit } from './offsetUnits.ts';
export type { Padding } from './padding.ts';
export { type Report, report } from './report.ts';
export {
  type DecodeOptions,
  type EncodeOptions,
  type Recommended,
  type ScoredEncoding,
  Tokenizer,
} from './tokenizer.ts';
export type { DropoutSampling, Sampling, UnigramSampling } from './models/model.ts';
export { TokenizerError } from './tokenizerError.ts';
export type { Truncation, TruncationStrategy } from './truncation.ts';
export { type Corpus, type TextFolder, textFiles } from './trainers/textFiles.ts';
export { type BytePairEncodingTraining, trainBytePairEncoding } from './trainers/trainBytePairEncoding.ts';
export {
  type CountingEvent,
  type FittingEvent,
  type Merge,
  type MergingEvent,
  type TrainedEvent,
  type TrainingEvent,
  trained,
} from './trainers/trainingEvents.ts';
export type { TrainingOptions, TrainingStages } from './trainers/trainingOptions.ts';
export { trainWordLevel, type WordLevelTraining } from './trainers/trainWordLevel.ts';
export { trainWordPiece, type WordPieceTraining } from './trainers/trainWordPiece.ts';
export { trainUnigram, type UnigramTraining } from './trainers/trainUnigram.ts';
