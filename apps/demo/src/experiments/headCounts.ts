// What fewer key and value heads save, by count: parameters of the projections, bytes of the cache, bytes that a token reads. For a stack of layers.

import { a100, traffic } from '@heed/attention';

/** A stack of attention layers in use. */
export interface HeadsOptions {
  /** d_model. */
  readonly width: number;
  /** Heads of queries. */
  readonly heads: number;
  /** Heads of keys and values. */
  readonly kvHeads: number;
  readonly layers: number;
  /** Tokens in the cache. */
  readonly context: number;
  /** Bytes of a number in the cache. */
  readonly bytes: number;
}

/** What was counted. */
export interface HeadCounts {
  /** Width of a head. */
  readonly depth: number;
  /** Weights of each projection in one layer. */
  readonly query: number;
  readonly key: number;
  readonly value: number;
  readonly output: number;
  /** Of all four, in all layers. */
  readonly parameters: number;
  /** Bytes of keys and values in all layers. */
  readonly cacheBytes: number;
  /** Bytes that attention of one new token moves from and to main memory, all layers, and the least time for it on an A100, in seconds. */
  readonly tokenBytes: number;
  readonly tokenSeconds: number;
}

/**
 * Counts; heads must divide width, kvHeads heads.
 *
 * @example
 * headCounts({ width: 4096, heads: 32, kvHeads: 8, layers: 32, context: 8192, bytes: 2 }).cacheBytes; //=> 1073741824
 */
export const headCounts = ({ width, heads, kvHeads, layers, context, bytes }: HeadsOptions): HeadCounts => {
  const depth = width / heads;
  const [own, shared] = [width * heads * depth, width * kvHeads * depth];
  const problem = { batch: 1, heads, kvHeads, queries: 1, keys: context, depth, bytesPerElement: bytes };
  const { mainBytes, seconds = 0 } = traffic(problem, a100).flash.forward;
  return {
    ...{ depth, query: own, key: shared, value: shared, output: own },
    parameters: layers * 2 * (own + shared),
    cacheBytes: layers * 2 * kvHeads * depth * context * bytes,
    ...{ tokenBytes: layers * mainBytes, tokenSeconds: layers * seconds },
  };
};

/** Numbers that divide a count of heads, the largest first. */
export const divisorsOf = (heads: number): number[] =>
  Array.from({ length: heads }, (_, index) => heads - index).filter((divisor) => heads % divisor === 0);

/** What attention with so many key heads is called. */
export const kindOf = ({ heads, kvHeads }: Pick<HeadsOptions, 'heads' | 'kvHeads'>): 'mha' | 'gqa' | 'mqa' =>
  kvHeads === heads ? 'mha' : kvHeads === 1 ? 'mqa' : 'gqa';
