// The float64 reference of attention: loops that a first-year student can check. For cases.ts and tests, not for use.

import { biasAt } from './biasParts.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import { allows } from './tiles.ts';

/** What attention gives, in float64. */
export interface Reference {
  readonly output: Float64Array;
  readonly logSumExp: Float64Array;
}

/** softmax(scale · q·kᵀ + bias, under mask, with dropout) · v, one row after the other. */
export const referenceAttention = (request: AttentionRequest): Reference => {
  const sizes = sizesOf(request);
  const { batch, heads, kvHeads, queries, keys, depth, valueDepth } = sizes;
  const output = new Float64Array(batch * heads * queries * valueDepth);
  const logSumExp = new Float64Array(batch * heads * queries).fill(Number.NEGATIVE_INFINITY);
  const at = (data: Float32Array, index: number): number => data[index] as number; // inside by the shapes
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < queries; i++) {
        const kvHead = b * kvHeads + Math.floor(h / (heads / kvHeads));
        const row = (b * heads + h) * queries + i;
        const scores: number[] = [];
        for (let j = 0; j < keys; j++) {
          let dot = 0;
          for (let d = 0; d < depth; d++)
            dot +=
              at(request.query.data, row * depth + d) * at(request.key.data, (kvHead * keys + j) * depth + d);
          const place = { batch: b, head: h, query: i, key: j };
          const seen = request.mask === undefined || allows(request.mask, place, sizes);
          const bias = request.bias === undefined ? 0 : biasAt(request.bias, place, sizes);
          const scaled = dot * request.scale;
          const bounded =
            request.softcap === undefined ? scaled : request.softcap * Math.tanh(scaled / request.softcap);
          scores.push(seen ? bounded + bias : Number.NEGATIVE_INFINITY);
        }
        const sink = request.sinks === undefined ? Number.NEGATIVE_INFINITY : at(request.sinks.data, h);
        const max = scores.reduce((most, score) => Math.max(most, score), sink);
        if (max === Number.NEGATIVE_INFINITY) continue;
        const sum = scores.reduce((total, score) => total + Math.exp(score - max), Math.exp(sink - max));
        logSumExp[row] = max + Math.log(sum);
        for (const [j, score] of scores.entries()) {
          const dropout = request.dropout;
          const factor =
            dropout === undefined
              ? 1
              : dropout.source.uniformAt(row * keys + j) < dropout.rate
                ? 0
                : 1 / (1 - dropout.rate);
          const weight = (factor * Math.exp(score - max)) / sum;
          for (let d = 0; d < valueDepth; d++)
            output[row * valueDepth + d] =
              (output[row * valueDepth + d] as number) +
              weight * at(request.value.data, (kvHead * keys + j) * valueDepth + d); // inside by the shapes
        }
      }
  return { output, logSumExp };
};
