// What the query rows of a request see, as the engine reads it: nothing to say without a mask, a range a row where the mask is one, else a bit a key.

import { type AttentionRequest, sizesOf } from './kernel.ts';
import { maskBits, type SeenRows } from './maskBits.ts';
import { intervals } from './runs.ts';

/** All query rows, each of which sees a range of keys, [batch · queries · 2]; or all of them. */
export const allRows = (visible: Int32Array | undefined, queries: number): SeenRows => ({
  ...{ rows: [0, queries], visible, visibleBits: undefined, stride: queries },
});

/**
 * The rows in one part, or in several where their bits would need more memory than queries, keys and values do. One part is kept for who asks again;
 * several are made anew.
 */
export const seenRows = (request: AttentionRequest): Iterable<SeenRows> => {
  const { query, key, value, mask } = request;
  const sizes = sizesOf(request);
  if (mask === undefined || query.size === 0) return [allRows(undefined, sizes.queries)];
  const ranges = intervals(mask, sizes);
  if (ranges !== undefined) return [allRows(ranges, sizes.queries)];
  const parts = (): Generator<SeenRows> => maskBits(mask, sizes, query.size + key.size + value.size);
  const [first] = parts();
  return first?.rows[1] === sizes.queries ? [first] : { [Symbol.iterator]: parts };
};
