// Mask: which query may see which key, as a value. It prints (printMask.ts), crosses to a worker (maskJson.ts) and can be read tile by tile
// (tiles.ts). It is not a closure and not an additive bias. Published patterns made of masks: patterns.ts.

import type { Tensor } from '@heed/tensor';

/**
 * A mask. A query i of a call with `queries` rows and `keys` keys stands at position p = i + keys − queries: the last query
 * stands at the last key (lower-right alignment). Causal, 2 queries × 5 keys and 5 × 2:
 *
 * ```
 *   1 1 1 1 0        0 0
 *   1 1 1 1 1        0 0
 *                    0 0
 *                    1 0
 *                    1 1
 * ```
 */
export type Mask =
  | { readonly kind: 'window'; readonly left: number; readonly right: number }
  | { readonly kind: 'dilated'; readonly left: number; readonly right: number; readonly dilation: number }
  | { readonly kind: 'global'; readonly positions: readonly (readonly number[])[] }
  | { readonly kind: 'firstKeys'; readonly count: number }
  | { readonly kind: 'blocks'; readonly size: number; readonly table: readonly (readonly number[])[] }
  | { readonly kind: 'padding'; readonly lengths: readonly number[] }
  | { readonly kind: 'documents'; readonly queryIds: readonly number[]; readonly keyIds: readonly number[] }
  | { readonly kind: 'keep'; readonly tensor: Tensor<'bool'> }
  | { readonly kind: 'where'; readonly predicate: MaskPredicate }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Mask[] }
  | { readonly kind: 'not'; readonly part: Mask };

/** Whether `query` (its row) may see `key`, in one batch and head. */
export type MaskPredicate = (place: {
  readonly batch: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
}) => boolean;

/** Sides of a window. */
export interface WindowSides {
  /** Keys before the query's own; Infinity for no limit. */
  readonly left: number;
  /** Keys after it; Infinity for no limit. */
  readonly right: number;
  /** Every how many keys one is counted and seen; from 1. Default 1: all of them. */
  readonly dilation?: number;
}

/**
 * Keys from p − left to p + right, both included. With a dilation d: p itself and the keys p − left·d … p + right·d, every d-th.
 * Beltagy 2020 (arXiv:2004.05150), §3.1.
 *
 * @example
 * window({ left: 128, right: 128 });
 */
export const window = ({ left, right, dilation = 1 }: WindowSides): Mask => {
  if (!(left >= 0) || !(right >= 0))
    throw new RangeError(`window: left ${left} and right ${right}; expected numbers from 0, or Infinity.`);
  if (!Number.isInteger(dilation) || dilation < 1)
    throw new RangeError(`window: dilation ${dilation}; expected a whole number from 1.`);
  if (dilation === 1) return { kind: 'window', left, right };
  return { kind: 'dilated', left: Math.floor(left), right: Math.floor(right), dilation };
};

/** No query sees a later key: window({ left: Infinity, right: 0 }). */
export const causal = (): Mask => window({ left: Number.POSITIVE_INFINITY, right: 0 });

const positionsOf = (name: string, positions: readonly number[]): readonly number[] => {
  for (const position of positions)
    if (!Number.isInteger(position) || position < 0)
      throw new RangeError(`${name}: position ${position}; expected whole numbers from 0.`);
  return [...new Set(positions)].sort((a, b) => a - b);
};

/**
 * Keys at these positions are seen by all, and queries at them see all keys. One list for all batches, or one a batch; positions behind the last key
 * are no matter. Beltagy 2020 (arXiv:2004.05150), §3.1; Zaheer 2020 (arXiv:2007.14062), §2.
 *
 * @example
 * or(window({ left: 128, right: 128 }), global([0])); // the first token sees all and is seen by all
 */
export const global = (positions: readonly number[] | readonly (readonly number[])[]): Mask => {
  const lists = positions.some((one) => typeof one !== 'number')
    ? (positions as readonly (readonly number[])[])
    : [positions as readonly number[]];
  return { kind: 'global', positions: lists.map((list) => positionsOf('global', list)) };
};

/** The first `count` keys, seen by all queries: a prefix, or the sinks of a stream. Fewer keys than that is no matter. */
export const firstKeys = (count: number): Mask => {
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`firstKeys: ${count}; expected a whole number from 0.`);
  return { kind: 'firstKeys', count };
};

/**
 * Block-sparse: queries r·size … of row r of the table see keys c·size … of its columns c that are 1. The table has ⌈queries / size⌉ rows and
 * ⌈keys / size⌉ columns; the last blocks may be shorter.
 *
 * @example
 * blocks({ size: 64, table: [[1, 0], [1, 1]] });
 */
export const blocks = ({
  size,
  table,
}: {
  readonly size: number;
  readonly table: readonly (readonly (number | boolean)[])[];
}): Mask => {
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`blocks: size ${size}; expected a whole number from 1.`);
  const width = table[0]?.length ?? 0;
  if (table.some((row) => row.length !== width))
    throw new RangeError(`blocks: rows of different lengths; expected ${width} columns as in row 0.`);
  return { kind: 'blocks', size, table: table.map((row) => row.map((bit) => (bit ? 1 : 0))) };
};

/** Batch b has `lengths[b]` real keys; those after them are hidden. */
export const padding = (lengths: readonly number[]): Mask => {
  for (const length of lengths)
    if (!Number.isInteger(length) || length < 0)
      throw new RangeError(`padding: length ${length}; expected integers from 0, one a batch.`);
  return { kind: 'padding', lengths: [...lengths] };
};

/** A query sees the keys of its own document: rows i and j where the ids are equal. keyIds default to queryIds. */
export const documents = (queryIds: readonly number[], keyIds: readonly number[] = queryIds): Mask => ({
  kind: 'documents',
  queryIds: [...queryIds],
  keyIds: [...keyIds],
});

/** Seen where the boolean tensor, broadcastable to [batch, heads, queries, keys], is true (1). */
export const keepWhere = (tensor: Tensor<'bool'>): Mask => ({ kind: 'keep', tensor });

/** Hidden where the boolean tensor, broadcastable to [batch, heads, queries, keys], is true (1). */
export const hideWhere = (tensor: Tensor<'bool'>): Mask => not(keepWhere(tensor));

/** Seen where the function says so: the escape hatch. Right, slow, and unable to skip tiles or to cross to a worker. */
export const where = (predicate: MaskPredicate): Mask => ({ kind: 'where', predicate });

/** Seen where all of them allow it; nothing given allows all. */
export const and = (...parts: readonly Mask[]): Mask => ({ kind: 'and', parts });

/** Seen where one of them allows it. */
export const or = (...parts: readonly Mask[]): Mask => ({ kind: 'or', parts });

/** Seen where the other hides. */
export const not = (part: Mask): Mask => ({ kind: 'not', part });
