// One engine call for the gradient of attention over [batch, heads, length, depth] operands: the reverse of headAttention.ts.

import { allocate, currentBackend, Tensor } from '@heed/tensor';
import type { FlashSaved } from './flashBackward.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';

/** Gradients of query, key and value. A batch is a sequence, so that heads which share keys add to them together. */
export const headAttentionGradient = (
  request: AttentionRequest,
  { output, gradient }: FlashSaved,
  visible: Int32Array | undefined,
): readonly [Tensor, Tensor, Tensor] => {
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
  currentBackend().attentionGradient({
    ...{ q: query.data, k: key.data, v: value.data, out: output.data, gradient: gradient.data },
    ...gradients,
    qLayout: { row: depth, head: queries * depth },
    kLayout: { row: depth, head: keys * depth },
    vLayout: { row: valueDepth, head: keys * valueDepth },
    outLayout: { row: valueDepth, head: queries * valueDepth },
    ...{ heads, kvHeads, depth, valueDepth, scale, sequences, visible },
  });
  return [
    new Tensor('float32', query.shape, gradients.qGradient),
    new Tensor('float32', key.shape, gradients.kGradient),
    new Tensor('float32', value.shape, gradients.vGradient),
  ];
};
