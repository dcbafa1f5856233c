// One engine call for the gradient of attention over [batch, heads, length, depth] operands: the reverse of headAttention.ts.

import { allocate, currentBackend, Tensor } from '@heed/tensor';
import { biasTensor } from './bias.ts';
import type { FlashSaved } from './flashBackward.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import { scoreTerms } from './scoreTerms.ts';

/** Gradients of query, key, value and, where it is wanted, of the bias's tensor. A batch is a sequence, so that heads which share keys add to them together. */
export const headAttentionGradient = (
  request: AttentionRequest,
  { output, gradient }: FlashSaved,
  { visible, biasWanted }: { readonly visible: Int32Array | undefined; readonly biasWanted: boolean },
): readonly [Tensor, Tensor, Tensor, Tensor | undefined] => {
  const { batch, heads, kvHeads, queries, keys, depth, valueDepth } = sizesOf(request);
  const { query, key, value, scale } = request;
  const sequences = new Int32Array(5 * batch);
  for (let b = 0; b < batch; b++) {
    const [firstQuery, firstKey] = [b * heads * queries, b * kvHeads * keys];
    sequences.set([firstQuery, firstQuery + queries, firstKey, firstKey + keys, b * queries], 5 * b);
  }
  const gradients = {
    qGradient: allocate(query.size),
    kGradient: allocate(key.size),
    vGradient: allocate(value.size),
  };
  const bias = biasWanted && request.bias !== undefined ? biasTensor(request.bias) : undefined;
  const biasGradient = bias && allocate(bias.size).fill(0);
  currentBackend().attentionGradient({
    ...{ q: query.data, k: key.data, v: value.data, out: output.data, gradient: gradient.data },
    ...gradients,
    qLayout: { row: depth, head: queries * depth },
    kLayout: { row: depth, head: keys * depth },
    vLayout: { row: valueDepth, head: keys * valueDepth },
    outLayout: { row: valueDepth, head: queries * valueDepth },
    ...{ heads, kvHeads, depth, valueDepth, scale, sequences, visible },
    ...{ terms: scoreTerms(request), biasGradient },
  });
  return [
    new Tensor('float32', query.shape, gradients.qGradient),
    new Tensor('float32', key.shape, gradients.kGradient),
    new Tensor('float32', value.shape, gradients.vGradient),
    bias && new Tensor('float32', bias.shape, biasGradient),
  ];
};
