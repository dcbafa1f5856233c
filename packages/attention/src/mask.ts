// Mask: which query may see which key, as a value. It prints, compares, crosses to a worker and can be read tile by tile (tiles.ts).
// It is not a closure and not an additive bias.

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

/** Keys from p − left to p + right, both included; Infinity for no limit. */
export const window = ({ left, right }: { readonly left: number; readonly right: number }): Mask => {
  if (!(left >= 0) || !(right >= 0))
    throw new RangeError(`window: left ${left} and right ${right}; expected numbers from 0, or Infinity.`);
  return { kind: 'window', left, right };
};

/** No query sees a later key: window({ left: Infinity, right: 0 }). */
export const causal = (): Mask => window({ left: Number.POSITIVE_INFINITY, right: 0 });

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
