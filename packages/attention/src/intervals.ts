// The interval reading of a mask: the one range of keys that each query sees, where there is one. Such masks run in the engine as one call.

import type { Mask } from './mask.ts';
import { allows, type MaskSizes } from './tiles.ts';

/** [first, end) of the keys; end ≤ first where none is seen. */
type Interval = readonly [first: number, end: number];

/** The interval of a query in a batch; undefined where what it sees is no interval, or differs by head. */
type Reader = (batch: number, query: number) => Interval | undefined;

const nothing: Interval = [0, 0];

const meet = (a: Interval, b: Interval): Interval => [Math.max(a[0], b[0]), Math.min(a[1], b[1])];

/** Both together, where they touch. */
const join = (a: Interval, b: Interval): Interval | undefined => {
  if (a[1] <= a[0]) return b;
  if (b[1] <= b[0]) return a;
  if (Math.max(a[0], b[0]) > Math.min(a[1], b[1])) return undefined;
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
};

/** All keys but these, where that is one range. */
const outside = ([first, end]: Interval, keys: number): Interval | undefined => {
  if (end <= first) return [0, keys];
  if (first <= 0) return [Math.max(0, end), keys];
  return end >= keys ? [0, first] : undefined;
};

const fold = (
  parts: readonly Reader[],
  start: Interval,
  combine: (a: Interval, b: Interval) => Interval | undefined,
): Reader => {
  return (batch, query) => {
    let result: Interval | undefined = start;
    for (const part of parts) {
      const seen = part(batch, query);
      if (seen === undefined || result === undefined) return undefined;
      result = combine(result, seen);
    }
    return result;
  };
};

/** The interval of truths among `count` of them. */
const runOf = (count: number, isSeen: (index: number) => boolean): Interval | undefined => {
  let first = 0;
  while (first < count && !isSeen(first)) first++;
  let end = first;
  while (end < count && isSeen(end)) end++;
  for (let rest = end; rest < count; rest++) if (isSeen(rest)) return undefined;
  return [first, end];
};

/** Documents whose keys stand together: first and end of each. */
const documentReader = ({ queryIds, keyIds }: Extract<Mask, { kind: 'documents' }>): Reader => {
  const found = new Map<number, Interval | undefined>();
  for (const [key, id] of keyIds.entries()) {
    const before = found.has(id) ? found.get(id) : ([key, key] as const);
    found.set(id, before !== undefined && before[1] === key ? [before[0], key + 1] : undefined);
  }
  return (_batch, query) => {
    const id = queryIds[query] as number; // one a query, checked
    return found.has(id) ? found.get(id) : nothing;
  };
};

const readerOf = (mask: Mask, sizes: MaskSizes): Reader | undefined => {
  const { queries, keys } = sizes;
  switch (mask.kind) {
    case 'window':
      return (_batch, query) => {
        const position = query + keys - queries;
        return [Math.ceil(position - mask.left), Math.floor(position + mask.right) + 1];
      };
    case 'padding':
      return (batch) => [0, mask.lengths[batch] as number]; // one a batch, checked
    case 'firstKeys':
      return () => [0, mask.count];
    case 'documents':
      return documentReader(mask);
    case 'keep': {
      const { tensor } = mask;
      if (tensor.rank > 2 && tensor.shape[tensor.rank - 3] !== 1) return undefined; // heads differ
      return (batch, query) => runOf(keys, (key) => allows(mask, { batch, head: 0, query, key }, sizes));
    }
    case 'blocks':
      return (_batch, query) => {
        const row = mask.table[Math.floor(query / mask.size)] ?? []; // there, checked
        const run = runOf(row.length, (column) => row[column] === 1);
        return run && [run[0] * mask.size, run[1] * mask.size];
      };
    case 'and':
    case 'or': {
      const parts = mask.parts.map((part) => readerOf(part, sizes));
      if (!parts.every((part) => part !== undefined)) return undefined;
      return mask.kind === 'and' ? fold(parts, [0, keys], meet) : fold(parts, nothing, join);
    }
    case 'not': {
      const part = readerOf(mask.part, sizes);
      return (
        part &&
        ((batch, query) => {
          const seen = part(batch, query);
          return seen && outside(seen, keys);
        })
      );
    }
    case 'dilated':
    case 'global':
    case 'where':
      return undefined;
    default:
      return mask satisfies never;
  }
};

/**
 * Two numbers a query row of each batch, [batch · queries · 2], the keys first ≤ j < end that it sees; undefined where the mask is no interval of
 * keys by row.
 */
export const intervals = (mask: Mask, sizes: MaskSizes): Int32Array | undefined => {
  const reader = readerOf(mask, sizes);
  if (reader === undefined) return undefined;
  const result = new Int32Array(sizes.batch * sizes.queries * 2);
  let index = 0;
  for (let batch = 0; batch < sizes.batch; batch++)
    for (let query = 0; query < sizes.queries; query++) {
      const seen = reader(batch, query);
      if (seen === undefined) return undefined;
      const first = Math.min(Math.max(0, seen[0]), sizes.keys);
      result[index++] = first;
      result[index++] = Math.max(first, Math.min(sizes.keys, seen[1]));
    }
  return result;
};
