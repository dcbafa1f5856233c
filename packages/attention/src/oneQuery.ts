// One query over many keys, as decoding has it: two products and a softmax. The fused kernel of the engine packs keys for many queries and
// computes several at a time, which a single one does not pay back: half the time at 8192 keys of 8 heads, measured.

import { allocate, currentBackend } from '@heed/tensor';
import type { HeadAttentionCall } from './headAttention.ts';

/** Keys first to end of `batches` · kvHeads heads that all see the same. */
interface Seen {
  readonly batch: number;
  readonly batches: number;
  readonly first: number;
  readonly end: number;
}

/** exp(scale · (score − max)) in place, row by row; returns the sums, and fills the log-sum-exps where wanted. */
const weigh = (
  scores: Float32Array,
  keys: number,
  { scale, logSumExp }: { scale: number; logSumExp: Float32Array | undefined },
): Float64Array => {
  const rows = scores.length / keys;
  const tops = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * keys, (row + 1) * keys];
    let top = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) {
      const score = scale * (scores[i] as number); // inside the row
      scores[i] = score;
      if (score > top) top = score;
    }
    tops[row] = top;
    // A row of −∞ only stays one: its weights are 0.
    if (top !== Number.NEGATIVE_INFINITY)
      for (let i = start; i < end; i++) scores[i] = (scores[i] as number) - top; // inside the row
  }
  currentBackend().unary('exp', scores, scores);
  const sums = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * keys; i < (row + 1) * keys; i++) sum += scores[i] as number; // inside the row
    sums[row] = sum;
    if (logSumExp !== undefined) logSumExp[row] = (tops[row] as number) + Math.log(sum); // row < rows
  }
  return sums;
};

const attend = (call: HeadAttentionCall, { batch, batches, first, end }: Seen): void => {
  const { heads, kvHeads, keyRoom, depth, valueDepth, scale } = call;
  const keys = end - first;
  const rows = batches * heads;
  const out = call.out.subarray(batch * heads * valueDepth, (batch + batches) * heads * valueDepth);
  const logSumExp = call.logSumExp?.subarray(batch * heads, (batch + batches) * heads);
  if (keys <= 0) {
    out.fill(0);
    logSumExp?.fill(Number.NEGATIVE_INFINITY);
    return;
  }
  const group = heads / kvHeads;
  const row = batch * kvHeads * keyRoom + first;
  const common = { m: group, transposeA: false, batches: batches * kvHeads, keep: false };
  const scores = allocate(rows * keys);
  const backend = currentBackend();
  backend.matmul({
    ...{ ...common, n: keys, k: depth, transposeB: true, out: scores },
    ...{ a: call.q.subarray(batch * heads * depth), aStride: group * depth },
    ...{ b: call.k.subarray(row * depth), bStride: keyRoom * depth },
  });
  const sums = weigh(scores, keys, { scale, logSumExp });
  backend.matmul({
    ...{ ...common, n: valueDepth, k: keys, transposeB: false, out },
    ...{ a: scores, aStride: group * keys },
    ...{ b: call.v.subarray(row * valueDepth), bStride: keyRoom * valueDepth },
  });
  for (let i = 0; i < out.length; i++) {
    const sum = sums[Math.floor(i / valueDepth)] as number; // a row each
    out[i] = sum === 0 ? 0 : (out[i] as number) / sum;
  }
};

/** Attention of one query a head, whatever batches see; batches that see the same together. */
export const oneQueryAttention = (call: HeadAttentionCall): void => {
  const { batch: all, keys, visible, visibleStride } = call;
  const seenBy = (batch: number) => ({
    first: visible?.[2 * batch * visibleStride] ?? 0,
    end: visible?.[2 * batch * visibleStride + 1] ?? keys,
  });
  for (let batch = 0; batch < all; ) {
    const { first, end } = seenBy(batch);
    let batches = 1;
    for (; batch + batches < all; batches++) {
      const next = seenBy(batch + batches);
      if (next.first !== first || next.end !== end) break;
    }
    attend(call, { batch, batches, first, end });
    batch += batches;
  }
};
