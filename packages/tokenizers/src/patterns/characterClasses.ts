// The four classes that the patterns of byte-level tokenizers tell apart.

/** None of the others, letter (L), number (N), white space. */
export const other = 0;
export const letter = 1;
export const numeral = 2;
export const space = 3;

const letters = /^\p{L}/u;
const numerals = /^\p{N}/u;
const spaces = /^\p{White_Space}/u;

/**
 * A function that tells the class of the character at a place of a text. Answers for the basic plane are kept in a table (64 KB).
 *
 * @example characterClasses()('a1', 1); //=> numeral
 */
export function characterClasses(): (text: string, at: number) => number {
  const table = new Uint8Array(0x10000).fill(255);
  const ask = (character: string): number => {
    if (letters.test(character)) return letter;
    if (numerals.test(character)) return numeral;
    return spaces.test(character) ? space : other;
  };
  return (text, at) => {
    const unit = text.charCodeAt(at);
    const known = table[unit] as number; // a unit is below 0x10000
    if (known !== 255) return known;
    if ((unit & 0xfc00) === 0xd800) return ask(text.slice(at, at + 2));
    const asked = ask(String.fromCharCode(unit));
    table[unit] = asked;
    return asked;
  };
}
