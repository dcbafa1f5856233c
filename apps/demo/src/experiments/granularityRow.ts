// One granularity on a corpus: a vocabulary from its training part, numbers from its other part. A row of the table of the notes' 3.1.

import {
  characterTokenizer,
  type Report,
  report,
  type Tokenizer,
  trainBytePairEncoding,
  trained,
  trainUnigram,
  trainWordPiece,
  wordTokenizer,
} from '@heed/tokenizers';

/** From the finest to the coarsest, subwords between. */
export const granularities = ['characters', 'bytes', 'bpe', 'wordPiece', 'unigram', 'words'] as const;
/** One of them. */
export type Granularity = (typeof granularities)[number];

/** A corpus in two parts that share no line. */
export interface GranularityCorpus {
  readonly train: readonly string[];
  readonly test: readonly string[];
}

/** What one granularity makes of it. */
export interface GranularityRow {
  readonly granularity: Granularity;
  readonly vocabulary: number;
  readonly report: Report;
  /** Of training. */
  readonly milliseconds: number;
}

/** Letters as they are, as all other rows read them: BERT's stages for cased models. */
export const casedStages = {
  normalizer: {
    ...{ type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true },
    ...{ strip_accents: false, lowercase: false },
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
};

/** Makes a tokenizer of a granularity; vocabularies reach the size if the corpus gives as much. */
export const granularityTokenizer = async (
  granularity: Granularity,
  texts: readonly string[],
  { vocabularySize, signal }: { readonly vocabularySize: number; readonly signal?: AbortSignal },
): Promise<Tokenizer> => {
  const options = { vocabularySize, ...(signal === undefined ? {} : { signal }) };
  switch (granularity) {
    case 'characters':
      return characterTokenizer(texts, { vocabularySize });
    case 'words':
      return wordTokenizer(texts, { vocabularySize });
    case 'bytes':
      return trained(trainBytePairEncoding(texts, options));
    case 'bpe':
      return trained(trainBytePairEncoding(texts, { ...options, level: 'characters' }));
    case 'wordPiece':
      return trained(trainWordPiece(texts, { ...options, stages: casedStages }));
    case 'unigram':
      return trained(trainUnigram(texts, { ...options, vocabularySize: roomFor(texts, vocabularySize) }));
    default:
      return granularity satisfies never;
  }
};

/** Unigram keeps every character: with more of them than the size, its vocabulary is larger. */
const roomFor = (texts: readonly string[], size: number): number => {
  const characters = new Set<string>(['<unk>', '▁']);
  for (const text of texts) for (const character of text.normalize('NFKC')) characters.add(character);
  return Math.max(size, characters.size);
};

/** A row of the table. */
export const granularityRow = async (
  granularity: Granularity,
  corpus: GranularityCorpus,
  options: { readonly vocabularySize: number; readonly signal?: AbortSignal },
): Promise<GranularityRow> => {
  const begin = performance.now();
  const tokenizer = await granularityTokenizer(granularity, corpus.train, options);
  const milliseconds = performance.now() - begin;
  return {
    ...{ granularity, milliseconds },
    vocabulary: tokenizer.vocabularySize,
    report: report(tokenizer, corpus.test),
  };
};

/** A text with blanks between its words, where its script has none: as the platform's own segmenter finds them. */
export const withBlanks = (text: string, language: string): string =>
  Array.from(
    new Intl.Segmenter(language, { granularity: 'word' }).segment(text),
    ({ segment }) => segment,
  ).join(' ');
