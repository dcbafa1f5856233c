// Training of word-level models: the most frequent words.
import { compareCodePoints } from '../compareCodePoints.ts';
import type { Corpus } from './textFiles.ts';
import type { CountingEvent, TrainedEvent } from './trainingEvents.ts';
import {
  checkOptions,
  idsByToken,
  integerOption,
  type TrainingOptions,
  trainedTokenizer,
} from './trainingOptions.ts';
import { countWords } from './wordCounts.ts';

/** How a word-level model is trained. */
export interface WordLevelTraining extends TrainingOptions {
  /** Words that come less often are left out. Default 0. */
  leastCount?: number;
}

/**
 * Takes the most frequent words, of equally frequent ones those that come first by code point; `vocabularySize` is 30 000 by
 * default, `specialTokens` are `['[UNK]']`, and the only default stage is the pre-tokenizer Whitespace
 * (`WordLevelTrainer` in tokenizers models/wordlevel/trainer.rs, 3ba8ad00).
 *
 * @example const tokenizer = await trained(trainWordLevel(texts, { vocabularySize: 8000 }));
 */
export async function* trainWordLevel(
  corpus: Corpus,
  options: WordLevelTraining = {},
): AsyncGenerator<CountingEvent | TrainedEvent, void> {
  const { specialTokens, vocabularySize, stages, unknownToken } = checkOptions(options, {
    vocabularySize: 30_000,
    specialTokens: ['[UNK]'],
    stages: { pre_tokenizer: { type: 'Whitespace' } },
  });
  const leastCount = integerOption('leastCount', options.leastCount, { otherwise: 0 });
  const counts = yield* countWords(corpus, stages, options.signal);
  const special = new Set(specialTokens);
  const words = [...counts]
    // Longer words no vocabulary may have.
    .filter(([word, count]) => count >= leastCount && word.length <= 1024 && !special.has(word))
    .sort((a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0]))
    .map(([word]) => word);
  const tokens = [...specialTokens, ...words].slice(0, Math.max(vocabularySize, specialTokens.length));
  const model = { type: 'WordLevel', vocab: idsByToken(tokens), unk_token: unknownToken ?? '[UNK]' };
  const tokenizer = trainedTokenizer(model, specialTokens, stages);
  const size = tokenizer.vocabularySize;
  yield { phase: 'trained', done: size, total: size, tokenizer };
}
