// Heads of a width: [batch, length, heads·depth] as [batch, heads, length, depth], and back.

import { permute, reshape, type Tensor } from '@heed/tensor';

/** [batch, length, heads·depth] → [batch, heads, length, depth]. */
export const inHeads = (x: Tensor, heads: number): Tensor => {
  const [batch, length, width] = x.shape as [number, number, number]; // rank 3
  return permute(reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
};

/** [batch, heads, length, depth] → [batch, length, heads·depth]. */
export const besideEachOther = (x: Tensor): Tensor => {
  const [batch, heads, length, depth] = x.shape as [number, number, number, number]; // rank 4
  return reshape(permute(x, [0, 2, 1, 3]), [batch, length, heads * depth]);
};
