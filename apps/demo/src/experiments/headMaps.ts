// The maps of all heads of a model on one sentence, each with its statistics, and its tokens as they stand in the text. Pure.

import { type AttentionStatistics, attentionStatistics } from './attentionStatistics.ts';

/** One head of the model. */
export interface HeadPlace {
  readonly layer: number;
  readonly head: number;
}

/** A head's map of a sentence, and its statistics. */
export interface HeadMap extends HeadPlace {
  /** [n, n] */
  readonly weights: Float32Array;
  readonly statistics: AttentionStatistics;
}

/** A sentence as a model reads it. */
export interface ReadSentence {
  readonly text: string;
  readonly tokens: readonly string[];
  /** [start, end) of each token in the text, UTF-16. */
  readonly offsets: Int32Array;
  /** layers of [heads, n, n]; absent where not asked for. */
  readonly attentions: readonly Float32Array[] | undefined;
}

/** Pieces of the text that tokens stand for; the token's own name where it stands for none. */
export const tokenTexts = ({ text, tokens, offsets }: ReadSentence): string[] =>
  tokens.map((token, index) => {
    const piece = text.slice(offsets[2 * index], offsets[2 * index + 1]).trim();
    return piece === '' ? token : piece;
  });

/** The maps, layer by layer, head by head; none for a sentence without tokens or attentions. */
export const headMaps = ({ attentions, tokens }: ReadSentence): HeadMap[] => {
  const size = tokens.length ** 2;
  return (attentions ?? []).flatMap((layer, index) =>
    Array.from({ length: size === 0 ? 0 : layer.length / size }, (_, head) => {
      const weights = layer.subarray(head * size, (head + 1) * size);
      return { layer: index, head, weights, statistics: attentionStatistics(weights, tokens.length) };
    }),
  );
};
