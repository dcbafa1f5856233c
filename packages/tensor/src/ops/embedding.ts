// embedding: rows of a table by id, one row of which may stand for padding.

import { detach } from '../detach.ts';
import type { Tensor } from '../tensor.ts';
import { reshape } from './arrange.ts';
import { equal, where } from './compare.ts';
import { gather } from './gather.ts';

/** Options of `embedding`. */
export interface EmbeddingLookup {
  /** An id whose row is read as any other, but gets no gradient. Default: none. */
  readonly paddingIndex?: number;
}

/**
 * table [vocabulary, width], ids int32 [...] → [..., width]. An id outside the table is a RangeError. `gather` is the same without
 * padding, for tables of any rank.
 *
 * @example
 * embedding(tensor([[1, 2], [3, 4]]), integers([1])).toArray(); //=> [[3, 4]]
 */
export const embedding = (
  table: Tensor,
  ids: Tensor<'int32'>,
  { paddingIndex }: EmbeddingLookup = {},
): Tensor => {
  const rows = gather(table, ids);
  if (paddingIndex === undefined || !rows.requiresGradient) return rows;
  const padding = reshape(equal(ids, paddingIndex), [...ids.shape, ...table.shape.slice(1).map(() => 1)]);
  return where(padding, detach(rows), rows);
};
