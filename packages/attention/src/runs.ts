// The row reading of a mask: the ranges of keys that each query sees, where they are few. What one range a row shows the engine computes in one
// call; what r ranges show, in r calls whose results merge.

import type { Mask } from './mask.ts';
import { allows, globalsOf, type MaskSizes } from './tiles.ts';

/** Rising numbers first, end, first, end, … of ranges [first, end) of keys that do not touch. */
type Runs = readonly number[];

/** The ranges of a query in a batch; undefined where they differ by head. */
type Reader = (batch: number, query: number) => Runs;

const range = (first: number, end: number, keys: number): Runs => {
  const [from, to] = [Math.max(0, Math.ceil(first)), Math.min(keys, Math.floor(end))];
  return from < to ? [from, to] : [];
};

const runsOf = (count: number, isSeen: (index: number) => boolean, scale = 1): Runs => {
  const found: number[] = [];
  for (let index = 0; index <= count; index++)
    if ((index < count && isSeen(index)) !== (found.length % 2 === 1)) found.push(index * scale);
  return found;
};

/** Ranges that both lists see (`least` 2), or one of them (1): by walking their borders in order. */
const combine = (a: Runs, b: Runs, least: 1 | 2): Runs => {
  const found: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    if (a[i] === at) i++;
    if (b[j] === at) j++;
    // An odd number of borders passed is a range that is open; of those that touch, only the outer borders count.
    const open = (i % 2) + (j % 2) >= least;
    if (open === (found.length % 2 === 1)) continue;
    if (found.at(-1) === at) found.pop();
    else found.push(at);
  }
  return found;
};

const outside = (runs: Runs, keys: number): Runs => {
  const found = runs[0] === 0 ? runs.slice(1) : [0, ...runs];
  return found.at(-1) === keys ? found.slice(0, -1) : [...found, keys];
};

const documentReader = ({ queryIds, keyIds }: Extract<Mask, { kind: 'documents' }>): Reader => {
  const found = new Map<number, number[]>();
  for (const [key, id] of keyIds.entries()) {
    const runs = found.get(id) ?? [];
    if (runs.at(-1) === key) runs[runs.length - 1] = key + 1;
    else runs.push(key, key + 1);
    found.set(id, runs);
  }
  return (_batch, query) => found.get(queryIds[query] as number) ?? []; // one a query, checked
};

const globalReader = (mask: Extract<Mask, { kind: 'global' }>, sizes: MaskSizes): Reader => {
  const { batch, queries, keys } = sizes;
  const sets = Array.from({ length: mask.positions.length }, (_, b) => new Set(globalsOf(mask, b)));
  const columns = sets.map((set) => runsOf(keys, (key) => set.has(key)));
  return (b, query) => {
    const list = mask.positions.length === batch ? b : 0;
    return sets[list]?.has(query + keys - queries) ? range(0, keys, keys) : (columns[list] ?? []);
  };
};

const dilatedReader = (
  { left, right, dilation }: Extract<Mask, { kind: 'dilated' }>,
  { queries, keys }: MaskSizes,
): Reader => {
  return (_batch, query) => {
    const position = query + keys - queries;
    const from = position - dilation * Math.min(left, Math.floor(position / dilation));
    const found: number[] = [];
    for (let key = from; key < keys && key <= position + right * dilation; key += dilation)
      if (key >= 0) found.push(key, key + 1);
    return found;
  };
};

const readerOf = (mask: Mask, sizes: MaskSizes): Reader | undefined => {
  const { queries, keys } = sizes;
  switch (mask.kind) {
    case 'window':
      return (_batch, query) => {
        const position = query + keys - queries;
        return range(position - mask.left, Math.floor(position + mask.right) + 1, keys);
      };
    case 'dilated':
      return dilatedReader(mask, sizes);
    case 'global':
      return globalReader(mask, sizes);
    case 'padding':
      return (batch) => range(0, mask.lengths[batch] as number, keys); // one a batch, checked
    case 'firstKeys':
      return () => range(0, mask.count, keys);
    case 'documents':
      return documentReader(mask);
    case 'keep':
      if (mask.tensor.rank > 2 && mask.tensor.shape.at(-3) !== 1) return undefined; // heads differ
      return (batch, query) => runsOf(keys, (key) => allows(mask, { batch, head: 0, query, key }, sizes));
    case 'blocks': {
      const rows = mask.table.map((row) => runsOf(row.length, (column) => row[column] === 1, mask.size));
      return (_batch, query) =>
        (rows[Math.floor(query / mask.size)] ?? []).map((border) => Math.min(keys, border)); // there, checked
    }
    case 'and':
    case 'or': {
      const parts = mask.parts.map((part) => readerOf(part, sizes));
      if (!parts.every((part) => part !== undefined)) return undefined;
      if (parts.length === 0) return () => (mask.kind === 'and' ? range(0, keys, keys) : []);
      const least = mask.kind === 'and' ? 2 : 1;
      return (batch, query) =>
        parts.slice(1).reduce(
          (seen, part) => combine(seen, part(batch, query), least),
          (parts[0] as Reader)(batch, query), // one at least
        );
    }
    case 'not': {
      const part = readerOf(mask.part, sizes);
      return part && ((batch, query) => (keys === 0 ? [] : outside(part(batch, query), keys)));
    }
    case 'where':
      return undefined;
    default:
      return mask satisfies never;
  }
};

/**
 * Layers of intervals that together are the mask: layer r holds the r-th range of each query row of each batch, two numbers first ≤ j < end a row,
 * [batch · queries · 2]; no key is in two layers. At least one layer; undefined where a row has more than `most` ranges, or heads differ.
 */
export const layers = (mask: Mask, sizes: MaskSizes, most: number): readonly Int32Array[] | undefined => {
  const reader = readerOf(mask, sizes);
  if (reader === undefined) return undefined;
  const rows = sizes.batch * sizes.queries;
  const found = [new Int32Array(2 * rows)];
  for (let row = 0; row < rows; row++) {
    const seen = reader(Math.floor(row / sizes.queries), row % sizes.queries);
    if (seen.length > 2 * most) return undefined;
    for (let at = 0; at < seen.length; at += 2) {
      let layer = found[at / 2];
      if (layer === undefined) {
        layer = new Int32Array(2 * rows);
        found.push(layer);
      }
      layer[2 * row] = seen[at] as number; // at + 1 < length
      layer[2 * row + 1] = seen[at + 1] as number;
    }
  }
  return found;
};

/**
 * The interval reading: two numbers a query row of each batch, [batch · queries · 2], the keys first ≤ j < end that it sees; undefined where the
 * mask is no interval of keys by row.
 */
export const intervals = (mask: Mask, sizes: MaskSizes): Int32Array | undefined =>
  layers(mask, sizes, 1)?.[0];
