// The course of a training by merges: count, merge, make the tokenizer.
import type { Tokenizer } from '../tokenizer.ts';
import type { LearnedMerges } from './learnMerges.ts';
import { pause } from './pause.ts';
import type { Corpus } from './textFiles.ts';
import type { CountingEvent, MergingEvent, TrainedEvent } from './trainingEvents.ts';
import type { TrainingStages } from './trainingOptions.ts';
import { countWords, type WordCounts } from './wordCounts.ts';

// Merges between two pauses.
const mergesAPause = 500;

/** Counts the words of a corpus, lets `learn` merge, and ends with the tokenizer that `make` makes of it. */
export async function* mergingTraining(
  source: { corpus: Corpus; stages: TrainingStages; signal: AbortSignal | undefined },
  learn: (words: WordCounts) => Generator<MergingEvent, LearnedMerges>,
  make: (learned: LearnedMerges) => Tokenizer,
): AsyncGenerator<CountingEvent | MergingEvent | TrainedEvent, void> {
  const { corpus, stages, signal } = source;
  const learning = learn(yield* countWords(corpus, stages, signal));
  for (;;) {
    const step = learning.next();
    signal?.throwIfAborted();
    if (step.done === true) {
      const tokenizer = make(step.value);
      const size = tokenizer.vocabularySize;
      yield { phase: 'trained', done: size, total: size, tokenizer };
      return;
    }
    yield step.value;
    if (step.value.done % mergesAPause === 0) await pause();
  }
}
