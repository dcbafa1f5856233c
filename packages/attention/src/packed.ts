// Packed sequences: many sequences of different lengths as the rows of one matrix, without padding.

import { concat, permute, reshape, ShapeError, slice, type Tensor } from '@heed/tensor';
import { type AttentionOptions, attention } from './attention.ts';
import { attentionWeights } from './attentionWeights.ts';
import { type RowPlaces, rowsAttention } from './rows.ts';

/** Where each sequence begins: sequence s is the rows starts[s] … starts[s + 1] − 1. */
export interface Packing {
  /** [sequences + 1], from 0, not falling; the last one is the number of rows. */
  readonly starts: Int32Array;
}

/** The packing of sequences of these lengths, one behind the other. */
export const packing = (lengths: readonly number[]): Packing => {
  const starts = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) starts[index + 1] = (starts[index] as number) + length; // index < lengths.length
  return { starts };
};

/** Options of `packedAttention`. */
export interface PackedOptions extends Pick<AttentionOptions, 'scale' | 'dropout' | 'kernel'> {
  readonly heads: number;
  /** Default: heads. */
  readonly kvHeads?: number;
}

const checkPacking = (packing: Packing, rows: number): void => {
  const { starts } = packing;
  const rises = starts.every((start, index) => index === 0 || start >= (starts[index - 1] as number)); // index > 0
  if (starts[0] !== 0 || starts.at(-1) !== rows || !rises)
    throw new ShapeError(
      `packedAttention: starts [${starts.slice(0, 8).join(', ')}${starts.length > 8 ? ', …' : ''}] for ${rows} rows; expected to rise from 0 to ${rows}.`,
    );
};

/** The sequences of a packing, each attending to itself. */
const placesOf = ({ starts }: Packing): RowPlaces => {
  const sequences = new Int32Array(5 * (starts.length - 1));
  for (let s = 0; s + 1 < starts.length; s++) {
    const [start, end] = [starts[s] as number, starts[s + 1] as number]; // s + 1 < length
    sequences.set([start, end, start, end, 0], 5 * s);
  }
  return { sequences, visible: undefined };
};

/** Packed rows [rows, width], one sequence [1, length, width] after the other through a function that keeps their lengths. */
export const eachSequence = (
  x: Tensor,
  packed: Packing,
  run: (own: Tensor, sequence: number) => Tensor,
): Tensor => {
  const { starts } = packed;
  checkPacking(packed, x.shape[0] ?? 0);
  const parts: Tensor[] = [];
  for (let s = 0; s + 1 < starts.length; s++) {
    const own = slice(x, 0, starts[s] as number, starts[s + 1] as number); // s + 1 < length
    const found = run(reshape(own, [1, ...own.shape]), s);
    parts.push(reshape(found, found.shape.slice(1)));
  }
  return concat(parts, 0);
};

/** Rows [length, heads·depth] as [1, heads, length, depth]. */
export const splitHeads = (rows: Tensor, heads: number): Tensor => {
  const [length, width] = rows.shape as [number, number]; // rank 2
  return permute(reshape(rows, [1, length, heads, width / heads]), [0, 2, 1, 3]);
};

/** [1, heads, length, depth] as rows [length, heads·depth]. */
export const mergeHeads = (x: Tensor): Tensor => {
  const [, heads, length, depth] = x.shape as [number, number, number, number]; // rank 4
  return reshape(permute(x, [0, 2, 1, 3]), [length, heads * depth]);
};

/**
 * Self-attention within each sequence of a packing: q [rows, heads·depth], k [rows, kvHeads·depth], v [rows, kvHeads·valueDepth] →
 * [rows, heads·valueDepth], heads side by side in a row. Exactly what each sequence gives alone. Differentiable.
 *
 * @example
 * packedAttention(q, k, v, { heads: 2, packing: packing([5, 3]) }); // 8 rows, two sequences
 */
export const packedAttention = (
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: PackedOptions & { readonly packing: Packing },
): Tensor => {
  const { heads, kvHeads = heads, packing: packed, kernel, dropout } = options;
  const rows = q.shape[0] ?? 0;
  for (const [name, x, parts] of [
    ['q', q, heads],
    ['k', k, kvHeads],
    ['v', v, kvHeads],
  ] as const)
    if (x.rank !== 2 || x.shape[0] !== rows || (x.shape[1] as number) % parts !== 0)
      throw new ShapeError(
        `packedAttention: ${name} is ${x}; expected [${rows} rows, a multiple of ${parts} heads].`,
      );
  if (kvHeads === 0 || heads % kvHeads !== 0)
    throw new ShapeError(
      `packedAttention: ${heads} heads and ${kvHeads} key heads; heads must be a multiple.`,
    );
  checkPacking(packed, rows);
  const scale = options.scale ?? 1 / Math.sqrt((q.shape[1] as number) / heads);
  if (kernel === undefined && dropout === undefined)
    return rowsAttention(q, k, v, { ...placesOf(packed), heads, kvHeads, scale });
  const parts: Tensor[] = [];
  for (let s = 0; s + 1 < packed.starts.length; s++) {
    const range = (x: Tensor) => slice(x, 0, packed.starts[s] as number, packed.starts[s + 1] as number); // s + 1 < length
    const own = dropout === undefined ? undefined : { rate: dropout.rate, source: dropout.source.split() };
    const output = attention(
      splitHeads(range(q), heads),
      splitHeads(range(k), kvHeads),
      splitHeads(range(v), kvHeads),
      { scale, kernel, dropout: own },
    );
    parts.push(mergeHeads(output));
  }
  return concat(parts, 0);
};

/**
 * One sequence of packed rows x [rows, heads·depth] in heads: [1, heads, length, depth], as `attention` takes it.
 *
 * @example
 * packedHeads(q, { heads: 2, packing: packing([5, 3]), sequence: 1 }).shape; // [1, 2, 3, depth]
 */
export const packedHeads = (
  x: Tensor,
  {
    heads,
    packing: { starts },
    sequence,
  }: { readonly heads: number; readonly packing: Packing; readonly sequence: number },
): Tensor => {
  const [start, end] = [starts[sequence], starts[sequence + 1]];
  if (start === undefined || end === undefined)
    throw new RangeError(
      `packedHeads: sequence ${sequence} of ${starts.length - 1}; expected a whole number from 0 to ${starts.length - 2}.`,
    );
  if (x.rank !== 2 || (x.shape[1] as number) % heads !== 0)
    throw new ShapeError(`packedHeads: x is ${x}; expected [rows, a multiple of ${heads} heads].`);
  return splitHeads(slice(x, 0, start, end), heads);
};

/**
 * Weights of one sequence of a packing, [1, heads, length, length]: what `packedAttention` used, for those who must see it.
 * q and k are its packed rows. Without gradient.
 */
export const packedWeights = (
  q: Tensor,
  k: Tensor,
  {
    heads,
    kvHeads = heads,
    scale,
    ...place
  }: Omit<PackedOptions, 'dropout' | 'kernel'> & { readonly packing: Packing; readonly sequence: number },
): Tensor =>
  attentionWeights(packedHeads(q, { heads, ...place }), packedHeads(k, { heads: kvHeads, ...place }), {
    scale,
  });
