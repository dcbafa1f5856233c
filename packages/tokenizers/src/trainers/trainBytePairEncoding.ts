// Training of BPE, over bytes or characters.
import { byteCharacters } from '../byteAlphabet.ts';
import { checkMergeOptions, learnMerges, type MergeOptions } from './learnMerges.ts';
import { mergingTraining } from './mergingTraining.ts';
import type { Corpus } from './textFiles.ts';
import type { CountingEvent, MergingEvent, TrainedEvent } from './trainingEvents.ts';
import { checkOptions, idsByToken, refuseOption, trainedTokenizer } from './trainingOptions.ts';

/** How BPE is trained. */
export interface BytePairEncodingTraining extends MergeOptions {
  /**
   * What is merged: `'bytes'` (default), GPT-2's way, in which every text can be said, or `'characters'`, SentencePiece's way
   * with blanks. It decides what `stages`, `specialTokens` and `initialAlphabet` are by default: for bytes GPT-2's stages, no
   * special token and all bytes; for characters Metaspace, `['<unk>']` and none.
   */
  level?: 'bytes' | 'characters';
  /** What the characters of a word that are not its first begin with. Default `''`. */
  continuingSubwordPrefix?: string;
  /** What the last character of a word ends with. Default `''`. */
  endOfWordSuffix?: string;
  /** Whether the tokenizer makes one token of unknown characters in a row. Default false. */
  fuseUnknown?: boolean;
  /** Whether the tokenizer says unknown characters in byte tokens (`<0xE4>`), which have to be special tokens. Default false. */
  byteFallback?: boolean;
}

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };

/**
 * Trains BPE: the pair that stands most often is merged, until the vocabulary has `vocabularySize` tokens (30 000 by default)
 * (Sennrich et al. 2016, arXiv:1508.07909). Vocabulary and merges are those of `tokenizers` 0.23.3 with the same options, except
 * where those depend on chance: the order of marked characters, and which of equally rare characters `limitAlphabet` keeps.
 *
 * Time: proportional to the corpus, and to the number of its different words times their lengths.
 *
 * @example const tokenizer = await trained(trainBytePairEncoding(texts, { vocabularySize: 8000 }));
 */
export async function* trainBytePairEncoding(
  corpus: Corpus,
  options: BytePairEncodingTraining = {},
): AsyncGenerator<CountingEvent | MergingEvent | TrainedEvent, void> {
  const { level = 'bytes' } = options;
  if (level !== 'bytes' && level !== 'characters') refuseOption('level', level, "'bytes' or 'characters'");
  const bytes = level === 'bytes';
  const { specialTokens, vocabularySize, stages, unknownToken } = checkOptions(options, {
    vocabularySize: 30_000,
    specialTokens: bytes ? [] : ['<unk>'],
    stages: bytes
      ? { pre_tokenizer: byteLevel, decoder: byteLevel }
      : { pre_tokenizer: metaspace, decoder: metaspace },
  });
  const { continuingSubwordPrefix: prefix = '', endOfWordSuffix: suffix = '' } = options;
  const { initialAlphabet = bytes ? byteCharacters() : [] } = options;
  checkMergeOptions(options, { prefix, suffix });
  const learn = { ...options, specialTokens, vocabularySize, initialAlphabet, criterion: 'count' as const };
  yield* mergingTraining(
    { corpus, stages, signal: options.signal },
    (words) => learnMerges(words, learn, { prefix, suffix }),
    ({ tokens, merges }) =>
      trainedTokenizer(
        {
          type: 'BPE',
          ...{ dropout: null, unk_token: unknownToken ?? null },
          continuing_subword_prefix: prefix === '' ? null : prefix,
          end_of_word_suffix: suffix === '' ? null : suffix,
          ...{ fuse_unk: options.fuseUnknown ?? false, byte_fallback: options.byteFallback ?? false },
          ignore_merges: false,
          ...{ vocab: idsByToken(tokens), merges },
        },
        specialTokens,
        stages,
      ),
  );
}
