// What a training tells while it runs, and how to wait for its end.
import type { Tokenizer } from '../tokenizer.ts';
import { TokenizerError } from '../tokenizerError.ts';

/** Two tokens that became one. */
export interface Merge {
  readonly left: string;
  readonly right: string;
  /** The token that they make, and its id. */
  readonly token: string;
  readonly id: number;
  /** How often the two stand side by side in the corpus. */
  readonly count: number;
  /** count / (how often `left` stands · how often `right` stands). */
  readonly score: number;
}

/** The corpus is being read: `done` texts so far, with `words` different pieces. */
export interface CountingEvent {
  readonly phase: 'counting';
  readonly done: number;
  readonly total: undefined;
  readonly words: number;
}

/** BPE and WordPiece: a merge was made, the `done`-th of at most `total`. */
export interface MergingEvent {
  readonly phase: 'merging';
  readonly done: number;
  readonly total: number;
  readonly merge: Merge;
}

/** Unigram: the `done`-th step of fitting is over; `total` is how many are expected, prunings between them included. */
export interface FittingEvent {
  readonly phase: 'fitting';
  readonly done: number;
  readonly total: number;
  /** How many pieces are left, the unknown one included. */
  readonly pieces: number;
  /** Mean negative log-likelihood of a word before the step, in nats. */
  readonly loss: number;
}

/** The end: the tokenizer, ready to use. `done` and `total` are the size of its vocabulary. */
export interface TrainedEvent {
  readonly phase: 'trained';
  readonly done: number;
  readonly total: number;
  readonly tokenizer: Tokenizer;
}

/** What a training tells. The last event is a `TrainedEvent`. */
export type TrainingEvent = CountingEvent | MergingEvent | FittingEvent | TrainedEvent;

/**
 * Runs a training to its end. To watch it, walk over its events instead; leaving that loop ends the training.
 *
 * @example const tokenizer = await trained(trainWordPiece(texts, { vocabularySize: 8000 }));
 */
export async function trained(training: AsyncIterable<TrainingEvent>): Promise<Tokenizer> {
  for await (const event of training) if (event.phase === 'trained') return event.tokenizer;
  throw new TokenizerError(
    'trained',
    'a training was given that has ended already; expected a new one. Call the trainer again.',
  );
}
