// A bias part by part: what some queries and keys add to their scores, as an operation with a derivative; and one number of it.

import { allocate, defineOp, slice, Tensor } from '@heed/tensor';
import { type Bias, type BiasSizes, type ByDistance, extentsOf } from './bias.ts';

/** Ranges [start, end) of queries and keys. */
export interface BiasPart {
  readonly queries: readonly [number, number];
  readonly keys: readonly [number, number];
}

interface DistanceOptions {
  readonly first: number;
  /** Query 0 of the part. */
  readonly query: number;
  /** Distance of key 0 of the part from query 0 of the part. */
  readonly corner: number;
  readonly rows: number;
  readonly columns: number;
}

/** Column of the table for query row i and key j of a part: the distance, held between the outermost columns. */
const columnOf = ({ first, corner }: DistanceOptions, last: number, i: number, j: number): number =>
  Math.min(last, Math.max(0, corner + j - i - first));

/** Where the row of the table for a batch, head and query row of a part begins. */
const rowOf = (
  table: Tensor,
  { query }: DistanceOptions,
  [b, head, i]: readonly [number, number, number],
): number => {
  const [batches, heads, queries, distances] = extentsOf(table);
  const group = (batches === 1 ? 0 : b) * heads + (heads === 1 ? 0 : head);
  return (group * queries + (queries === 1 ? 0 : query + i)) * distances;
};

/** Adds gradients [batch, heads, rows, columns] of scores to the sums of the table's gradient. */
const scatter = (gradient: Tensor, sums: Float64Array, table: Tensor, options: DistanceOptions): void => {
  const { rows, columns } = options;
  const last = (table.shape.at(-1) as number) - 1; // rank 2 or 4
  const [batches, heads] = gradient.shape as [number, number]; // rank 4
  let index = 0;
  for (let b = 0; b < batches; b++)
    for (let head = 0; head < heads; head++)
      for (let i = 0; i < rows; i++) {
        const start = rowOf(table, options, [b, head, i]);
        for (let j = 0; j < columns; j++) {
          const at = start + columnOf(options, last, i, j);
          sums[at] = (sums[at] as number) + (gradient.data[index++] as number); // inside by the shapes
        }
      }
};

const distancePart = defineOp<readonly [Tensor], DistanceOptions>({
  name: 'byDistance',
  forward: ([table], options) => {
    const { rows, columns } = options;
    const [batches, heads, , distances] = extentsOf(table);
    const data = allocate(batches * heads * rows * columns);
    const from = table.data;
    let index = 0;
    for (let b = 0; b < batches; b++)
      for (let head = 0; head < heads; head++)
        for (let i = 0; i < rows; i++) {
          const start = rowOf(table, options, [b, head, i]);
          for (let j = 0; j < columns; j++)
            data[index++] = from[start + columnOf(options, distances - 1, i, j)] as number; // held inside
        }
    return { shape: [batches, heads, rows, columns], data };
  },
  backward: (gradient, { inputs: [table], options }) => {
    const sums = new Float64Array(table.size);
    scatter(gradient, sums, table, options);
    return [new Tensor('float32', table.shape, Float32Array.from(sums))];
  },
});

const distanceOptions = ({ first }: ByDistance, part: BiasPart, sizes: BiasSizes): DistanceOptions => ({
  first,
  query: part.queries[0],
  corner: part.keys[0] - (part.queries[0] + sizes.keys - sizes.queries),
  rows: part.queries[1] - part.queries[0],
  columns: part.keys[1] - part.keys[0],
});

/** A range of an axis of a tensor that may be broadcast along it. */
const cut = (x: Tensor, axisFromEnd: number, [start, end]: readonly [number, number]): Tensor => {
  const axis = x.rank - axisFromEnd;
  return axis < 0 || x.shape[axis] === 1 || (start === 0 && end === x.shape[axis])
    ? x
    : slice(x, axis, start, end);
};

/** A part of a bias, broadcastable to [batch, heads, queries, keys] of the part. Differentiable. */
export const biasPart = (bias: Bias, part: BiasPart, sizes: BiasSizes): Tensor =>
  bias instanceof Tensor
    ? cut(cut(bias, 2, part.queries), 1, part.keys)
    : distancePart([bias.table], distanceOptions(bias, part, sizes));

/** One number of a bias: for references. */
export const biasAt = (
  bias: Bias,
  place: { readonly batch: number; readonly head: number; readonly query: number; readonly key: number },
  sizes: BiasSizes,
): number => {
  const { batch, head, query, key } = place;
  if (!(bias instanceof Tensor)) {
    const options = distanceOptions(bias, { queries: [query, query + 1], keys: [key, key + 1] }, sizes);
    const last = (bias.table.shape.at(-1) as number) - 1; // rank 2 or 4
    return bias.table.data[
      rowOf(bias.table, options, [batch, head, 0]) + columnOf(options, last, 0, 0)
    ] as number; // held inside
  }
  const full = [batch, head, query, key];
  let index = 0;
  for (const [axis, extent] of bias.shape.entries())
    index = index * extent + (extent === 1 ? 0 : (full[4 - bias.rank + axis] as number)); // rank ≤ 4
  return bias.data[index] as number; // inside by broadcasting
};
