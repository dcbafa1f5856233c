// Bias: what is added to the scaled scores. A tensor, or a table by the distance of key from query, which is O(distances) numbers, is read
// tile by tile and has a gradient. Not a mask, though −∞ hides.

import { ShapeError, Tensor } from '@heed/tensor';

/** A bias that depends on the distance j − p of key j from the position p = i + keys − queries of query i, and on the head; or on the query too. */
export interface ByDistance {
  readonly kind: 'byDistance';
  /**
   * [heads or 1, distances], or of each query [batch or 1, heads or 1, queries, distances]: column c belongs to distance first + c; farther distances
   * take the first or last column.
   */
  readonly table: Tensor;
  /** Distance of the first column. */
  readonly first: number;
}

/** A tensor broadcastable to [batch, heads, queries, keys], or a table by distance. */
export type Bias = Tensor | ByDistance;

/** Sizes that a bias is read for. */
export interface BiasSizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}

/**
 * A bias from a table [heads or 1, distances] by the distance of key from query: column c is distance `first` + c, and what is farther takes
 * the outermost column. A table [batch or 1, heads or 1, queries, distances] says it for each query. `first` is by default −(distances − 1) / 2,
 * distance 0 in the middle. Differentiable in the table, in every kernel; no [queries, keys] matrix is stored.
 *
 * @example
 * attention(q, k, v, { bias: byDistance(tensor([[-2, -1, 0, -1, -2]])) }); // farther keys count less
 */
export const byDistance = (table: Tensor, options: { readonly first?: number } = {}): ByDistance => {
  const distances = table.shape.at(-1) ?? 0;
  const first = options.first ?? (1 - distances) / 2;
  if ((table.rank !== 2 && table.rank !== 4) || distances === 0)
    throw new ShapeError(
      `byDistance: table ${table}; expected [heads or 1, distances] or [batch or 1, heads or 1, queries, distances], one distance at least.`,
    );
  if (!Number.isInteger(first))
    throw new RangeError(
      `byDistance: ${distances} distances from ${first}; expected an odd number of them, or the integer \`first\`.`,
    );
  return { kind: 'byDistance', table, first };
};

/** The tensor of a bias that gradients go to. */
export const biasTensor = (bias: Bias): Tensor => (bias instanceof Tensor ? bias : bias.table);

/** Extents of a table as [batch, heads, queries, distances], 1 where all are alike. */
export const extentsOf = ({ shape }: Tensor): readonly [number, number, number, number] =>
  (shape.length === 2 ? [1, shape[0], 1, shape[1]] : shape) as [number, number, number, number]; // rank 2 or 4 by byDistance

/** Throws a clear error where a bias does not fit the sizes. */
export const checkBias = (bias: Bias, { batch, heads, queries, keys }: BiasSizes): void => {
  if (!(bias instanceof Tensor)) {
    const [batches, tables, rows] = extentsOf(bias.table);
    const fits =
      (batches === 1 || batches === batch) &&
      (tables === 1 || tables === heads) &&
      (bias.table.rank === 2 || rows === queries);
    if (!fits)
      throw new ShapeError(
        `attention: bias byDistance of ${bias.table} for ${batch} batches, ${heads} heads and ${queries} queries; expected a table of [${heads} or 1, distances] or [${batch} or 1, ${heads} or 1, ${queries}, distances].`,
      );
    return;
  }
  const full = [batch, heads, queries, keys];
  const fits = bias.shape.every((extent, axis) => extent === 1 || extent === full[4 - bias.rank + axis]);
  if (bias.rank > 4 || !fits)
    throw new ShapeError(
      `attention: bias ${bias} does not broadcast to [batch, heads, queries, keys] = [${full.join(', ')}].`,
    );
};
