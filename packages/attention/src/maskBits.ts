// A mask as the engine reads it where it is no few ranges of keys a row: a bit a key, for as many query rows at a time as memory is allowed for.
// Tiles that the mask leaves empty have no bit that is 1, and their elements are not read.

import type { VisibleBits } from '@heed/tensor';
import { differs } from './hidden.ts';
import type { Mask } from './mask.ts';
import { maskWords, tileWords } from './maskWords.ts';
import { type MaskSizes, type Tile, tile } from './tiles.ts';

/** Queries and keys a tile: two words a row. */
const tileSize = 64;

/** What some query rows see. */
export interface SeenRows {
  /** The rows [start, end), of every batch. */
  readonly rows: readonly [number, number];
  /** Two numbers for each of these rows of a batch, [first, end) of the keys that it may see; undefined: all. */
  readonly visible: Int32Array | undefined;
  /** Which of these it sees; undefined: all of them. */
  readonly visibleBits: VisibleBits | undefined;
  /** Rows of `visible` from one batch to the next; 0 where all batches share them. */
  readonly stride: number;
}

/** At most 64 rows of one batch: tiles first to end of keys are not all empty; the words of each head that differs, `width` a row. */
interface Strip {
  readonly rows: number;
  readonly range: readonly [first: number, end: number];
  readonly width: number;
  readonly heads: readonly Int32Array[];
}

/** Most tiles of a row that are asked for together are a power of this. */
const wider = 8;

/**
 * How much is seen of each tile of some rows, [tiles of keys]: tiles that are empty or full together are asked for together, so that the whole costs
 * about what is neither.
 */
const coverages = (mask: Mask, sizes: MaskSizes, rows: Omit<Tile, 'keyStart' | 'keyEnd'>): Uint8Array => {
  const { keys } = sizes;
  const { batch, queryStart, queryEnd } = rows;
  const count = Math.ceil(keys / tileSize);
  const found = new Uint8Array(count);
  const ask = (first: number, end: number): void => {
    const [keyStart, keyEnd] = [first * tileSize, Math.min(keys, end * tileSize)];
    const seen = tile(mask, { batch, queryStart, queryEnd, keyStart, keyEnd }, sizes);
    if (seen !== 1 || end - first === 1) {
      found.fill(seen, first, end);
      return;
    }
    let step = 1;
    while (step * wider < end - first) step *= wider;
    for (let at = first; at < end; at += step) ask(at, Math.min(end, at + step));
  };
  if (count > 0) ask(0, count);
  return found;
};

const stripOf = (
  mask: Mask,
  sizes: MaskSizes,
  { heads, ...own }: Omit<Tile, 'keyStart' | 'keyEnd'> & { readonly heads: number },
): Strip => {
  const { batch, queryStart, queryEnd } = own;
  const rows = queryEnd - queryStart;
  const { keys } = sizes;
  const seen = coverages(mask, sizes, own);
  const first = seen.findIndex((coverage) => coverage !== 0);
  const last = seen.findLastIndex((coverage) => coverage !== 0);
  const range =
    first < 0 ? ([0, 0] as const) : ([first * tileSize, Math.min(keys, (last + 1) * tileSize)] as const);
  const width = Math.ceil((range[1] - range[0]) / 32);
  const found = Array.from({ length: heads }, (_, head) => {
    const words = new Int32Array(rows * width);
    for (let at = first; at >= 0 && at <= last; at++) {
      if (seen[at] === 0) continue;
      const [keyStart, keyEnd] = [at * tileSize, Math.min(keys, (at + 1) * tileSize)];
      const place = { batch, head, queryStart, queryEnd, keyStart, keyEnd };
      const some = seen[at] === 2 ? undefined : maskWords(mask, place, sizes);
      const column = tileWords * (at - first);
      const both = column + 1 < width; // the last tile may be one word wide
      for (let row = 0; row < rows; row++) {
        const to = row * width + column;
        words[to] = some === undefined ? -1 : (some[tileWords * row] as number); // two words a row
        if (both) words[to + 1] = some === undefined ? -1 : (some[tileWords * row + 1] as number);
      }
    }
    return words;
  });
  return { rows, range, width, heads: found };
};

/** Strips of rows [start, end), batch after batch, as one. */
const joined = (strips: readonly (readonly Strip[])[], rows: readonly [number, number]): SeenRows => {
  const batches = strips[0]?.length ?? 0;
  const all = Array.from({ length: batches }, (_, batch) =>
    strips.map((strip) => strip[batch] as Strip),
  ).flat(); // one a batch
  const count = rows[1] - rows[0];
  const total = all.reduce((sum, strip) => sum + strip.rows * strip.width, 0);
  const heads = all[0]?.heads.length ?? 1;
  const visible = new Int32Array(2 * batches * count);
  const starts = new Int32Array(batches * count);
  const words = new Int32Array(heads * total);
  let [row, at] = [0, 0];
  for (const strip of all) {
    for (const [head, own] of strip.heads.entries()) words.set(own, head * total + at);
    for (let own = 0; own < strip.rows; own++, row++) {
      visible.set(strip.range, 2 * row);
      starts[row] = at + own * strip.width - strip.range[0] / 32; // a range begins at a tile
    }
    at += strip.rows * strip.width;
  }
  const visibleBits = { words, starts, head: heads === 1 ? 0 : total };
  return { rows, visible, visibleBits, stride: batches === 1 ? 0 : count };
};

/**
 * What all query rows see under a mask, in parts of consecutive rows whose words are about `most`, or 64 rows where those have more. Where all
 * batches see the same, `visible` is that of one.
 */
export function* maskBits(mask: Mask, sizes: MaskSizes, most: number): Generator<SeenRows> {
  const by = differs(mask);
  const [batches, heads] = [by.batch ? sizes.batch : 1, by.head ? sizes.heads : 1];
  let strips: Strip[][] = [];
  let [first, count] = [0, 0];
  for (let start = 0; start < sizes.queries; start += tileSize) {
    const end = Math.min(sizes.queries, start + tileSize);
    const own = Array.from({ length: batches }, (_, batch) =>
      stripOf(mask, sizes, { batch, heads, queryStart: start, queryEnd: end }),
    );
    const words = own.reduce((sum, { rows, width }) => sum + rows * width * heads, 0);
    if (strips.length > 0 && count + words > most) {
      yield joined(strips, [first, start]);
      [strips, first, count] = [[], start, 0];
    }
    strips.push(own);
    count += words;
  }
  if (strips.length > 0) yield joined(strips, [first, sizes.queries]);
}
