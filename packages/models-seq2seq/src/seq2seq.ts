// Seq2seq: the three verbs that generation needs of a model: encode the source, start, take a step.

import { Tensor } from '@heed/tensor';
import type { Pass } from '@heed/tensor/nn';

/** Sequences of ids, padded at the end to one length. */
export interface IdBatch {
  /** [batch, length] */
  readonly ids: Tensor<'int32'>;
  /** Real ids of each row; what follows them is padding, its ids do not matter. Default: all are real. */
  readonly lengths?: readonly number[] | undefined;
}

/** A model that writes one id after another, looking at a source. */
export interface Seq2seq<Memory, State> {
  /** What is kept of the source. */
  encode(source: IdBatch, pass?: Pass): Memory;
  /** The state before the first id. */
  start(memory: Memory): State;
  /** Takes the last ids [batch]; returns logits [batch, vocabulary] for the next ones. The state moves on. */
  step(ids: Tensor<'int32'>, state: State, pass?: Pass): Tensor;
}

/**
 * A batch from rows of different lengths, padded at the end.
 *
 * @example
 * idBatch([[5, 6, 7], [8]]); // ids int32[2, 3], lengths [3, 1]
 */
export const idBatch = (rows: readonly (readonly number[])[], padding = 0): IdBatch => {
  const length = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const data = new Int32Array(rows.length * length).fill(padding);
  for (const [index, row] of rows.entries()) data.set(row, index * length);
  return { ids: new Tensor('int32', [rows.length, length], data), lengths: rows.map((row) => row.length) };
};
