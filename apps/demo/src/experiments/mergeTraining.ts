// Training of BPE and WordPiece on one text, and the tokenizer as it was after each merge. The trainers are those of @heed/tokenizers.

import {
  type BytePairEncodingTraining,
  type Merge,
  readTokenizerJson,
  type Tokenizer,
  trainBytePairEncoding,
  trainWordPiece,
  type WordPieceTraining,
} from '@heed/tokenizers';

/** The two that learn side by side. */
export const mergeLearners = ['bpe', 'wordPiece'] as const;
/** One of them. */
export type MergeLearner = (typeof mergeLearners)[number];

/** What both are told. */
export interface MergeOptions {
  /** Size of the vocabulary to reach. */
  readonly vocabularySize: number;
  /** What BPE merges. */
  readonly level: 'characters' | 'bytes';
  /** Which pair WordPiece merges next. */
  readonly criterion: 'score' | 'count';
  /** WordPiece leaves pairs alone that stand less often. */
  readonly leastCount: number;
}

/** What BPE is told. */
export const bpeTraining = ({ vocabularySize, level }: MergeOptions): BytePairEncodingTraining => ({
  ...{ vocabularySize, level },
});

/** What WordPiece is told. */
export const wordPieceTraining = ({
  vocabularySize,
  criterion,
  leastCount,
}: MergeOptions): WordPieceTraining => ({ vocabularySize, criterion, leastCount });

/** The events of a training. */
export const mergeTraining = (
  learner: MergeLearner,
  texts: readonly string[],
  options: MergeOptions & { readonly signal?: AbortSignal },
): ReturnType<typeof trainWordPiece> => {
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  return learner === 'bpe'
    ? trainBytePairEncoding(texts, { ...bpeTraining(options), ...signal })
    : trainWordPiece(texts, { ...wordPieceTraining(options), ...signal });
};

/** A finished training: the file of its tokenizer, and its merges in their order. */
export interface LearnedVocabulary {
  readonly json: string;
  readonly merges: readonly Merge[];
}

interface TokenizerFile {
  readonly model: { readonly type: string; readonly vocab: Readonly<Record<string, number>> };
}

/** Ids from here on were made by merges: these ids are the last. */
const firstMerged = (size: number, merges: readonly Merge[]): number => {
  const made = new Set(merges.map(({ id }) => id));
  let first = size;
  while (made.has(first - 1)) first -= 1;
  return first;
};

/** Pairs that were merged; one that was merged again has the later place, as in the trainers. */
const pairsOf = (merges: readonly Merge[]): (readonly [left: string, right: string])[] => {
  const pairs = new Map<string, readonly [string, string]>();
  for (const { left, right } of merges) {
    const name = JSON.stringify([left, right]);
    pairs.delete(name);
    pairs.set(name, [left, right]);
  }
  return [...pairs.values()];
};

/** The tokenizer as it would be, had training ended after so many merges: the same file with a shorter vocabulary. */
export const tokenizerAfter = ({ json, merges }: LearnedVocabulary, count: number): Tokenizer => {
  const file = JSON.parse(json) as TokenizerFile; // our own writing
  const { vocab } = file.model;
  const done = merges.slice(0, count);
  const first = firstMerged(Object.keys(vocab).length, merges);
  const ids = new Set(done.map(({ id }) => id));
  const model = {
    ...file.model,
    vocab: Object.fromEntries(Object.entries(vocab).filter(([, id]) => id < first || ids.has(id))),
    ...(file.model.type === 'BPE' ? { merges: pairsOf(done) } : {}),
  };
  return readTokenizerJson(JSON.stringify({ ...file, model }));
};

/** A text as a tokenizer cuts it. */
export interface Segmentation {
  readonly tokens: readonly string[];
  /** [start, end) of each in the text, UTF-16. */
  readonly offsets: Int32Array;
  readonly ids: Int32Array;
  readonly decoded: string;
  readonly unknown: number;
}

/** Cuts a text, and puts it together again. */
export const segmentation = (tokenizer: Tokenizer, text: string): Segmentation => {
  const { tokens, offsets, ids } = tokenizer.encode(text, { addSpecialTokens: false });
  return {
    ...{ tokens: [...tokens], offsets, ids },
    decoded: tokenizer.decode(ids),
    unknown: ids.filter((id) => id === tokenizer.unknownId).length,
  };
};
