// One query over many keys, as decoding has it: two products and a softmax. The fused kernel of the engine packs keys for many queries and
// computes several at a time, which a single one does not pay back: half the time at 8192 keys of 8 heads, measured.

import { currentBackend } from '@heed/tensor';
import type { HeadAttentionCall } from './headAttention.ts';

/** Keys first to end of `batches` · kvHeads heads that all see the same. */
interface Seen {
  readonly batch: number;
  readonly batches: number;
  readonly first: number;
  readonly end: number;
}

/**
 * Rows of scores become weights, in place; fills the log-sum-exps where wanted. The weight of the greatest score is 1 / Σ exp(score − greatest), so
 * that the sum need not be known.
 */
const weigh = (scores: Float32Array, keys: number, logSumExp: Float32Array | undefined): void => {
  const rows = scores.length / keys;
  const softmax = (): void =>
    currentBackend().softmax({ x: scores, out: scores, rows, columns: keys, log: false });
  if (logSumExp === undefined) {
    softmax();
    return;
  }
  const [tops, places] = [new Float64Array(rows), new Int32Array(rows)];
  for (let row = 0; row < rows; row++) {
    let [top, place] = [Number.NEGATIVE_INFINITY, row * keys];
    for (let i = row * keys; i < (row + 1) * keys; i++)
      if ((scores[i] as number) > top) {
        top = scores[i] as number; // inside the row
        place = i;
      }
    tops[row] = top;
    places[row] = place;
  }
  softmax();
  for (let row = 0; row < rows; row++) {
    const weight = scores[places[row] as number] as number; // row < rows
    // A row of −∞ only has weights of 0, and stays −∞.
    logSumExp[row] = weight === 0 ? Number.NEGATIVE_INFINITY : (tops[row] as number) - Math.log(weight);
  }
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
  const backend = currentBackend();
  // Scores stay in the engine from product to product.
  const { memory } = backend;
  const mark = memory?.mark() ?? 0;
  const scores = memory?.floats(rows * keys) ?? new Float32Array(rows * keys);
  const scaled = call.q
    .subarray(batch * heads * depth, (batch + batches) * heads * depth)
    .map((number) => number * scale);
  backend.matmul({
    ...{ ...common, n: keys, k: depth, transposeB: true, out: scores },
    ...{ a: scaled, aStride: group * depth },
    ...{ b: call.k.subarray(row * depth), bStride: keyRoom * depth },
  });
  weigh(scores, keys, logSumExp);
  backend.matmul({
    ...{ ...common, n: valueDepth, k: keys, transposeB: false, out },
    ...{ a: scores, aStride: group * keys },
    ...{ b: call.v.subarray(row * valueDepth), bStride: keyRoom * valueDepth },
  });
  memory?.release(mark);
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
