// Packing of tiles: from [batch, heads, length, depth] to what the kernels read. The query heads of a group are stacked as rows of
// their key head, so keys and values are never repeated.

import { type AttentionRequest, allows, type Coverage, type RequestSizes, tile } from '@heed/attention';

/** A range of (batch, key head) pairs, of stacked query rows and of keys; ends excluded. */
export interface TileRange {
  readonly pairs: readonly [number, number];
  readonly rows: readonly [number, number];
  readonly keys: readonly [number, number];
}

/** Rows [start, end) of each pair, transposed and scaled: [pair][depth][paddedRows], zeros behind the last row. */
export const packQueries = (
  query: Float32Array,
  sizes: RequestSizes,
  range: TileRange,
  { padded, scale }: { readonly padded: number; readonly scale: number },
): Float32Array => {
  const { heads, kvHeads, queries, depth } = sizes;
  const stacked = (heads / kvHeads) * queries;
  const result = new Float32Array((range.pairs[1] - range.pairs[0]) * depth * padded);
  for (let pair = range.pairs[0]; pair < range.pairs[1]; pair++)
    for (let row = range.rows[0]; row < range.rows[1]; row++)
      for (let d = 0; d < depth; d++)
        result[((pair - range.pairs[0]) * depth + d) * padded + row - range.rows[0]] =
          scale * (query[(pair * stacked + row) * depth + d] as number); // inside by the shapes
  return result;
};

/** Keys or values of a range: [pair][paddedKeys][columns], zeros behind; with `ones` a column of ones stands behind the padded depth. */
export const packKeys = (
  x: Float32Array,
  length: number,
  range: TileRange,
  {
    width,
    columns,
    padded,
    ones,
  }: { readonly width: number; readonly columns: number; readonly padded: number; readonly ones: boolean },
): Float32Array => {
  const result = new Float32Array((range.pairs[1] - range.pairs[0]) * padded * columns);
  for (let pair = range.pairs[0]; pair < range.pairs[1]; pair++)
    for (let key = range.keys[0]; key < range.keys[1]; key++) {
      const target = ((pair - range.pairs[0]) * padded + key - range.keys[0]) * columns;
      const source = (pair * length + key) * width;
      result.set(x.subarray(source, source + width), target);
      if (ones) result[target + columns - 4] = 1;
    }
  return result;
};

/** What the mask says of a range in all its pairs; keys behind the last one count as hidden. */
export const coverageOf = (
  request: AttentionRequest,
  sizes: RequestSizes,
  range: TileRange,
  paddedKeys: number,
): Coverage => {
  const { mask } = request;
  const whole = range.keys[1] - range.keys[0] === paddedKeys ? 2 : 1;
  if (mask === undefined) return whole;
  const { queries, kvHeads } = sizes;
  const sameHead = Math.floor(range.rows[0] / queries) === Math.floor((range.rows[1] - 1) / queries);
  const first = sameHead ? range.rows[0] % queries : 0;
  const queryEnd = sameHead ? first + range.rows[1] - range.rows[0] : queries;
  const seen = Array.from({ length: range.pairs[1] - range.pairs[0] }, (_, index) =>
    tile(
      mask,
      {
        batch: Math.floor((range.pairs[0] + index) / kvHeads),
        queryStart: first,
        queryEnd,
        keyStart: range.keys[0],
        keyEnd: range.keys[1],
      },
      sizes,
    ),
  );
  if (seen.every((one) => one === 0)) return 0;
  return whole === 2 && seen.every((one) => one === 2) ? 2 : 1;
};

/** 1 where a row may see a key: [pair][paddedKeys][paddedRows]. */
export const packMask = (
  request: AttentionRequest,
  sizes: RequestSizes,
  range: TileRange,
  padded: { readonly rows: number; readonly keys: number },
): Float32Array => {
  const { heads, kvHeads, queries } = sizes;
  const group = heads / kvHeads;
  const result = new Float32Array((range.pairs[1] - range.pairs[0]) * padded.keys * padded.rows);
  for (let pair = range.pairs[0]; pair < range.pairs[1]; pair++)
    for (let key = range.keys[0]; key < range.keys[1]; key++)
      for (let row = range.rows[0]; row < range.rows[1]; row++) {
        const place = {
          batch: Math.floor(pair / kvHeads),
          head: (pair % kvHeads) * group + Math.floor(row / queries),
          query: row % queries,
          key,
        };
        if (request.mask === undefined || allows(request.mask, place, sizes))
          result[
            ((pair - range.pairs[0]) * padded.keys + key - range.keys[0]) * padded.rows + row - range.rows[0]
          ] = 1;
      }
  return result;
};
