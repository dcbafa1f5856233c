// The readings of a mask: by element (`allows`, the definition), by tile (none, some, all), and as a tensor. By row: intervals.ts.

import { Tensor } from '@heed/tensor';
import type { Mask } from './mask.ts';
import { countBetween } from './sortedNumbers.ts';

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

/** Position p = i + keys − queries of a query: the last query stands at the last key. */
export const positionOf = (query: number, { queries, keys }: MaskSizes): number => query + keys - queries;

/** Positions of a `global` in a batch: those of all batches where there is one list. */
export const globalsOf = (
  { positions }: Extract<Mask, { kind: 'global' }>,
  batch: number,
): readonly number[] => (positions.length === 1 ? positions[0] : positions[batch]) ?? []; // one a batch, checked by checkMask

/** Whether a distance key − position is a whole number of steps within the window. */
const reaches = ({ left, right, dilation }: Extract<Mask, { kind: 'dilated' }>, distance: number): boolean =>
  distance % dilation === 0 && distance >= -left * dilation && distance <= right * dilation;

/** The definition of a mask: whether this query may see this key. */
export const allows = (mask: Mask, place: Place, sizes: MaskSizes): boolean => {
  switch (mask.kind) {
    case 'window': {
      const position = positionOf(place.query, sizes);
      return place.key >= position - mask.left && place.key <= position + mask.right;
    }
    case 'dilated':
      return reaches(mask, place.key - positionOf(place.query, sizes));
    case 'global': {
      const positions = globalsOf(mask, place.batch);
      const position = positionOf(place.query, sizes);
      return (
        countBetween(positions, place.key, place.key + 1) + countBetween(positions, position, position + 1) >
        0
      );
    }
    case 'firstKeys':
      return place.key < mask.count;
    case 'blocks':
      return mask.table[Math.floor(place.query / mask.size)]?.[Math.floor(place.key / mask.size)] === 1;
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

/** Coverage from how many of how many are seen. */
const coverageOf = (seen: number, total: number): Coverage => {
  if (seen === 0) return 0;
  return seen === total ? 2 : 1;
};

const documentTile = (mask: Extract<Mask, { kind: 'documents' }>, place: Tile): Coverage => {
  const left = new Set(mask.queryIds.slice(place.queryStart, place.queryEnd));
  const right = new Set(mask.keyIds.slice(place.keyStart, place.keyEnd));
  if (left.size === 1 && right.size === 1) return [...left][0] === [...right][0] ? 2 : 0;
  for (const id of left) if (right.has(id)) return 1;
  return 0;
};

const dilatedTile = (mask: Extract<Mask, { kind: 'dilated' }>, place: Tile, sizes: MaskSizes): Coverage => {
  const nearest = place.keyStart - positionOf(place.queryEnd - 1, sizes);
  const farthest = place.keyEnd - 1 - positionOf(place.queryStart, sizes);
  if (nearest === farthest) return reaches(mask, nearest) ? 2 : 0;
  const { left, right, dilation } = mask;
  const first = Math.max(Math.ceil(nearest / dilation), -left);
  const last = Math.min(Math.floor(farthest / dilation), right);
  return first > last ? 0 : 1;
};

const globalTile = (mask: Extract<Mask, { kind: 'global' }>, place: Tile, sizes: MaskSizes): Coverage => {
  const positions = globalsOf(mask, place.batch);
  const rows = countBetween(
    positions,
    positionOf(place.queryStart, sizes),
    positionOf(place.queryEnd, sizes),
  );
  const columns = countBetween(positions, place.keyStart, place.keyEnd);
  if (rows === place.queryEnd - place.queryStart || columns === place.keyEnd - place.keyStart) return 2;
  return rows + columns === 0 ? 0 : 1;
};

const blocksTile = ({ size, table }: Extract<Mask, { kind: 'blocks' }>, place: Tile): Coverage => {
  let [seen, total] = [0, 0];
  for (let row = Math.floor(place.queryStart / size); row * size < place.queryEnd; row++)
    for (let column = Math.floor(place.keyStart / size); column * size < place.keyEnd; column++) {
      seen += table[row]?.[column] ?? 0; // there, checked by checkMask
      total++;
    }
  return coverageOf(seen, total);
};

/** Counts the tensor's own elements in the tile until it is neither empty nor full: broadcast axes are one element long. */
const tensorTile = ({ tensor }: Extract<Mask, { kind: 'keep' }>, place: Tile): Coverage => {
  const [batch, heads, queries, keys] = [...new Array<number>(4 - tensor.rank).fill(1), ...tensor.shape] as [
    number,
    number,
    number,
    number,
  ]; // rank ≤ 4, checked by checkMask
  const [rowStart, rowEnd] = queries === 1 ? [0, 1] : [place.queryStart, place.queryEnd];
  const [columnStart, columnEnd] = keys === 1 ? [0, 1] : [place.keyStart, place.keyEnd];
  const group = batch === 1 ? 0 : place.batch;
  let [seen, read] = [0, 0];
  for (let head = 0; head < heads; head++)
    for (let row = rowStart; row < rowEnd; row++) {
      const start = ((group * heads + head) * queries + row) * keys;
      for (let column = columnStart; column < columnEnd; column++, read++) {
        seen += tensor.data[start + column] as number; // inside by the shape
        if (seen > 0 && seen <= read) return 1;
      }
    }
  return coverageOf(seen, heads * (rowEnd - rowStart) * (columnEnd - columnStart));
};

/**
 * Reads a tile, for all heads at once, mostly without reading its elements; 1 where it cannot tell. Empty tiles are never visited by a kernel.
 * A tile has at least one query and one key.
 */
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
    case 'firstKeys':
      if (place.keyStart >= mask.count) return 0;
      return place.keyEnd <= mask.count ? 2 : 1;
    case 'documents':
      return documentTile(mask, place);
    case 'dilated':
      return dilatedTile(mask, place, sizes);
    case 'global':
      return globalTile(mask, place, sizes);
    case 'blocks':
      return blocksTile(mask, place);
    case 'keep':
      return tensorTile(mask, place);
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
