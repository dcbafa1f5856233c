// What a tile of FlashAttention moves, forward, counted as the library's `traffic` counts whole passes: float32, one head. Summed over the
// tiles of the order by keys it gives `traffic`'s totals; the order by queries is counted here alone.

import type { BytesMoved, FlashOptions, FlashStep } from './flashOptions.ts';

/** Bytes of an element, and of a running maximum or sum. */
const elementBytes = 4;

/** Where a tile stands in the order. */
export interface TilePlace extends Pick<FlashStep, 'queries' | 'keys'> {
  /** Whether it is the first or the last visited tile of its block of the outer loop. */
  readonly first: boolean;
  readonly last: boolean;
}

/** Before the first tile: the order by keys writes zeros to the output, maxima and sums. */
export const bytesBefore = ({ order, length, depth }: FlashOptions): BytesMoved => {
  const bytes = order === 'keys' ? (length * depth + 2 * length) * elementBytes : 0;
  return { main: bytes, onChip: bytes };
};

/** Elements to and from main memory for one tile. */
const mainElements = ({ order, depth }: FlashOptions, { first, last, ...tile }: TilePlace): number => {
  const rows = tile.queries[1] - tile.queries[0];
  const keys = tile.keys[1] - tile.keys[0];
  // By keys: keys and values stay, queries pass by and take their output, maxima and sums along, there and back.
  if (order === 'keys') return (first ? 2 * keys * depth : 0) + 3 * rows * depth + 4 * rows;
  // By queries: queries, output, maxima and sums stay, keys and values pass by; at the end the output and a log-sum-exp a row are written.
  return (first ? rows * depth : 0) + 2 * keys * depth + (last ? rows * depth + rows : 0);
};

/** Bytes that one visited tile moves. On chip: what comes and goes, two products of tiles (r + c)·depth and their results, and the weights. */
export const tileBytes = (options: FlashOptions, place: TilePlace): BytesMoved => {
  const { depth, length } = options;
  const rows = place.queries[1] - place.queries[0];
  const scores = rows * (place.keys[1] - place.keys[0]);
  const [r, c] = [Math.min(options.blockQueries, length), Math.min(options.blockKeys, length)];
  const main = mainElements(options, place);
  const products = scores * (depth / r + depth / c + 1) + scores * (depth / r + 1) + rows * depth;
  return { main: main * elementBytes, onChip: (main + products + 2 * scores) * elementBytes };
};

/** Bytes that lie on chip while a full tile is at work: its queries, keys, values, output, scores, maxima and sums. */
export const bytesOnChip = ({ length, depth, blockQueries, blockKeys }: FlashOptions): number => {
  const [r, c] = [Math.min(blockQueries, length), Math.min(blockKeys, length)];
  return (2 * r * depth + 2 * c * depth + r * c + 2 * r) * elementBytes;
};
