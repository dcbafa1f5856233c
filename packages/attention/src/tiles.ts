// The readings of a mask: by element (`allows`, the definition), by tile (none, some, all), by row interval, and as a tensor.

import { Tensor } from '@heed/tensor';
import type { Mask } from './mask.ts';

/** Sizes of the attention that a mask is read for. */
export interface MaskSizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}

/** One place of the [batch, heads, queries, keys] square. */
export interface Place {
  readonly batch: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
}

const readTensor = (tensor: Tensor<'bool'>, place: Place): boolean => {
  const full = [place.batch, place.head, place.query, place.key];
  let index = 0;
  for (let axis = 0; axis < tensor.rank; axis++) {
    const extent = tensor.shape[axis] as number; // axis < rank
    const at = full[4 - tensor.rank + axis] as number; // rank ≤ 4, checked by checkMask
    index = index * extent + (extent === 1 ? 0 : at);
  }
  return tensor.data[index] === 1;
};

/** The definition of a mask: whether this query may see this key. */
export const allows = (mask: Mask, place: Place, sizes: MaskSizes): boolean => {
  switch (mask.kind) {
    case 'window': {
      const position = place.query + sizes.keys - sizes.queries;
      return place.key >= position - mask.left && place.key <= position + mask.right;
    }
    case 'padding':
      return place.key < (mask.lengths[place.batch] as number); // checked by checkMask
    case 'documents':
      return mask.queryIds[place.query] === mask.keyIds[place.key];
    case 'keep':
      return readTensor(mask.tensor, place);
    case 'where':
      return mask.predicate(place);
    case 'and':
      return mask.parts.every((part) => allows(part, place, sizes));
    case 'or':
      return mask.parts.some((part) => allows(part, place, sizes));
    case 'not':
      return !allows(mask.part, place, sizes);
    default:
      return mask satisfies never;
  }
};

/** Throws a clear error where a mask does not fit the sizes. */
export const checkMask = (mask: Mask, sizes: MaskSizes): void => {
  const { batch, queries, keys } = sizes;
  switch (mask.kind) {
    case 'padding':
      if (mask.lengths.length !== batch || mask.lengths.some((length) => length > keys))
        throw new RangeError(
          `padding: lengths [${mask.lengths.join(', ')}] for ${batch} batches of ${keys} keys; expected one length a batch, at most ${keys}.`,
        );
      return;
    case 'documents':
      if (mask.queryIds.length !== queries || mask.keyIds.length !== keys)
        throw new RangeError(
          `documents: ${mask.queryIds.length} query ids and ${mask.keyIds.length} key ids for ${queries} queries and ${keys} keys; expected one id each.`,
        );
      return;
    case 'keep': {
      const full = [batch, sizes.heads, queries, keys];
      const { tensor } = mask;
      const fits =
        tensor.rank <= 4 &&
        tensor.shape.every((extent, axis) => extent === 1 || extent === full[4 - tensor.rank + axis]);
      if (!fits)
        throw new RangeError(
          `mask: ${tensor} does not broadcast to [batch, heads, queries, keys] = [${full.join(', ')}].`,
        );
      return;
    }
    case 'and':
    case 'or':
      for (const part of mask.parts) checkMask(part, sizes);
      return;
    case 'not':
      checkMask(mask.part, sizes);
      return;
    case 'window':
    case 'where':
      return;
    default:
      mask satisfies never;
  }
};

/** A rectangle of queries and keys, ends excluded, in one batch. */
export interface Tile {
  readonly batch: number;
  readonly queryStart: number;
  readonly queryEnd: number;
  readonly keyStart: number;
  readonly keyEnd: number;
}

/** What a mask says of a tile: 0 none of it is seen, 1 some (or not known), 2 all. */
export type Coverage = 0 | 1 | 2;

const overlap = (
  a: readonly number[],
  aStart: number,
  aEnd: number,
  b: readonly number[],
  bStart: number,
  bEnd: number,
): Coverage => {
  const left = new Set(a.slice(aStart, aEnd));
  const right = new Set(b.slice(bStart, bEnd));
  if (left.size === 1 && right.size === 1) return [...left][0] === [...right][0] ? 2 : 0;
  for (const id of left) if (right.has(id)) return 1;
  return 0;
};

/** Reads a tile without reading its elements; `some` where it cannot tell. Empty tiles are never visited by a kernel. */
export const tile = (mask: Mask, place: Tile, sizes: MaskSizes): Coverage => {
  switch (mask.kind) {
    case 'window': {
      const shift = sizes.keys - sizes.queries;
      const first = place.queryStart + shift;
      const last = place.queryEnd - 1 + shift;
      if (place.keyEnd - 1 < first - mask.left || place.keyStart > last + mask.right) return 0;
      return place.keyStart >= last - mask.left && place.keyEnd - 1 <= first + mask.right ? 2 : 1;
    }
    case 'padding': {
      const length = mask.lengths[place.batch] as number; // checked by checkMask
      if (place.keyStart >= length) return 0;
      return place.keyEnd <= length ? 2 : 1;
    }
    case 'documents':
      return overlap(
        mask.queryIds,
        place.queryStart,
        place.queryEnd,
        mask.keyIds,
        place.keyStart,
        place.keyEnd,
      );
    case 'keep':
    case 'where':
      return 1;
    case 'and':
      return Math.min(2, ...mask.parts.map((part) => tile(part, place, sizes))) as Coverage;
    case 'or':
      return Math.max(0, ...mask.parts.map((part) => tile(part, place, sizes))) as Coverage;
    case 'not':
      return (2 - tile(mask.part, place, sizes)) as Coverage;
    default:
      return mask satisfies never;
  }
};

/** [first, end) of the keys that a query of a batch sees, where that is one interval in every head; undefined where it may not be. */
const interval = (
  mask: Mask,
  batch: number,
  query: number,
  sizes: MaskSizes,
): readonly [number, number] | undefined => {
  switch (mask.kind) {
    case 'window': {
      const position = query + sizes.keys - sizes.queries;
      return [Math.max(0, position - mask.left), Math.min(sizes.keys, position + mask.right + 1)];
    }
    case 'padding':
      return [0, mask.lengths[batch] as number]; // checked by checkMask
    case 'and': {
      let first = 0;
      let end = sizes.keys;
      for (const part of mask.parts) {
        const seen = interval(part, batch, query, sizes);
        if (seen === undefined) return undefined;
        first = Math.max(first, seen[0]);
        end = Math.min(end, seen[1]);
      }
      return [first, end];
    }
    default:
      return undefined;
  }
};

/**
 * The interval reading: two numbers a query row of each batch, [batch · queries · 2], the keys first ≤ j < end that it sees;
 * undefined where the mask is no interval of keys by row.
 */
export const intervals = (mask: Mask, sizes: MaskSizes): Int32Array | undefined => {
  const result = new Int32Array(sizes.batch * sizes.queries * 2);
  for (let batch = 0; batch < sizes.batch; batch++)
    for (let query = 0; query < sizes.queries; query++) {
      const seen = interval(mask, batch, query, sizes);
      if (seen === undefined) return undefined;
      const first = Math.min(Math.max(0, seen[0]), sizes.keys);
      result[2 * (batch * sizes.queries + query)] = first;
      result[2 * (batch * sizes.queries + query) + 1] = Math.max(first, seen[1]);
    }
  return result;
};

/**
 * The mask as a boolean tensor, 1 where a query may see a key: [batch, heads, queries, keys], or a part of it by ranges.
 *
 * @example
 * toTensor(causal(), { batch: 1, heads: 1, queries: 2, keys: 3 }).toArray(); //=> [[[[1, 1, 0], [1, 1, 1]]]]
 */
export const toTensor = (
  mask: Mask,
  sizes: MaskSizes,
  part: { readonly queries?: readonly [number, number]; readonly keys?: readonly [number, number] } = {},
): Tensor<'bool'> => {
  const [queryStart, queryEnd] = part.queries ?? [0, sizes.queries];
  const [keyStart, keyEnd] = part.keys ?? [0, sizes.keys];
  const shape = [sizes.batch, sizes.heads, queryEnd - queryStart, keyEnd - keyStart];
  const data = new Uint8Array(shape.reduce((a, b) => a * b, 1));
  let index = 0;
  for (let batch = 0; batch < sizes.batch; batch++)
    for (let head = 0; head < sizes.heads; head++)
      for (let query = queryStart; query < queryEnd; query++)
        for (let key = keyStart; key < keyEnd; key++)
          data[index++] = allows(mask, { batch, head, query, key }, sizes) ? 1 : 0;
  return new Tensor('bool', shape, data);
};
