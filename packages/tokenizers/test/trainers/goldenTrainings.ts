// Trainings of the original, as the golden files say them, and their results.
import { byteCharacters } from '../../src/byteAlphabet.ts';
import {
  type TrainingEvent,
  trainBytePairEncoding,
  trainUnigram,
  trainWordLevel,
  trainWordPiece,
} from '../../src/index.ts';

/** A training of the original and what came of it. */
export interface GoldenTraining {
  name: string;
  setting: {
    kind: 'BPE' | 'WordPiece' | 'WordLevel' | 'Unigram';
    tr: Record<string, unknown>;
    model: Record<string, unknown>;
    n: number | null;
  };
  initial_tokens?: number;
  tokenizer: {
    normalizer: unknown;
    pre_tokenizer: unknown;
    decoder: unknown;
    model: { vocab: Record<string, number> | [string, number][]; merges?: [string, string][] };
  };
  encode: { text: string; ids?: number[]; tokens?: string[]; error?: string }[];
}

// The original's names of the options, and ours.
const names: Readonly<Record<string, string>> = {
  vocab_size: 'vocabularySize',
  min_frequency: 'leastCount',
  special_tokens: 'specialTokens',
  limit_alphabet: 'limitAlphabet',
  initial_alphabet: 'initialAlphabet',
  continuing_subword_prefix: 'continuingSubwordPrefix',
  end_of_word_suffix: 'endOfWordSuffix',
  max_token_length: 'maxTokenLength',
  unk_token: 'unknownToken',
  byte_fallback: 'byteFallback',
  fuse_unk: 'fuseUnknown',
  max_piece_length: 'maxPieceLength',
  n_sub_iterations: 'subIterations',
  shrinking_factor: 'shrinkingFactor',
};

/** The tokens of a golden vocabulary, by id. */
export function tokensOf({ tokenizer }: GoldenTraining): string[] {
  const { vocab } = tokenizer.model;
  if (Array.isArray(vocab)) return vocab.map(([token]) => token);
  return Object.entries(vocab)
    .sort((a, b) => a[1] - b[1])
    .map(([token]) => token);
}

/** Runs the same training. `ordered`: with the tokens that come first by chance given. */
export function rerun(
  golden: GoldenTraining,
  lines: readonly string[],
  ordered = false,
): AsyncIterable<TrainingEvent> {
  const { setting, tokenizer } = golden;
  const options: Record<string, unknown> = {
    stages: tokenizer,
    specialTokens: [],
    initialAlphabet: [],
  };
  for (const [name, value] of Object.entries({ ...setting.model, ...setting.tr })) {
    const own = names[name];
    if (own === undefined) throw new Error(`${golden.name}: unknown option ${name}`);
    options[own] = value === '@bytes' ? byteCharacters() : value;
  }
  if (ordered) {
    options.firstTokens = tokensOf(golden).slice(0, golden.initial_tokens);
    options.limitAlphabet = 0;
    options.initialAlphabet = [];
  }
  const corpus = lines.slice(0, setting.n ?? lines.length);
  switch (setting.kind) {
    case 'BPE':
      return trainBytePairEncoding(corpus, options);
    case 'WordPiece':
      return trainWordPiece(corpus, options);
    case 'WordLevel':
      return trainWordLevel(corpus, options);
    case 'Unigram':
      return trainUnigram(corpus, options);
  }
}
