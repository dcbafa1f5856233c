// What one can say of a mask by looking at all of its elements and tiles: how much is seen, whether the future leaks, which rows see nothing,
// which tiles a kernel may skip, and what a stack of such layers lets a token reach.

import { allows, type Mask, tile } from '@heed/attention';

/** A mask over n queries and n keys, element by element. */
export interface MaskElements {
  readonly length: number;
  /** [n, n], 1 where seen. */
  readonly seen: Uint8Array;
  /** How many are. */
  readonly count: number;
  /** How many of those lie after their query. */
  readonly future: number;
  /** Queries that see no key. */
  readonly emptyRows: readonly number[];
}

const sizesOf = (length: number) => ({ batch: 1, heads: 1, queries: length, keys: length });

/** Reads all elements. */
export const maskElements = (mask: Mask, length: number): MaskElements => {
  const sizes = sizesOf(length);
  const seen = new Uint8Array(length * length);
  let [count, future] = [0, 0];
  const emptyRows: number[] = [];
  for (let query = 0; query < length; query++) {
    let own = 0;
    for (let key = 0; key < length; key++) {
      const bit = allows(mask, { batch: 0, head: 0, query, key }, sizes) ? 1 : 0;
      seen[query * length + key] = bit;
      own += bit;
      if (key > query) future += bit;
    }
    count += own;
    if (own === 0) emptyRows.push(query);
  }
  return { length, seen, count, future, emptyRows };
};

/** Most ranges of neighbouring keys that one of the given queries sees: up to eight of them run in the engine. */
export const mostRanges = (mask: Mask, length: number, queries: readonly number[]): number => {
  const sizes = sizesOf(length);
  let most = 0;
  for (const query of queries) {
    let [ranges, before] = [0, false];
    for (let key = 0; key < length; key++) {
      const seen = allows(mask, { batch: 0, head: 0, query, key }, sizes);
      if (seen && !before) ranges++;
      before = seen;
    }
    most = Math.max(most, ranges);
  }
  return most;
};

/** Tiles of a mask as a kernel reads them. */
export interface MaskTiles {
  /** Rows and columns of tiles. */
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns]: 0 none of it seen, 1 some, 2 all. */
  readonly coverage: Uint8Array;
  readonly none: number;
  readonly some: number;
  readonly all: number;
  /** Share of the tiles that are visited. */
  readonly visited: number;
}

/** Sides of a tile. */
export interface TileSides {
  readonly queries: number;
  readonly keys: number;
}

/** Reads all tiles. */
export const maskTiles = (mask: Mask, length: number, sides: TileSides): MaskTiles => {
  const [rows, columns] = [Math.ceil(length / sides.queries), Math.ceil(length / sides.keys)];
  const coverage = new Uint8Array(rows * columns);
  const counts = [0, 0, 0];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const place = {
        batch: 0,
        queryStart: row * sides.queries,
        queryEnd: Math.min(length, (row + 1) * sides.queries),
        keyStart: column * sides.keys,
        keyEnd: Math.min(length, (column + 1) * sides.keys),
      };
      const own = tile(mask, place, sizesOf(length));
      coverage[row * columns + column] = own;
      counts[own] = (counts[own] ?? 0) + 1;
    }
  const [none = 0, some = 0, all = 0] = counts;
  return { rows, columns, coverage, none, some, all, visited: (some + all) / Math.max(1, rows * columns) };
};

/** What tokens know of each other after some layers. */
export interface MaskReach {
  /** [n, n]: layers until query i has something of key j, residual paths included: 0 for itself, 255 for never. */
  readonly layers: Uint8Array;
  /** Layers until every token has all that it ever gets. */
  readonly settled: number;
}

/** Never reached. */
export const never = 255;

/** By breadth: what a token sees, what those see, and so on. Tokens keep what they have (the residual path). */
export const maskReach = ({ seen, length }: MaskElements): MaskReach => {
  const layers = new Uint8Array(length * length).fill(never);
  let settled = 0;
  for (let query = 0; query < length; query++) {
    const own = layers.subarray(query * length, (query + 1) * length);
    own[query] = 0;
    let front = [query];
    for (let layer = 1; front.length > 0 && layer < never; layer++) {
      const next: number[] = [];
      for (const from of front)
        for (let key = 0; key < length; key++)
          if (seen[from * length + key] === 1 && own[key] === never) {
            own[key] = layer;
            next.push(key);
          }
      if (next.length > 0) settled = Math.max(settled, layer);
      front = next;
    }
  }
  return { layers, settled };
};

/** How many tokens the query at `row` has something of after so many layers, itself included. */
export const reachedBy = ({ layers }: MaskReach, length: number, row: number, depth: number): number => {
  let count = 0;
  for (let key = 0; key < length; key++) if ((layers[row * length + key] ?? never) <= depth) count++;
  return count;
};
