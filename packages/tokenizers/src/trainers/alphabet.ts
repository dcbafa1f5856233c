// The characters that a vocabulary begins with.
import type { WordCounts } from './wordCounts.ts';

/** Which characters are kept. */
export interface AlphabetOptions {
  /** The most characters; the rarest are left out, of equally rare ones those with higher code points. Default: all. */
  limitAlphabet?: number;
  /** Characters to keep in any case, met or not: the first character of each entry. Default none. */
  initialAlphabet?: Iterable<string>;
}

/**
 * The alphabet of a corpus, by code point (`BpeTrainer::compute_alphabet` in tokenizers models/bpe/trainer.rs, 3ba8ad00).
 *
 * @example alphabetOf(new Map([['abba', 2]]), { initialAlphabet: ['z'] }); //=> ['a', 'b', 'z']
 */
export function alphabetOf(
  words: WordCounts,
  { limitAlphabet, initialAlphabet = [] }: AlphabetOptions,
): string[] {
  const counts = new Map<number, number>();
  for (const [word, count] of words)
    for (const character of word) {
      const code = codeOf(character);
      counts.set(code, (counts.get(code) ?? 0) + count);
    }
  for (const entry of initialAlphabet) if (entry !== '') counts.set(codeOf(entry), Number.POSITIVE_INFINITY);
  const codes = [...counts.keys()].sort((a, b) => a - b);
  return codes
    .sort((a, b) => compareCounts(counts.get(b), counts.get(a)))
    .slice(0, limitAlphabet ?? codes.length)
    .sort((a, b) => a - b)
    .map((code) => String.fromCodePoint(code));
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

// Two infinities are equal, too.
function compareCounts(a = 0, b = 0): number {
  return a === b ? 0 : a - b;
}
