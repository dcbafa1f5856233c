// Training of WordPiece: merges of characters of which those inside a word carry a mark.
import { checkMergeOptions, learnMerges, type MergeOptions } from './learnMerges.ts';
import { mergingTraining } from './mergingTraining.ts';
import type { Corpus } from './textFiles.ts';
import type { CountingEvent, MergingEvent, TrainedEvent } from './trainingEvents.ts';
import {
  checkOptions,
  idsByToken,
  integerOption,
  refuseOption,
  trainedTokenizer,
} from './trainingOptions.ts';

/** How WordPiece is trained. */
export interface WordPieceTraining extends MergeOptions {
  /**
   * Which pair is merged next: the one with the largest `'count'` (default), as the trainer of `tokenizers` does, which is that
   * of BPE, or the one with the largest `'score'`, count(ab) / (count(a) · count(b)), as WordPiece was described. By score,
   * pairs of rare characters come first: set `leastCount`.
   */
  criterion?: 'count' | 'score';
  /** What the characters of a word that are not its first begin with. Default `'##'`. */
  continuingSubwordPrefix?: string;
  /** What the last character of a word ends with. Default `''`. */
  endOfWordSuffix?: string;
  /** Longer words, in characters, are unknown to the tokenizer. Default 100. */
  longestWord?: number;
}

const bertTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/**
 * Trains WordPiece (Schuster and Nakajima 2012). By count, vocabularies are those of the `WordPieceTrainer` of `tokenizers`
 * 0.23.3, but for the order of the marked characters, which is chance there: in `firstTokens` an order can be given, and the rest
 * is equal then. By score the criterion is the gain in likelihood; `tokenizers` has no such trainer.
 *
 * Default stages: BERT's, uncased, with `[CLS]` and `[SEP]` around a text if these are special tokens. Default
 * `specialTokens`: `['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']`; `vocabularySize`: 30 000.
 *
 * Time: as `trainBytePairEncoding`; by score each merge looks at all pairs.
 *
 * @example const tokenizer = await trained(trainWordPiece(texts, { vocabularySize: 8000 }));
 */
export async function* trainWordPiece(
  corpus: Corpus,
  options: WordPieceTraining = {},
): AsyncGenerator<CountingEvent | MergingEvent | TrainedEvent, void> {
  const {
    criterion = 'count',
    continuingSubwordPrefix: prefix = '##',
    endOfWordSuffix: suffix = '',
  } = options;
  if (criterion !== 'count' && criterion !== 'score')
    refuseOption('criterion', criterion, "'count' or 'score'");
  const { specialTokens, vocabularySize, stages, unknownToken } = checkOptions(options, {
    vocabularySize: 30_000,
    specialTokens: bertTokens,
    stages: bertStages(options.specialTokens ?? bertTokens, prefix),
  });
  checkMergeOptions(options, { prefix, suffix });
  const longestWord = integerOption('longestWord', options.longestWord, { otherwise: 100 });
  const learn = { ...options, specialTokens, vocabularySize, criterion };
  yield* mergingTraining(
    { corpus, stages, signal: options.signal },
    (words) => learnMerges(words, learn, { prefix, suffix }),
    ({ tokens }) =>
      trainedTokenizer(
        {
          type: 'WordPiece',
          ...{ unk_token: unknownToken ?? '[UNK]', continuing_subword_prefix: prefix },
          ...{ max_input_chars_per_word: longestWord, vocab: idsByToken(tokens) },
        },
        specialTokens,
        stages,
      ),
  );
}

function bertStages(specialTokens: readonly string[], prefix: string): Record<string, unknown> {
  const [cls, sep] = [specialTokens.indexOf('[CLS]'), specialTokens.indexOf('[SEP]')];
  return {
    normalizer: {
      ...{ type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true },
      ...{ strip_accents: null, lowercase: true },
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor:
      cls < 0 || sep < 0 ? null : { type: 'BertProcessing', sep: ['[SEP]', sep], cls: ['[CLS]', cls] },
    decoder: { type: 'WordPiece', prefix, cleanup: true },
  };
}
