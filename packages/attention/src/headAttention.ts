// One engine call for attention over [batch, heads, length, depth] operands: what the tiled kernel and the KV cache share.

import { currentBackend, type ScoreTerms, type VisibleBits } from '@heed/tensor';
import type { RequestSizes } from './kernel.ts';
import { oneQueryAttention } from './oneQuery.ts';

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
  /** Which of these keys each row sees; undefined: all of them. */
  readonly visibleBits?: VisibleBits | undefined;
  /** Query rows [start, end) that are computed, of each batch: `visible` and `terms` are of these. Default: all. */
  readonly rows?: readonly [number, number];
  /** A bound, a bias, dropout; undefined: none of them. */
  readonly terms?: ScoreTerms | undefined;
}

/** Fills `out`. A batch is a sequence, so that heads which share keys share the packing of them. */
export const headAttention = (call: HeadAttentionCall): void => {
  if (call.queries === 1 && call.terms === undefined && call.visibleBits === undefined) {
    oneQueryAttention(call);
    return;
  }
  const { batch, heads, kvHeads, queries, keys, keyRoom, depth, valueDepth } = call;
  const [start, end] = call.rows ?? [0, queries];
  const sequences = new Int32Array(5 * batch);
  for (let b = 0; b < batch; b++) {
    const [firstQuery, firstKey] = [b * heads * queries, b * kvHeads * keyRoom];
    sequences.set(
      [firstQuery + start, firstQuery + end, firstKey, firstKey + keys, b * call.visibleStride],
      5 * b,
    );
  }
  currentBackend().attention({
    ...{ q: call.q, k: call.k, v: call.v, out: call.out, logSumExp: call.logSumExp },
    ...{ sequences, visible: call.visible, visibleBits: call.visibleBits, heads, kvHeads, depth, valueDepth },
    ...{ scale: call.scale, terms: call.terms },
    qLayout: { row: depth, head: queries * depth },
    kLayout: { row: depth, head: keyRoom * depth },
    vLayout: { row: valueDepth, head: keyRoom * valueDepth },
    outLayout: { row: valueDepth, head: queries * valueDepth },
    logSumExpLayout: { row: 1, head: queries },
  });
};
