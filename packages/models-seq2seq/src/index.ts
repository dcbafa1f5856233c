// @heed/models-seq2seq: encoder–decoders, and generation with them.

// Models
export type { FullConfig, Sharing, TransformerConfig } from './config.ts';
export { Transformer, type TransformerMemory, type TransformerState } from './transformer.ts';
export { type IdBatch, idBatch, type Seq2seq } from './seq2seq.ts';
export { fromTorchTransformer } from './families/torchTransformer.ts';

// Generation
export { type GenerateEvent, type GenerateOptions, generate, generateAll } from './generate.ts';
export { greedy, type Strategy } from './greedy.ts';

// Training
export { ignoredLabel, type SpecialIds, teacherForcing } from './teacherForcing.ts';
