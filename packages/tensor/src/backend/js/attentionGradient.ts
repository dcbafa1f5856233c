// Reference gradient of attention: one query row at a time, weights of that row only, float64 within.

import type { AttentionGradientCall } from '../trainingKernels.ts';
import { rowBits } from './rowBits.ts';
import { type RowTerms, rowTerms } from './rowTerms.ts';

/** Where things of one query row of one head begin, and which keys it sees. */
interface Row {
  readonly q: number;
  readonly out: number;
  readonly firstKey: number;
  readonly keys: number;
  /** Number of the first key that it sees in its sequence. */
  readonly first: number;
  readonly kvHead: number;
  /** Which of the keys it sees after all. */
  readonly sees: (key: number) => boolean;
  readonly terms: RowTerms;
}

/** Weights of a row, before dropout, and the slopes of its scores; empty where nothing is seen. */
const weightsOf = (
  call: AttentionGradientCall,
  { q, firstKey, keys, first, kvHead, sees, terms }: Row,
): { readonly weights: Float64Array; readonly slopes: Float64Array } => {
  const [weights, slopes] = [new Float64Array(keys), new Float64Array(keys)];
  let max = -Infinity;
  for (let j = 0; j < keys; j++) {
    weights[j] = -Infinity;
    if (!sees(first + j)) continue;
    const k = (firstKey + j) * call.kLayout.row + kvHead * call.kLayout.head;
    let dot = 0;
    for (let d = 0; d < call.depth; d++) dot += (call.q[q + d] as number) * (call.k[k + d] as number); // inside by the contract
    const score = terms.bounded(dot * call.scale) + terms.bias(first + j);
    slopes[j] = terms.slope(dot * call.scale);
    weights[j] = score;
    max = Math.max(max, score);
  }
  if (max === -Infinity) return { weights: weights.fill(0), slopes };
  let sum = 0;
  for (let j = 0; j < keys; j++) {
    weights[j] = Math.exp((weights[j] as number) - max); // j < keys, here and below
    sum += weights[j] as number;
  }
  for (let j = 0; j < keys; j++) weights[j] = (weights[j] as number) / sum;
  return { weights, slopes };
};

interface Sums {
  readonly k: Float64Array;
  readonly v: Float64Array;
  readonly bias: Float64Array;
}

/** Adds what a row contributes to keys and values, and writes its query's gradient. */
const addRow = (call: AttentionGradientCall, row: Row, sums: Sums): void => {
  const { q, k, v, out, gradient, depth, valueDepth, scale, kLayout, vLayout } = call;
  const { terms } = row;
  const { weights, slopes } = weightsOf(call, row);
  let delta = 0;
  for (let d = 0; d < valueDepth; d++)
    delta += (gradient[row.out + d] as number) * (out[row.out + d] as number); // inside by the contract, here and below
  const query = new Float64Array(depth);
  for (let j = 0; j < row.keys; j++) {
    if (!row.sees(row.first + j)) continue;
    const weight = weights[j] as number;
    const key = (row.firstKey + j) * kLayout.row + row.kvHead * kLayout.head;
    const value = (row.firstKey + j) * vLayout.row + row.kvHead * vLayout.head;
    const factor = terms.factor(row.first + j);
    let dot = 0;
    for (let d = 0; d < valueDepth; d++) {
      const upstream = gradient[row.out + d] as number;
      dot += upstream * (v[value + d] as number);
      sums.v[value + d] = (sums.v[value + d] as number) + weight * factor * upstream;
    }
    const change = weight === 0 ? 0 : weight * (factor * dot - delta);
    const score = scale * (slopes[j] as number) * change;
    if (call.biasGradient !== undefined) {
      const place = terms.place(row.first + j);
      sums.bias[place] = (sums.bias[place] as number) + change;
    }
    for (let d = 0; d < depth; d++) {
      query[d] = (query[d] as number) + score * (k[key + d] as number);
      sums.k[key + d] = (sums.k[key + d] as number) + score * (q[row.q + d] as number);
    }
  }
  call.qGradient.set(query, row.q);
};

/** See AttentionGradientCall. */
export const attentionGradient = (call: AttentionGradientCall): void => {
  const { sequences, visible, heads, kvHeads, depth, valueDepth, qLayout, outLayout, kLayout, vLayout } =
    call;
  const sums: Sums = {
    k: new Float64Array(call.kGradient.length),
    v: new Float64Array(call.vGradient.length),
    bias: Float64Array.from(call.biasGradient ?? []),
  };
  for (let s = 0; s < sequences.length; s += 5) {
    const [qFirst = 0, qEnd = 0, kFirst = 0, kEnd = 0, visibleFirst = 0] = sequences.subarray(s, s + 5);
    for (let query = qFirst; query < qEnd; query++) {
      const pair = 2 * (visibleFirst + query - qFirst);
      const first = visible?.[pair] ?? 0;
      const end = visible?.[pair + 1] ?? kEnd - kFirst;
      for (let head = 0; head < heads; head++)
        addRow(
          call,
          {
            q: query * qLayout.row + head * qLayout.head,
            out: query * outLayout.row + head * outLayout.head,
            firstKey: kFirst + first,
            keys: Math.max(0, end - first),
            first,
            kvHead: Math.floor(head / (heads / kvHeads)),
            sees: rowBits(call, pair / 2, head),
            terms: rowTerms(call, {
              ...{ sequence: s / 5, head, row: query - qFirst },
              ...{ queries: qEnd - qFirst, keys: kEnd - kFirst },
            }),
          },
          sums,
        );
    }
    for (let key = kFirst; key < kEnd; key++)
      for (let head = 0; head < kvHeads; head++) {
        const [k, v] = [key * kLayout.row + head * kLayout.head, key * vLayout.row + head * vLayout.head];
        call.kGradient.set(sums.k.subarray(k, k + depth), k);
        call.vGradient.set(sums.v.subarray(v, v + valueDepth), v);
      }
  }
  call.biasGradient?.set(sums.bias);
};
