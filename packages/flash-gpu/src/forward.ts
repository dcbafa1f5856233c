// The forward pass: the host walks the tiles, gpu.js computes each. Queries outside, keys inside, empty tiles not visited.
// Dao 2023 (arXiv:2307.08691), algorithm 1.

import { type AttentionRequest, type RequestSizes, sizesOf } from '@heed/attention';
import { hidden, powersOfTwo, type TileSizes } from './codegen/forward.ts';
import { operand } from './compat.ts';
import { coverageOf, packKeys, packMask, packQueries, type TileRange } from './layout.ts';
import type { TileKernelCache, TileKernels } from './tileKernels.ts';

/** Most query rows and keys a tile. */
export interface TileLimits {
  readonly queries: number;
  readonly keys: number;
}

/** Output [batch, heads, queries, valueDepth] and log-sum-exp [batch, heads, queries], flat. */
export interface ForwardResult {
  readonly output: Float32Array;
  readonly logSumExp: Float32Array;
}

/** (batch, key head) pairs computed at once: bounds the scratch memory. */
const pairsAtOnce = 8;

const toFour = (n: number): number => 4 * Math.ceil(n / 4);

/** Running maxima and sums of a block of rows. */
interface RowState {
  maxima: Float32Array;
  sums: Float32Array;
}

const visit = (
  kernels: TileKernels,
  request: AttentionRequest,
  sizes: RequestSizes,
  {
    range,
    tile,
    queries,
    state,
  }: { range: TileRange; tile: TileSizes; queries: Float32Array; state: RowState },
): void => {
  const pairs = range.pairs[1] - range.pairs[0];
  const seen = coverageOf(request, sizes, range, tile.keys);
  if (seen === 0) return;
  const { rows, keys, columns, depth } = tile;
  const common = { padded: keys };
  const k = operand(
    packKeys(request.key.data, sizes.keys, range, { ...common, width: depth, columns: depth, ones: false }),
    [depth, keys, pairs],
  );
  const v = operand(
    packKeys(request.value.data, sizes.keys, range, {
      ...common,
      width: sizes.valueDepth,
      columns,
      ones: true,
    }),
    [columns, keys, pairs],
  );
  const q = operand(queries, [rows, depth, pairs]);
  const byRow = (data: Float32Array) => operand(data, [rows, pairs]);
  const scores =
    seen === 2
      ? kernels.scores.run(q, k)
      : kernels.maskedScores.run(q, k, operand(packMask(request, sizes, range, tile), [rows, keys, pairs]));
  const s = operand(scores, [4 * rows, keys / 4, pairs]);
  const maxima = kernels.maxima.run(s, byRow(state.maxima));
  const powers = operand(powersOfTwo, [powersOfTwo.length]);
  const weights = kernels.weights.run(s, byRow(maxima), powers);
  const w = operand(weights, [4 * rows, keys / 4, pairs]);
  const old = operand(state.sums, [4 * rows, columns / 4, pairs]);
  state.sums = kernels.values.run(w, v, old, byRow(state.maxima), byRow(maxima), powers);
  state.maxima = maxima;
};

/** Divides by the sum of the weights and writes rows to their places. */
const finish = (
  state: RowState,
  sizes: RequestSizes,
  { range, tile }: { range: TileRange; tile: TileSizes },
  result: ForwardResult,
): void => {
  const { heads, kvHeads, queries, valueDepth } = sizes;
  const stacked = (heads / kvHeads) * queries;
  const at = (pair: number, column: number, row: number): number =>
    state.sums[
      ((pair * (tile.columns / 4) + Math.floor(column / 4)) * tile.rows + row) * 4 + (column % 4)
    ] as number; // inside by the layout
  for (let pair = range.pairs[0]; pair < range.pairs[1]; pair++)
    for (let row = range.rows[0]; row < range.rows[1]; row++) {
      const [p, r] = [pair - range.pairs[0], row - range.rows[0]];
      const sum = at(p, tile.columns - 4, r);
      const target = pair * stacked + row;
      result.logSumExp[target] =
        sum > 0
          ? ((state.maxima[p * tile.rows + r] as number) + Math.log2(sum)) * Math.LN2
          : Number.NEGATIVE_INFINITY; // inside by the layout
      for (let d = 0; d < valueDepth && sum > 0; d++)
        result.output[target * valueDepth + d] = at(p, d, r) / sum;
    }
};

/** Computes a request without bias and dropout. */
export const forward = (
  request: AttentionRequest,
  cache: TileKernelCache,
  limits: TileLimits,
): ForwardResult => {
  const sizes = sizesOf(request);
  const { batch, heads, kvHeads, queries, keys, depth, valueDepth } = sizes;
  const result = {
    output: new Float32Array(batch * heads * queries * valueDepth),
    logSumExp: new Float32Array(batch * heads * queries).fill(Number.NEGATIVE_INFINITY),
  };
  if (result.output.length === 0 || keys === 0) return result;
  const stacked = (heads / kvHeads) * queries;
  const tile = {
    rows: Math.min(limits.queries, toFour(stacked)),
    keys: Math.min(limits.keys, toFour(keys)),
    depth,
    columns: toFour(valueDepth) + 4,
  };
  const scale = request.scale * Math.LOG2E;
  for (let pair = 0; pair < batch * kvHeads; pair += pairsAtOnce) {
    const pairs = [pair, Math.min(batch * kvHeads, pair + pairsAtOnce)] as const;
    const kernels = cache.get(tile, pairs[1] - pairs[0]);
    for (let row = 0; row < stacked; row += tile.rows) {
      const rows = [row, Math.min(stacked, row + tile.rows)] as const;
      const state = {
        maxima: new Float32Array((pairs[1] - pairs[0]) * tile.rows).fill(hidden),
        sums: new Float32Array((pairs[1] - pairs[0]) * tile.rows * tile.columns),
      };
      const packed = packQueries(
        request.query.data,
        sizes,
        { pairs, rows, keys: [0, 0] },
        { padded: tile.rows, scale },
      );
      for (let key = 0; key < keys; key += tile.keys) {
        const range = { pairs, rows, keys: [key, Math.min(keys, key + tile.keys)] as const };
        visit(kernels, request, sizes, { range, tile, queries: packed, state });
      }
      finish(state, sizes, { range: { pairs, rows, keys: [0, keys] }, tile }, result);
    }
  }
  return result;
};
