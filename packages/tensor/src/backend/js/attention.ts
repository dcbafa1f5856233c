// Reference attention over packed rows: one query row at a time, scores of that row only.

import type { AttentionCall } from '../backend.ts';
import { rowBits } from './rowBits.ts';
import { type RowTerms, rowTerms } from './rowTerms.ts';

/** A query row of a head, and the keys first ≤ j < end of its sequence that it sees. */
interface Row {
  readonly head: number;
  readonly query: number;
  readonly firstKey: number;
  readonly first: number;
  readonly end: number;
  /** Which of them it sees after all. */
  readonly sees: (key: number) => boolean;
  readonly terms: RowTerms;
}

const rowAttention = (call: AttentionCall, row: Row): number => {
  const { q, k, v, out, depth, valueDepth, qLayout, kLayout, vLayout, outLayout } = call;
  const { head, query, firstKey, first, sees, terms } = row;
  const keys = Math.max(0, row.end - first);
  const kvHead = Math.floor(head / (call.heads / call.kvHeads));
  const qStart = query * qLayout.row + head * qLayout.head;
  const outStart = query * outLayout.row + head * outLayout.head;
  const scores = new Float64Array(keys);
  let max = -Infinity;
  for (let j = 0; j < keys; j++) {
    scores[j] = -Infinity;
    if (!sees(first + j)) continue;
    const kStart = (firstKey + first + j) * kLayout.row + kvHead * kLayout.head;
    let dot = 0;
    for (let d = 0; d < depth; d++) dot += (q[qStart + d] as number) * (k[kStart + d] as number); // inside by the contract
    const score = terms.bounded(dot * call.scale) + terms.bias(first + j);
    scores[j] = score;
    max = Math.max(max, score);
  }
  const sums = new Float64Array(valueDepth);
  let total = 0;
  for (let j = 0; j < keys && max !== -Infinity; j++) {
    if (!sees(first + j)) continue;
    const weight = Math.exp((scores[j] as number) - max); // j < keys
    const kept = weight * terms.factor(first + j);
    const vStart = (firstKey + first + j) * vLayout.row + kvHead * vLayout.head;
    total += weight;
    for (let d = 0; d < valueDepth; d++) sums[d] = (sums[d] as number) + kept * (v[vStart + d] as number); // inside by the contract
  }
  for (let d = 0; d < valueDepth; d++) out[outStart + d] = total === 0 ? 0 : (sums[d] as number) / total; // d < valueDepth
  return total === 0 ? -Infinity : max + Math.log(total);
};

/** See AttentionCall. */
export const attention = (call: AttentionCall): void => {
  const { sequences, visible, heads, logSumExp, logSumExpLayout } = call;
  for (let s = 0; s < sequences.length; s += 5) {
    const [qFirst = 0, qEnd = 0, kFirst = 0, kEnd = 0, visibleFirst = 0] = sequences.subarray(s, s + 5);
    const [queries, keys] = [qEnd - qFirst, kEnd - kFirst];
    for (let query = qFirst; query < qEnd; query++) {
      const pair = 2 * (visibleFirst + query - qFirst);
      const first = visible?.[pair] ?? 0;
      const end = visible?.[pair + 1] ?? keys;
      for (let head = 0; head < heads; head++) {
        const terms = rowTerms(call, { sequence: s / 5, head, row: query - qFirst, queries, keys });
        const sees = rowBits(call, pair / 2, head);
        const sum = rowAttention(call, { head, query, firstKey: kFirst, first, end, sees, terms });
        if (logSumExp !== undefined)
          logSumExp[query * logSumExpLayout.row + head * logSumExpLayout.head] = sum;
      }
    }
  }
};
