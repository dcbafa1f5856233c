// generate: an async generator that writes a sequence id by id; leaving its loop stops it.

import { noGrad, Tensor } from '@heed/tensor';
import type { Pass } from '@heed/tensor/nn';
import { greedy, type Strategy } from './greedy.ts';
import type { IdBatch, Seq2seq } from './seq2seq.ts';
import type { SpecialIds } from './teacherForcing.ts';

/** How to write. */
export interface GenerateOptions extends SpecialIds {
  /** Most ids a row, the end not counted. */
  readonly maxLength: number;
  /** Default: greedy(). */
  readonly strategy?: Strategy;
  /** Goes with every step, for observers. */
  readonly pass?: Pass;
  readonly signal?: AbortSignal;
}

/** One step of writing. */
export interface GenerateEvent {
  /** The id of each row; undefined where the row has ended. */
  readonly ids: readonly (number | undefined)[];
  /** All ids of each row so far. */
  readonly sequences: readonly (readonly number[])[];
  readonly done: boolean;
}

const check = ({ maxLength }: GenerateOptions): void => {
  if (!Number.isInteger(maxLength) || maxLength < 0)
    throw new RangeError(`generate: maxLength ${maxLength}; expected an integer from 0.`);
};

/** The steps, synchronous; `generate` and `generateAll` are two ways to walk them. */
function* steps<Memory, State>(
  model: Seq2seq<Memory, State>,
  source: IdBatch,
  options: GenerateOptions,
): Generator<GenerateEvent> {
  check(options);
  const { start, end, maxLength, strategy = greedy(), pass = {}, signal } = options;
  const rows = source.ids.shape[0] as number; // rank 2
  const sequences = Array.from({ length: rows }, (): number[] => []);
  const ended = new Array<boolean>(rows).fill(false);
  const state = noGrad(() => model.start(model.encode(source, pass)));
  let last = new Int32Array(rows).fill(start);
  for (let length = 0; length <= maxLength; length++) {
    signal?.throwIfAborted();
    const input = new Tensor('int32', [rows], last);
    last = noGrad(() => strategy(model.step(input, state, pass))).data.slice();
    const ids = Array.from(last, (id, row) => {
      if (ended[row] || id === end || length === maxLength) {
        ended[row] = true;
        return undefined;
      }
      sequences[row]?.push(id);
      return id;
    });
    const done = ended.every(Boolean);
    yield { ids, sequences: sequences.map((sequence) => [...sequence]), done };
    if (done) return;
  }
}

/**
 * Writes one id a row and step, until every row has ended or is `maxLength` long. Each event holds the new ids; leaving the loop stops.
 * Between steps other tasks of the thread can run.
 *
 * @example
 * for await (const { ids } of generate(model, source, { start: 1, end: 2, maxLength: 20 })) show(ids);
 */
export async function* generate<Memory, State>(
  model: Seq2seq<Memory, State>,
  source: IdBatch,
  options: GenerateOptions,
): AsyncGenerator<GenerateEvent> {
  for (const event of steps(model, source, options)) {
    yield event;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** All sequences at once, without the end id; one a row of the source. */
export const generateAll = <Memory, State>(
  model: Seq2seq<Memory, State>,
  source: IdBatch,
  options: GenerateOptions,
): number[][] => {
  let sequences: readonly (readonly number[])[] = [];
  for (const event of steps(model, source, options)) sequences = event.sequences;
  return sequences.map((sequence) => [...sequence]);
};
