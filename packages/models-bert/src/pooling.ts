// Pooling: from the vectors of a sequence's tokens to one vector.

import type { Packing } from '@heed/attention';
import { Tensor } from '@heed/tensor';

/** Ways to pool, in the order in which several of them are joined. Names as sentence-transformers has them. */
export const poolingModes = [
  'cls',
  'max',
  'mean',
  'mean_sqrt_len_tokens',
  'weightedmean',
  'lasttoken',
] as const;

/** One way to pool. */
export type PoolingMode = (typeof poolingModes)[number];

/** Weights of the tokens of a sequence of `length` in a weighted sum; undefined for max. */
const tokenWeights = (mode: Exclude<PoolingMode, 'max'>, length: number, skipped: number): Float64Array => {
  const weights = new Float64Array(length);
  const counted = length - skipped;
  switch (mode) {
    case 'cls':
      if (counted > 0) weights[skipped] = 1;
      return weights;
    case 'lasttoken':
      if (counted > 0) weights[length - 1] = 1;
      return weights;
    case 'mean':
      return weights.fill(1 / Math.max(1, counted), skipped);
    case 'mean_sqrt_len_tokens':
      return weights.fill(1 / Math.sqrt(Math.max(1, counted)), skipped);
    case 'weightedmean': {
      let total = 0;
      for (let i = skipped; i < length; i++) total += i + 1;
      for (let i = skipped; i < length; i++) weights[i] = (i + 1) / total;
      return weights;
    }
    default:
      return mode satisfies never;
  }
};

const poolOne = (rows: Float32Array, width: number, mode: PoolingMode, skipped: number): Float32Array => {
  const length = rows.length / width;
  const sums = new Float64Array(width);
  if (mode === 'max') {
    sums.fill(length > skipped ? Number.NEGATIVE_INFINITY : 0);
    for (let i = skipped * width; i < rows.length; i++)
      sums[i % width] = Math.max(sums[i % width] as number, rows[i] as number); // i < length
  } else {
    const weights = tokenWeights(mode, length, skipped);
    for (let i = 0; i < rows.length; i++) {
      const weight = weights[Math.floor(i / width)] as number; // one weight a row
      if (weight !== 0) sums[i % width] = (sums[i % width] as number) + weight * (rows[i] as number); // i < length
    }
  }
  return Float32Array.from(sums);
};

/**
 * Pools packed hidden states [rows, width] into [sequences, modes · width], the modes joined in the order of `poolingModes`. The first
 * `skip` tokens of each sequence (a prompt) take no part. No token left: zeros. Reimers and Gurevych 2019 (arXiv:1908.10084), §3.
 */
export const pool = (
  hidden: Tensor,
  { starts }: Packing,
  { modes, skip = 0 }: { readonly modes: readonly PoolingMode[]; readonly skip?: number },
): Tensor => {
  const width = hidden.shape[1] as number; // rank 2 by the contract
  const ordered = poolingModes.filter((mode) => modes.includes(mode));
  const sequences = starts.length - 1;
  const data = new Float32Array(sequences * ordered.length * width);
  for (let s = 0; s < sequences; s++) {
    const [start, end] = [starts[s] as number, starts[s + 1] as number]; // s + 1 < length
    const rows = hidden.data.subarray(start * width, end * width);
    for (const [place, mode] of ordered.entries())
      data.set(poolOne(rows, width, mode, Math.min(skip, end - start)), (s * ordered.length + place) * width);
  }
  return new Tensor('float32', [sequences, ordered.length * width], data);
};

/** Each row divided by its Euclidean length; rows shorter than 1e-12 are divided by 1e-12, so zeros stay zeros. */
export const normalizeRows = (x: Tensor): Tensor => {
  const width = x.shape.at(-1) as number; // rank ≥ 1
  const data = x.data.slice();
  for (let start = 0; start < data.length; start += width) {
    let squares = 0;
    for (let i = start; i < start + width; i++) squares += (data[i] as number) ** 2; // inside the row
    const factor = 1 / Math.max(1e-12, Math.sqrt(squares));
    for (let i = start; i < start + width; i++) data[i] = (data[i] as number) * factor; // inside the row
  }
  return new Tensor('float32', x.shape, data);
};
