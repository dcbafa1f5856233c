// Reference attention over packed rows: one query row at a time, scores of that row only.

import type { AttentionCall } from '../backend.ts';

const rowAttention = (
  call: AttentionCall,
  head: number,
  query: number,
  firstKey: number,
  keys: number,
): number => {
  const { q, k, v, out, depth, valueDepth, qLayout, kLayout, vLayout, outLayout } = call;
  const kvHead = Math.floor(head / (call.heads / call.kvHeads));
  const qStart = query * qLayout.row + head * qLayout.head;
  const outStart = query * outLayout.row + head * outLayout.head;
  const scores = new Float64Array(keys);
  let max = -Infinity;
  for (let j = 0; j < keys; j++) {
    const kStart = (firstKey + j) * kLayout.row + kvHead * kLayout.head;
    let dot = 0;
    for (let d = 0; d < depth; d++) dot += (q[qStart + d] as number) * (k[kStart + d] as number); // inside by the contract
    scores[j] = dot * call.scale;
    max = Math.max(max, dot * call.scale);
  }
  const sums = new Float64Array(valueDepth);
  let total = 0;
  for (let j = 0; j < keys && max !== -Infinity; j++) {
    const weight = Math.exp((scores[j] as number) - max); // j < keys
    const vStart = (firstKey + j) * vLayout.row + kvHead * vLayout.head;
    total += weight;
    for (let d = 0; d < valueDepth; d++) sums[d] = (sums[d] as number) + weight * (v[vStart + d] as number); // inside by the contract
  }
  for (let d = 0; d < valueDepth; d++) out[outStart + d] = total === 0 ? 0 : (sums[d] as number) / total; // d < valueDepth
  return total === 0 ? -Infinity : max + Math.log(total);
};

/** See AttentionCall. */
export const attention = (call: AttentionCall): void => {
  const { sequences, visible, heads, logSumExp, logSumExpLayout } = call;
  for (let s = 0; s < sequences.length; s += 5) {
    const [qFirst = 0, qEnd = 0, kFirst = 0, kEnd = 0, visibleFirst = 0] = sequences.subarray(s, s + 5);
    for (let query = qFirst; query < qEnd; query++) {
      const pair = 2 * (visibleFirst + query - qFirst);
      const first = visible?.[pair] ?? 0;
      const end = visible?.[pair + 1] ?? kEnd - kFirst;
      for (let head = 0; head < heads; head++) {
        const sum = rowAttention(call, head, query, kFirst + first, Math.max(0, end - first));
        if (logSumExp !== undefined)
          logSumExp[query * logSumExpLayout.row + head * logSumExpLayout.head] = sum;
      }
    }
  }
};
