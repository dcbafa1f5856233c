// standardTraffic: the steps of attention that stores its [queries, keys] matrices. Each is a kernel of its own that reads its operands from main memory
// once and writes its result once. Dao 2022 (arXiv:2205.14135), algorithms 0 and 3.

import type { TrafficSizes, TrafficStep } from './traffic.ts';

/** Elements of the tensors of a problem, over all batches and heads. */
export interface TensorElements {
  readonly scores: number;
  readonly query: number;
  readonly key: number;
  readonly value: number;
  readonly output: number;
  /** Running maxima or sums: one a row. */
  readonly rows: number;
}

/** Counts them. */
export const elementsOf = ({
  batch,
  heads,
  kvHeads,
  queries,
  keys,
  depth,
  valueDepth,
}: TrafficSizes): TensorElements => ({
  scores: batch * heads * queries * keys,
  query: batch * heads * queries * depth,
  key: batch * kvHeads * keys * depth,
  value: batch * kvHeads * keys * valueDepth,
  output: batch * heads * queries * valueDepth,
  rows: batch * heads * queries,
});

/**
 * On-chip elements of a product [m, k] · [k, n] in tiles, of `volume` = m · k · n over all heads: a tile of r × c results reads (r + c) · k and is
 * written once. Each operand is read once for every tile of the other's axis.
 */
export const productElements = (volume: number, [r, c]: readonly [number, number], written: number): number =>
  volume / r + volume / c + written;

/** Forward and backward steps of standard attention. */
export const standardPasses = (
  sizes: TrafficSizes,
): { readonly forward: readonly TrafficStep[]; readonly backward: readonly TrafficStep[] } => {
  const { scores: s, query, key, value, output } = elementsOf(sizes);
  const { bytesPerElement: bytes, depth, valueDepth, blockKeys, blockQueries } = sizes;
  const [rows, columns] = [Math.min(blockQueries, sizes.queries), Math.min(blockKeys, sizes.keys)];
  const product = (
    name: string,
    moved: number,
    { volume, tile, written }: { volume: number; tile: readonly [number, number]; written: number },
  ): TrafficStep => ({
    name,
    mainBytes: moved * bytes,
    onChipBytes: productElements(volume, tile, written) * bytes,
    productFlops: 2 * volume,
    elementFlops: 0,
  });
  /** Passes over the scores, and operations and further bytes for each of them. */
  const element = (name: string, passes: number, operations: number, extraBytes = 0): TrafficStep => ({
    name,
    mainBytes: s * (passes * bytes + extraBytes),
    onChipBytes: s * (passes * bytes + extraBytes),
    productFlops: 0,
    elementFlops: s * operations,
  });
  // A dropout mask has a byte a weight: written forward, read backward. max, subtract, exp, sum, divide; multiply, sum, subtract, multiply.
  const dropout = sizes.dropout ? [element('dropout', 2, 2, 1)] : [];
  return {
    forward: [
      product('scores', query + key + s, { volume: s * depth, tile: [rows, columns], written: s }),
      ...(sizes.mask ? [element('mask', 2, 1)] : []),
      element('softmax', 2, 5),
      ...dropout,
      product('output', s + value + output, {
        volume: s * valueDepth,
        tile: [rows, valueDepth],
        written: output,
      }),
    ],
    backward: [
      product('value gradient', s + output + value, {
        volume: s * valueDepth,
        tile: [columns, valueDepth],
        written: value,
      }),
      product('weight gradient', output + value + s, {
        volume: s * valueDepth,
        tile: [rows, columns],
        written: s,
      }),
      ...dropout,
      element('softmax', 3, 4),
      product('query gradient', s + key + query, { volume: s * depth, tile: [rows, depth], written: query }),
      product('key gradient', s + query + key, { volume: s * depth, tile: [columns, depth], written: key }),
    ],
  };
};
