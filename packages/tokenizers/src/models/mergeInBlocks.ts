// Merging a long row block by block, with the result of merging it as a whole. How a block is merged is in `mergeSymbols.ts`.
import { grown } from '../structures/growing.ts';
import type { Symbols } from './mergeSymbols.ts';

/** Merges a row in place, always the pair of the lowest rank, the leftmost among equals. */
type Merge = (symbols: Symbols) => void;

// Where what comes after a block changes more than so many symbols before it, the row is merged as a whole.
const farthest = 2 ** 15;

/**
 * Merges a row of any length in blocks of `block` symbols: within a few, looking for the lowest rank again and again is much quicker
 * than a queue, and needs no memory.
 *
 * Why it is exact: let l be the last token of a row L merged by itself, r the first one of a row R. If merging the symbols of l and r
 * together gives l, r again, then merging L and R together gives the tokens of L and then those of R. For as long as no pair across the
 * border is merged, each side takes its own steps in its own order, and so do the symbols of l and r among them, which no merge joins
 * to others; whether a pair across the border comes up is thus the same for l, r alone as for the whole. Where l and r do not stay, some
 * tokens before the border are merged again together with the block after it.
 */
export function mergeInBlocks(symbols: Symbols, merge: Merge, block: number): void {
  const { ids, widths, length } = symbols;
  // The tokens so far: ids, and where each begins in the row.
  let made = new Int32Array(1024);
  let starts = new Int32Array(1024);
  let done = 0;
  const merged = (from: number, to: number): Symbols => {
    const part = { ids: ids.slice(from, to), widths: new Int32Array(to - from).fill(1), length: to - from };
    merge(part);
    return part;
  };
  const stays = (from: number, first: number): boolean => {
    const before = starts[done - 1] as number; // done > 0
    const pair = merged(before, from + first);
    let end = before;
    for (let k = 0; end < from; k++) end += pair.widths[k] as number; // widths add up to the end of the pair
    return end === from;
  };
  for (let to = 0; to < length; ) {
    let from = to;
    to = Math.min(length, to + block);
    let part = merged(from, to);
    for (let back = 2; done > 0 && !stays(from, part.widths[0] as number); back *= 2) {
      done = Math.max(0, done - back);
      from = done === 0 ? 0 : (starts[done] as number); // done < tokens so far
      if (to - from > farthest) {
        merge(symbols);
        return;
      }
      part = merged(from, to);
    }
    made = grown(made, done + part.length);
    starts = grown(starts, done + part.length);
    for (let k = 0; k < part.length; k++) {
      made[done] = part.ids[k] as number; // k < length
      starts[done++] = from;
      from += part.widths[k] as number;
    }
  }
  // Tokens are no more than symbols, so writing does not overtake reading.
  for (let k = 0; k < done; k++) {
    const end = k + 1 < done ? (starts[k + 1] as number) : length;
    let width = 0;
    for (let at = starts[k] as number; at < end; at++) width += widths[at] as number; // at < length
    ids[k] = made[k] as number;
    widths[k] = width;
  }
  symbols.length = done;
}
