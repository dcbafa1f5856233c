// Teacher forcing: what the decoder is shown and what it is asked for, from the sequences that it should write.

import type { Tensor } from '@heed/tensor';
import { type IdBatch, idBatch } from './seq2seq.ts';

/** The ids that frame and fill sequences. */
export interface SpecialIds {
  readonly start: number;
  readonly end: number;
}

/** Label of places that do not count. As PyTorch's ignore_index. */
export const ignoredLabel = -100;

/**
 * From sequences without special ids: the decoder's input (start, then the ids) and labels (the ids, then end; `ignoredLabel` on
 * padding). With the input the model predicts each label from what stands before it, all in one pass.
 *
 * @example
 * const { input, labels } = teacherForcing([[5, 6], [7]], { start: 1, end: 2 });
 * // input [[1, 5, 6], [1, 7, 0]], labels [[5, 6, 2], [7, 2, -100]]
 */
export const teacherForcing = (
  rows: readonly (readonly number[])[],
  { start, end }: SpecialIds,
): { readonly input: IdBatch; readonly labels: Tensor<'int32'> } => ({
  input: idBatch(rows.map((row) => [start, ...row])),
  labels: idBatch(
    rows.map((row) => [...row, end]),
    ignoredLabel,
  ).ids,
});
