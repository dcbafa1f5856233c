// Which keys a block of query rows visits: the tiles that its mask does not leave empty, neighbours joined.

import { differsByBatch } from './hidden.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import { type Coverage, tile } from './tiles.ts';

/** Queries and keys a tile: 64 rows of 64 heads' floats fit the second cache level beside the scores. */
export const tileSize = 64;

/** Most keys of a visit: scores of 64 rows by 512 keys are 128 KiB a head. */
const mostKeys = 512;

/** Keys [start, end) that a block of rows visits, and whether the mask hides some of them from some rows. */
export interface Visit {
  readonly keys: readonly [number, number];
  readonly masked: boolean;
}

/** How much of a tile is seen in any batch: 0 where it can be skipped for all, 2 where it is wholly seen in all. */
const coverage = (
  request: AttentionRequest,
  [queryStart, queryEnd]: readonly [number, number],
  [keyStart, keyEnd]: readonly [number, number],
): Coverage => {
  const { mask } = request;
  if (mask === undefined) return 2;
  const sizes = sizesOf(request);
  let [all, none] = [true, true];
  for (let batch = 0; batch < (differsByBatch(mask) ? sizes.batch : 1); batch++) {
    const seen = tile(mask, { batch, queryStart, queryEnd, keyStart, keyEnd }, sizes);
    all &&= seen === 2;
    none &&= seen === 0;
    if (!all && !none) return 1;
  }
  return none ? 0 : 2;
};

/** The visits of rows [start, end), in rising order of keys; empty where they see nothing. */
export const visits = (request: AttentionRequest, rows: readonly [number, number]): readonly Visit[] => {
  const { keys } = sizesOf(request);
  const found: Visit[] = [];
  for (let start = 0; start < keys; start += tileSize) {
    const end = Math.min(keys, start + tileSize);
    const seen = coverage(request, rows, [start, end]);
    if (seen === 0) continue;
    const masked = seen === 1;
    const last = found.at(-1);
    const joins = last?.keys[1] === start && last.masked === masked && end - last.keys[0] <= mostKeys;
    if (joins) found[found.length - 1] = { keys: [last.keys[0], end], masked };
    else found.push({ keys: [start, end], masked });
  }
  return found;
};
