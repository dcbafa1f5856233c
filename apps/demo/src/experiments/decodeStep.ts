// Decoding over a cache with as many key heads as wanted: one layer's attention of one new token, the part of a step that grows with the context.

import { KVCache } from '@heed/attention';
import { normal, random, slice, type Tensor } from '@heed/tensor';

/** What is decoded. */
export interface DecodeProblem {
  readonly heads: number;
  readonly kvHeads: number;
  readonly depth: number;
  /** Tokens that are in the cache before the first step. */
  readonly context: number;
}

/** Positions that are appended at once: their noise is drawn once. */
const portion = 256;

/** A cache that is full to the context, and a step that appends one token and attends to all. */
export interface Decoder extends Disposable {
  readonly cache: KVCache;
  /** [1, heads, 1, depth] */
  step(): Tensor;
}

/** Fills a cache with noise. */
export const decoder = ({ heads, kvHeads, depth, context }: DecodeProblem): Decoder => {
  const source = random(heads * 1000 + kvHeads);
  const noise = (): Tensor => normal([1, kvHeads, portion, depth], source);
  const [key, value] = [noise(), noise()];
  const query = normal([1, heads, 1, depth], source);
  const [newKey, newValue] = [slice(key, 2, 0, 1), slice(value, 2, 0, 1)];
  const cache = new KVCache();
  for (let at = 0; at < context; at += portion) {
    const count = Math.min(portion, context - at);
    cache.append(slice(key, 2, 0, count), slice(value, 2, 0, count));
  }
  return {
    cache,
    step() {
      cache.append(newKey, newValue);
      return cache.attend(query);
    },
    [Symbol.dispose]: () => cache[Symbol.dispose](),
  };
};
