// The ids of single characters, by code point.
import type { Vocabulary } from './vocabulary.ts';

/**
 * Looks up the token `prefix + character + suffix`, −1 if there is none. Answers for the basic plane are kept in a table
 * that grows up to 256 KB.
 *
 * @example characterIds(vocabulary(['a</w>'], 'here'), '', '</w>')(0x61); //=> 0
 */
export function characterIds(
  { id }: Vocabulary,
  prefix: string,
  suffix: string,
): (codePoint: number) => number {
  // −2: not asked yet.
  let known = new Int32Array(0x200).fill(-2);
  const ask = (codePoint: number): number => id(prefix + String.fromCodePoint(codePoint) + suffix) ?? -1;
  return (codePoint) => {
    if (codePoint > 0xffff) return ask(codePoint);
    if (codePoint >= known.length) {
      const larger = new Int32Array(0x10000).fill(-2);
      larger.set(known);
      known = larger;
    }
    const answer = known[codePoint] as number; // the table was enlarged above
    if (answer !== -2) return answer;
    const asked = ask(codePoint);
    known[codePoint] = asked;
    return asked;
  };
}
