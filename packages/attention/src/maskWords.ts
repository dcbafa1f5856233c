// The word reading of a mask: a tile of at most 64 keys as two words of 32 bits a query row, made of whole words where a mask is made of ranges.
// `allows` (tiles.ts) is the definition.

import type { Mask } from './mask.ts';
import { countBetween } from './sortedNumbers.ts';
import { allows, globalsOf, type MaskSizes, positionOf, type Tile } from './tiles.ts';

/** A tile of one head. */
export interface HeadTile extends Tile {
  readonly head: number;
}

/** Words of a row: a tile has at most 64 keys. */
export const tileWords = 2;

/** Bits from … to − 1 of a word, of those that it has. */
const rangeWord = (from: number, to: number): number => {
  const [low, high] = [Math.max(0, from), Math.min(32, to)];
  return low < high ? (-1 << low) & (-1 >>> (32 - high)) : 0; // shifts within 0 … 31
};

/** Shows keys from … to − 1 of the tile, of those that it has, to a row. */
const showRange = (words: Int32Array, row: number, [from, to]: readonly [number, number]): void => {
  for (let at = 0; at < tileWords; at++) {
    const index = tileWords * row + at;
    words[index] = (words[index] as number) | rangeWord(from - 32 * at, to - 32 * at); // two words a row
  }
};

const showKey = (words: Int32Array, row: number, key: number): void => {
  const index = tileWords * row + (key >> 5);
  words[index] = (words[index] as number) | (1 << (key & 31)); // two words a row
};

/** Shows what a function says of each row and key. */
const showEach = (words: Int32Array, place: Tile, sees: (query: number, key: number) => boolean): void => {
  const { queryStart, queryEnd, keyStart, keyEnd } = place;
  for (let query = queryStart; query < queryEnd; query++)
    for (let key = keyStart; key < keyEnd; key++)
      if (sees(query, key)) showKey(words, query - queryStart, key - keyStart);
};

type Of<Kind extends Mask['kind']> = Extract<Mask, { kind: Kind }>;

const showDilated = (words: Int32Array, mask: Of<'dilated'>, place: Tile, sizes: MaskSizes): void => {
  const { left, right, dilation } = mask;
  let comb = 0; // every dilation-th bit from bit 0 on
  for (let bit = 0; bit < 32; bit += dilation) comb |= 1 << bit;
  for (let index = 0; index < words.length; index++) {
    // The query's own position, from the word's first key.
    const query = place.queryStart + Math.floor(index / tileWords);
    const position = positionOf(query, sizes) - place.keyStart - 32 * (index % tileWords);
    const shift = ((position % dilation) + dilation) % dilation;
    if (shift > 31) continue;
    words[index] = (comb << shift) & rangeWord(position - left * dilation, position + right * dilation + 1);
  }
};

const showGlobal = (words: Int32Array, mask: Of<'global'>, place: Tile, sizes: MaskSizes): void => {
  const positions = globalsOf(mask, place.batch);
  const has = (position: number): boolean => countBetween(positions, position, position + 1) > 0;
  const columns: number[] = [];
  for (let key = place.keyStart; key < place.keyEnd; key++) if (has(key)) columns.push(key - place.keyStart);
  for (let query = place.queryStart; query < place.queryEnd; query++) {
    const row = query - place.queryStart;
    if (has(positionOf(query, sizes))) showRange(words, row, [0, 64]);
    else for (const column of columns) showKey(words, row, column);
  }
};

const showBlocks = (words: Int32Array, { size, table }: Of<'blocks'>, place: Tile): void => {
  for (let query = place.queryStart; query < place.queryEnd; query++) {
    const row = table[Math.floor(query / size)];
    for (let column = Math.floor(place.keyStart / size); column * size < place.keyEnd; column++)
      if (row?.[column] === 1)
        showRange(words, query - place.queryStart, [
          column * size - place.keyStart,
          (column + 1) * size - place.keyStart,
        ]);
  }
};

const showTensor = (words: Int32Array, { tensor }: Of<'keep'>, place: HeadTile): void => {
  const [batches, heads, queries, keys] = [
    ...new Array<number>(4 - tensor.rank).fill(1),
    ...tensor.shape,
  ] as [number, number, number, number]; // rank ≤ 4, checked by checkMask
  const group = (batches === 1 ? 0 : place.batch) * heads + (heads === 1 ? 0 : place.head);
  const step = keys === 1 ? 0 : 1;
  const { data } = tensor;
  showEach(
    words,
    place,
    (query, key) => data[(group * queries + (queries === 1 ? 0 : query)) * keys + key * step] === 1,
  );
};

/**
 * Two words for each query row of a tile: bit j mod 32 of word ⌊j / 32⌋ is 1 where the row sees key keyStart + j. Bits of keys behind the tile's last
 * mean nothing.
 */
export const maskWords = (mask: Mask, place: HeadTile, sizes: MaskSizes): Int32Array => {
  const { batch, head, queryStart, queryEnd, keyStart } = place;
  const rows = queryEnd - queryStart;
  const words = new Int32Array(tileWords * rows);
  /** Shows a range of keys that depends on the row. */
  const showRanges = (rangeOf: (query: number) => readonly [first: number, end: number]): void => {
    for (let row = 0; row < rows; row++) {
      const [first, end] = rangeOf(queryStart + row);
      showRange(words, row, [first - keyStart, end - keyStart]);
    }
  };
  switch (mask.kind) {
    case 'window':
      showRanges((query) => {
        const position = positionOf(query, sizes);
        return [Math.ceil(position - mask.left), Math.floor(position + mask.right) + 1];
      });
      return words;
    case 'padding':
      showRanges(() => [0, mask.lengths[batch] as number]); // checked by checkMask
      return words;
    case 'firstKeys':
      showRanges(() => [0, mask.count]);
      return words;
    case 'dilated':
      showDilated(words, mask, place, sizes);
      return words;
    case 'global':
      showGlobal(words, mask, place, sizes);
      return words;
    case 'blocks':
      showBlocks(words, mask, place);
      return words;
    case 'documents':
      showEach(words, place, (query, key) => mask.queryIds[query] === mask.keyIds[key]);
      return words;
    case 'keep':
      showTensor(words, mask, place);
      return words;
    case 'where':
      showEach(words, place, (query, key) => allows(mask, { batch, head, query, key }, sizes));
      return words;
    case 'and':
    case 'or': {
      const both = mask.kind === 'and';
      words.fill(both ? -1 : 0);
      for (const part of mask.parts)
        for (const [index, word] of maskWords(part, place, sizes).entries()) {
          const old = words[index] as number; // as many words
          words[index] = both ? old & word : old | word;
        }
      return words;
    }
    case 'not':
      return maskWords(mask.part, place, sizes).map((word) => ~word);
    default:
      return mask satisfies never;
  }
};
