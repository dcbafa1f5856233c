// Classes of characters, remembered in a table.

/**
 * A function that tells the class of the character at a place of a text: a number below 255 that `classOf` gives for its code point.
 * Answers for the basic plane are kept in a table (64 KB).
 *
 * @example characterClasses((codePoint) => (codePoint > 64 ? 1 : 0))('1a', 1); //=> 1
 */
export function characterClasses(
  classOf: (codePoint: number) => number,
): (text: string, at: number) => number {
  const table = new Uint8Array(0x10000).fill(255);
  return (text, at) => {
    const unit = text.charCodeAt(at);
    const known = table[unit] as number; // a unit is below 0x10000
    if (known !== 255) return known;
    if ((unit & 0xfc00) === 0xd800) return classOf(text.codePointAt(at) ?? unit);
    const asked = classOf(unit);
    table[unit] = asked;
    return asked;
  };
}
