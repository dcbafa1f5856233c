// Along which axes a mask differs, and what it hides as a boolean tensor as small as it can be: one batch or one head where all are alike.

import { Tensor } from '@heed/tensor';
import type { Mask } from './mask.ts';
import { allows, type MaskSizes } from './tiles.ts';

/** Batches and heads may see different things. */
export interface Differs {
  readonly batch: boolean;
  readonly head: boolean;
}

/** Along which axes a mask may differ. */
export const differs = (mask: Mask): Differs => {
  switch (mask.kind) {
    case 'window':
    case 'dilated':
    case 'firstKeys':
    case 'blocks':
    case 'documents':
      return { batch: false, head: false };
    case 'padding':
      return { batch: true, head: false };
    case 'global':
      return { batch: mask.positions.length !== 1, head: false };
    case 'keep': {
      const [batch = 1, head = 1] = [mask.tensor.shape.at(-4), mask.tensor.shape.at(-3)];
      return { batch: batch !== 1, head: head !== 1 };
    }
    case 'where':
      return { batch: true, head: true };
    case 'and':
    case 'or': {
      const parts = mask.parts.map(differs);
      return { batch: parts.some((part) => part.batch), head: parts.some((part) => part.head) };
    }
    case 'not':
      return differs(mask.part);
    default:
      return mask satisfies never;
  }
};

/** 1 where a mask hides a place: [batch or 1, heads or 1, queries, keys]. */
export const hidden = (mask: Mask, sizes: MaskSizes): Tensor<'bool'> => {
  const { batch: byBatch, head: byHead } = differs(mask);
  const { queries, keys } = sizes;
  const [batches, heads] = [byBatch ? sizes.batch : 1, byHead ? sizes.heads : 1];
  const data = new Uint8Array(batches * heads * queries * keys);
  let index = 0;
  for (let batch = 0; batch < batches; batch++)
    for (let head = 0; head < heads; head++)
      for (let query = 0; query < queries; query++)
        for (let key = 0; key < keys; key++)
          data[index++] = allows(mask, { batch, head, query, key }, sizes) ? 0 : 1;
  return new Tensor('bool', [batches, heads, queries, keys], data);
};
