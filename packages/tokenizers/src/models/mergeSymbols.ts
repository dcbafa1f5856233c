// Byte-pair merging itself: symbols in a row, merged by rank. It knows ids and widths, no text.
import { MergeQueue } from '../structures/mergeQueue.ts';
import type { PairTable } from '../structures/pairTable.ts';
import { mergeInBlocks } from './mergeInBlocks.ts';

/** Symbols in a row; the first `length` entries count. Merging shortens them in place. */
export interface Symbols {
  ids: Int32Array;
  /** What each symbol covers, in any unit; a merged symbol covers the sum. */
  widths: Int32Array;
  length: number;
}

/** The merges: the number of each pair that may merge, the id that it makes, and its rank, by default the number itself. */
export interface Merges {
  numbers: PairTable;
  made: Int32Array;
  ranks?: Int32Array;
}

/** Chance that a merge is passed over, and where chance comes from: numbers in [0, 1). */
export interface Dropout {
  probability: number;
  random: () => number;
}

// Up to here a scan for the lowest rank beats a queue.
const shortest = 48;

// Longer rows are merged in blocks of so many (of 16 to 64, the quickest on ten million letters).
const blockLength = 32;

/**
 * Merges the pair of the lowest rank, the leftmost among equals, until none is left (Sennrich et al. 2016, algorithm 1,
 * arXiv:1508.07909). With dropout each merge that comes up is put back with the given probability until another one has
 * been made (Provilkov et al. 2020, section 3, arXiv:1910.13267; `merge_all` in tokenizers models/bpe/word.rs, 3ba8ad00).
 *
 * Time: n² for n ≤ 48 symbols, else n log n, and n where it is done in blocks.
 */
export function mergeSymbols(symbols: Symbols, merges: Merges, dropout?: Dropout): void {
  if (symbols.length < 2) return;
  if (dropout !== undefined) mergeByQueue(symbols, merges, dropout);
  else if (symbols.length > shortest) mergeInBlocks(symbols, (part) => mergePart(part, merges), blockLength);
  else mergePart(symbols, merges);
}

function mergePart(symbols: Symbols, merges: Merges): void {
  if (symbols.length > shortest) mergeByQueue(symbols, merges, undefined);
  else mergeByScan(symbols, merges);
}

function mergeByScan(symbols: Symbols, { numbers, made, ranks }: Merges): void {
  const { ids, widths } = symbols;
  let { length } = symbols;
  const pairs: number[] = []; // the merge of each symbol with the next, −1: none
  for (let k = 0; k + 1 < length; k++) pairs.push(numbers.get(ids[k] as number, ids[k + 1] as number));
  for (;;) {
    let best = -1;
    let lowest = 0;
    let at = 0;
    for (let k = 0; k + 1 < length; k++) {
      const merge = pairs[k] as number; // k + 1 < length ≤ pairs.length + 1
      if (merge < 0) continue;
      const rank = ranks === undefined ? merge : (ranks[merge] as number); // merges come from the table
      if (best < 0 || rank < lowest) {
        best = merge;
        lowest = rank;
        at = k;
      }
    }
    if (best < 0) break;
    ids[at] = made[best] as number; // merges come from the table
    widths[at] = (widths[at] as number) + (widths[at + 1] as number);
    length -= 1;
    for (let k = at + 1; k < length; k++) {
      ids[k] = ids[k + 1] as number;
      widths[k] = widths[k + 1] as number;
      pairs[k - 1] = pairs[k] as number;
    }
    if (at > 0) pairs[at - 1] = numbers.get(ids[at - 1] as number, ids[at] as number);
    if (at + 1 < length) pairs[at] = numbers.get(ids[at] as number, ids[at + 1] as number);
  }
  symbols.length = length;
}

function mergeByQueue(
  symbols: Symbols,
  { numbers, made, ranks }: Merges,
  dropout: Dropout | undefined,
): void {
  const { ids, widths, length } = symbols;
  const queue = new MergeQueue(length);
  // Neighbours by position; the id of a symbol that is gone is −1.
  const before = new Int32Array(length);
  const after = new Int32Array(length);
  const rankOf = (merge: number): number => (ranks === undefined ? merge : (ranks[merge] as number)); // from the table
  const offer = (left: number, right: number): void => {
    const merge = numbers.get(ids[left] as number, ids[right] as number);
    if (merge >= 0) queue.push(rankOf(merge), left);
  };
  for (let k = 0; k < length; k++) {
    before[k] = k - 1;
    after[k] = k + 1;
    if (k + 1 < length) offer(k, k + 1);
  }
  const passed: number[] = [];
  for (let key = queue.pop(); key >= 0; key = queue.pop()) {
    if (dropout !== undefined && dropout.random() < dropout.probability) {
      passed.push(key);
      continue;
    }
    while (passed.length > 0) queue.pushKey(passed.pop() ?? 0);
    const left = MergeQueue.position(key);
    const right = after[left] as number; // left < length
    if (ids[left] === -1 || right >= length) continue;
    const merge = numbers.get(ids[left] as number, ids[right] as number);
    // The pair may have become another since it was queued.
    if (merge < 0 || rankOf(merge) !== MergeQueue.rank(key)) continue;
    ids[left] = made[merge] as number; // merges come from the table
    widths[left] = (widths[left] as number) + (widths[right] as number);
    ids[right] = -1;
    const next = after[right] as number; // right < length
    after[left] = next;
    if (next < length) before[next] = left;
    if ((before[left] as number) >= 0) offer(before[left] as number, left);
    if (next < length) offer(left, next);
  }
  let kept = 0;
  for (let k = 0; k < length; k = after[k] as number) {
    ids[kept] = ids[k] as number;
    widths[kept++] = widths[k] as number;
  }
  symbols.length = kept;
}
