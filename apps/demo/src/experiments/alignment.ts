// How far cross-attention has found the place that each output character comes from, for tasks where that place is known.

import { indexOfLargest } from './attentionStatistics.ts';

/**
 * Share of the output characters whose largest weight lies on the mirrored place, for one head's map [target + 1, source] of a reversal;
 * the row of the end does not count. 1 is a perfect anti-diagonal; 0 … 1, 0 for an empty source.
 *
 * @example
 * mirrorAlignment(new Float32Array([0, 1, 1, 0, 0.5, 0.5]), 2); // 1
 */
export const mirrorAlignment = (map: Float32Array, length: number): number => {
  let hits = 0;
  for (let row = 0; row < length; row++)
    if (indexOfLargest(map.subarray(row * length, (row + 1) * length)) === length - 1 - row) hits += 1;
  return length === 0 ? 0 : hits / length;
};

/** Index and alignment of the head that has found most. */
export const bestAlignedHead = (
  maps: readonly Float32Array[],
  sizes: { readonly heads: number; readonly length: number },
): { readonly layer: number; readonly head: number; readonly alignment: number } => {
  let best = { layer: 0, head: 0, alignment: 0 };
  const { heads, length } = sizes;
  const size = (length + 1) * length;
  for (const [layer, map] of maps.entries())
    for (let head = 0; head < heads; head++) {
      const alignment = mirrorAlignment(map.subarray(head * size, (head + 1) * size), length);
      if (alignment > best.alignment) best = { layer, head, alignment };
    }
  return best;
};

/** Mean of the rows' largest weights of one map [rows, columns]: 1 puts each look on a single place, 1/columns looks everywhere alike. */
export const sharpness = (map: Float32Array, columns: number): number => {
  const rows = columns === 0 ? 0 : Math.floor(map.length / columns);
  let sum = 0;
  for (let row = 0; row < rows; row++)
    sum += map
      .subarray(row * columns, (row + 1) * columns)
      .reduce((most, weight) => Math.max(most, weight), 0);
  return rows === 0 ? 0 : sum / rows;
};

/** Index and sharpness of the sharpest head; maps are layers of [heads, rows, columns]. */
export const sharpestHead = (
  maps: readonly Float32Array[],
  sizes: { readonly heads: number; readonly columns: number },
): { readonly layer: number; readonly head: number; readonly sharpness: number } => {
  let best = { layer: 0, head: 0, sharpness: 0 };
  const { heads, columns } = sizes;
  for (const [layer, map] of maps.entries()) {
    const size = map.length / heads;
    for (let head = 0; head < heads; head++) {
      const own = sharpness(map.subarray(head * size, (head + 1) * size), columns);
      if (own > best.sharpness) best = { layer, head, sharpness: own };
    }
  }
  return best;
};
