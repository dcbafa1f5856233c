// What Unigram training begins with: all characters, and the strings that are repeated and as long as their repetition allows.
import { suffixOrder } from './suffixOrder.ts';
import type { WordCounts } from './wordCounts.ts';

/** Pieces with what they weigh: of characters how often they stand, of longer strings how often times how long. */
export interface SeedPieces {
  readonly texts: string[];
  readonly weights: number[];
}

/**
 * The seed pieces of words: characters first, then strings of 2 to `longest` characters that more than one place has and that are
 * followed by different characters there, the heaviest first; `most` pieces at most. Strings are counted once a word, whatever
 * its frequency (`UnigramTrainer::make_seed_sentence_pieces` in tokenizers models/unigram/trainer.rs, 3ba8ad00, there by
 * the internal nodes of a suffix tree).
 *
 * @example seedPieces(new Map([['abc', 1], ['abd', 1]]), { longest: 16, most: 100 }).texts; //=> ['b', 'a', 'd', 'c', 'ab']
 */
export function seedPieces(
  words: WordCounts,
  { longest, most }: { longest: number; most: number },
): SeedPieces {
  const { codes, counts } = flatten(words);
  const texts: string[] = [];
  const weights: number[] = [];
  for (const [code, count] of [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])) {
    texts.push(String.fromCodePoint(code));
    weights.push(count);
  }
  const { lefts, lengths, counts: repeats, order } = repeatedStrings(codes, longest);
  // Strings in the order of their first place in the suffix order, shorter first, are in alphabetical order; ties are descending.
  const weight = (k: number): number => (repeats[k] ?? 0) * (lengths[k] ?? 0);
  const sorted = Int32Array.from(lefts.keys()).sort(
    (a, b) =>
      weight(b) - weight(a) || (lefts[b] ?? 0) - (lefts[a] ?? 0) || (lengths[b] ?? 0) - (lengths[a] ?? 0),
  );
  for (const k of sorted) {
    const start = order[lefts[k] ?? 0] ?? 0;
    texts.push(String.fromCodePoint(...codes.subarray(start, start + (lengths[k] ?? 0))));
    weights.push(weight(k));
    if (texts.length >= most) break;
  }
  return { texts, weights };
}

// All words one behind the other, with a 0 behind each, and how often each character stands in the corpus.
function flatten(words: WordCounts): { codes: Int32Array; counts: Map<number, number> } {
  let length = 0;
  for (const word of words.keys()) length += word.length + 1;
  const codes = new Int32Array(length);
  const counts = new Map<number, number>();
  let end = 0;
  for (const [word, count] of words) {
    for (const character of word) {
      const code = character.codePointAt(0) ?? 0;
      codes[end++] = code;
      if (code !== 0) counts.set(code, (counts.get(code) ?? 0) + count);
    }
    end += 1;
  }
  return { codes: codes.subarray(0, end), counts };
}

interface Repeated {
  /** Where the places that have the string begin in the order. */
  readonly lefts: number[];
  readonly lengths: number[];
  /** How many places have it. */
  readonly counts: number[];
  readonly order: Int32Array;
}

// Neighbors in the suffix order share a beginning; a run of neighbors that all share more than those around them is a string.
function repeatedStrings(codes: Int32Array, longest: number): Repeated {
  const order = suffixOrder(codes, longest + 1);
  const found: Repeated = { lefts: [], lengths: [], counts: [], order };
  const open: { left: number; length: number }[] = [];
  for (let k = 1; k <= order.length; k++) {
    const shared =
      k < order.length ? sharedLength(codes, [order[k - 1] ?? 0, order[k] ?? 0], longest + 1) : 0;
    let left = k - 1;
    for (let top = open.at(-1); top !== undefined && top.length > shared; top = open.at(-1)) {
      open.pop();
      left = top.left;
      if (top.length < 2 || top.length > longest || hasBorder(codes, order[left] ?? 0, top.length)) continue;
      found.lefts.push(left);
      found.lengths.push(top.length);
      found.counts.push(k - left);
    }
    if (shared > (open.at(-1)?.length ?? 0)) open.push({ left, length: shared });
  }
  return found;
}

function sharedLength(codes: Int32Array, [a, b]: readonly [number, number], most: number): number {
  const end = Math.min(most, codes.length - Math.max(a, b));
  let length = 0;
  while (length < end && codes[a + length] === codes[b + length]) length += 1;
  return length;
}

function hasBorder(codes: Int32Array, start: number, length: number): boolean {
  for (let k = start; k < start + length; k++) if (codes[k] === 0) return true;
  return false;
}
