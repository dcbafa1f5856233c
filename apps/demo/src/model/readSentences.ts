// Sentences through the loaded model: tokens as soon as there is a tokenizer, attention and cosines once there are weights.

import type { FeatureExtraction } from '@heed/models-bert';
import type { Tokenizer } from '@heed/tokenizers';
import { cosineMatrix } from '../experiments/cosineMatrix.ts';
import type { Calls, Reading, Readings } from '../protocol.ts';

/** A model, or the part of it that has arrived. */
export interface LoadedModel {
  readonly tokenizer: Tokenizer;
  readonly maxTokens: number;
  readonly extract: FeatureExtraction | undefined;
}

const tokensOf = ({ tokenizer, maxTokens }: LoadedModel, text: string): Reading => {
  const { tokens, offsets, truncated } = tokenizer.encode(text, { truncation: { maxLength: maxTokens } });
  return { text, tokens, offsets, truncated, attentions: undefined };
};

/** Reads all sentences; attention maps of one of them only, since they grow with the square of its length. */
export const readSentences = (
  model: LoadedModel,
  { texts, attentionOf }: Calls['read']['input'],
): Readings => {
  const begin = performance.now();
  const { extract } = model;
  if (extract === undefined)
    return {
      readings: texts.map((text) => tokensOf(model, text)),
      cosines: undefined,
      milliseconds: performance.now() - begin,
    };
  const features = extract(texts);
  const focus = texts[attentionOf];
  const maps = focus === undefined ? undefined : extract(focus, { output: { attentions: true } }).attentions;
  const milliseconds = performance.now() - begin;
  return {
    readings: features.map(({ tokens, offsets, truncated }, index) => ({
      text: texts[index] ?? '',
      ...{ tokens, offsets, truncated },
      attentions: index === attentionOf ? maps?.map(({ data }) => data) : undefined,
    })),
    cosines: cosineMatrix(features.map(({ embedding }) => embedding)),
    milliseconds,
  };
};
