// One engine call for attention over [batch, heads, length, depth] operands: what the tiled kernel and the KV cache share.

import { currentBackend } from '@heed/tensor';
import type { RequestSizes } from './kernel.ts';

/** Operands, sizes, and where things lie. Rows of keys and values may have room behind them (a cache's capacity). */
export interface HeadAttentionCall extends RequestSizes {
  /** [batch, heads, queries, depth] */
  readonly q: Float32Array;
  /** [batch, kvHeads, keyRoom, depth], the first `keys` rows of each head used. */
  readonly k: Float32Array;
  /** [batch, kvHeads, keyRoom, valueDepth] */
  readonly v: Float32Array;
  /** [batch, heads, queries, valueDepth]: filled. */
  readonly out: Float32Array;
  /** [batch, heads, queries]: filled, where wanted. */
  readonly logSumExp: Float32Array | undefined;
  readonly keyRoom: number;
  readonly scale: number;
  /** [first, end) of the keys that each query row sees; undefined: all. */
  readonly visible: Int32Array | undefined;
  /** Pairs of `visible` from one batch to the next: queries, or 0 where all batches share them. */
  readonly visibleStride: number;
}

/** Fills `out`. Each (batch, head) is a sequence of its own, so that grouped heads share their keys in place. */
export const headAttention = (call: HeadAttentionCall): void => {
  const { batch, heads, kvHeads, queries, keys, keyRoom, depth, valueDepth } = call;
  const sequences = new Int32Array(5 * batch * heads);
  for (let index = 0; index < batch * heads; index++) {
    const b = Math.floor(index / heads);
    const firstKey = (b * kvHeads + Math.floor((index % heads) / (heads / kvHeads))) * keyRoom;
    sequences.set(
      [index * queries, (index + 1) * queries, firstKey, firstKey + keys, b * call.visibleStride],
      5 * index,
    );
  }
  currentBackend().attention({
    q: call.q,
    k: call.k,
    v: call.v,
    out: call.out,
    logSumExp: call.logSumExp,
    sequences,
    visible: call.visible,
    heads: 1,
    kvHeads: 1,
    depth,
    valueDepth,
    scale: call.scale,
    qLayout: { row: depth, head: 0 },
    kLayout: { row: depth, head: 0 },
    vLayout: { row: valueDepth, head: 0 },
    outLayout: { row: valueDepth, head: 0 },
    logSumExpLayout: { row: 1, head: 0 },
  });
};
