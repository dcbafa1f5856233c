// Engine calls for the gradient of attention over [batch, heads, length, depth] operands, one for each part of the query rows: the reverse of
// headAttention.ts.

import { allocate, currentBackend, Tensor } from '@heed/tensor';
import { biasTensor } from './bias.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import type { SeenRows } from './maskBits.ts';
import { scoreTerms } from './scoreTerms.ts';

/** What the forward pass left, and the gradient that arrives. */
export interface FlashSaved {
  readonly output: Tensor;
  readonly gradient: Tensor;
}

const addTo = (sums: Float32Array, more: Float32Array): void => {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (more[i] as number); // of one length
};

/** Gradients of query, key, value and, where it is wanted, of the bias's tensor. A batch is a sequence, so that heads which share keys add to them together. */
export const headAttentionGradient = (
  request: AttentionRequest,
  { output, gradient }: FlashSaved,
  { parts, biasWanted }: { readonly parts: Iterable<SeenRows>; readonly biasWanted: boolean }, // parts in the order of their rows
): readonly [Tensor, Tensor, Tensor, Tensor | undefined] => {
  const { batch, heads, kvHeads, queries, keys, depth, valueDepth } = sizesOf(request);
  const { query, key, value, scale } = request;
  const qGradient = allocate(query.size);
  const ofKeys = () => ({ kGradient: allocate(key.size), vGradient: allocate(value.size) });
  const sums = ofKeys();
  let later: typeof sums | undefined; // what later parts of the rows give, to be added
  const bias = biasWanted && request.bias !== undefined ? biasTensor(request.bias) : undefined;
  const biasGradient = bias && allocate(bias.size).fill(0);
  const call = {
    ...{ q: query.data, k: key.data, v: value.data, out: output.data, gradient: gradient.data, qGradient },
    qLayout: { row: depth, head: queries * depth },
    kLayout: { row: depth, head: keys * depth },
    vLayout: { row: valueDepth, head: keys * valueDepth },
    outLayout: { row: valueDepth, head: queries * valueDepth },
    ...{ heads, kvHeads, depth, valueDepth, scale },
  };
  let into = sums;
  for (const { rows, visible, visibleBits, stride } of parts) {
    const sequences = new Int32Array(5 * batch);
    for (let b = 0; b < batch; b++) {
      const [firstQuery, firstKey] = [b * heads * queries, b * kvHeads * keys];
      sequences.set(
        [firstQuery + rows[0], firstQuery + rows[1], firstKey, firstKey + keys, b * stride],
        5 * b,
      );
    }
    const terms = scoreTerms(request, rows);
    const own = biasGradient?.subarray(rows[0] * (terms?.bias?.row ?? 0));
    currentBackend().attentionGradient({
      ...{ ...call, ...into, sequences, visible, visibleBits, terms, biasGradient: own },
    });
    if (into === later) {
      addTo(sums.kGradient, into.kGradient);
      addTo(sums.vGradient, into.vGradient);
    }
    if (rows[1] === queries) break;
    later ??= ofKeys();
    into = later;
  }
  return [
    new Tensor('float32', query.shape, qGradient),
    new Tensor('float32', key.shape, sums.kGradient),
    new Tensor('float32', value.shape, sums.vGradient),
    bias && new Tensor('float32', bias.shape, biasGradient),
  ];
};
