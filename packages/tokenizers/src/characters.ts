// Kinds of characters as the original tokenizers know them (Rust's `char` and regex classes), by Unicode property. These
// are not JavaScript's `\s` and `\w`, which differ (U+0085, U+FEFF, letters outside ASCII).

/** Answers a question about one code point. */
export type CharacterTest = (codePoint: number) => boolean;

/** White_Space of Unicode: what Rust's `char::is_whitespace` and `\s` mean. @example isWhitespace(0x3000); //=> true */
export const isWhitespace: CharacterTest = /* @__PURE__ */ remembered(/\p{White_Space}/u);

/** General category P, or one of the ASCII symbols ``$+<=>^`|~``, which BERT counts as punctuation. */
export const isPunctuation: CharacterTest = /* @__PURE__ */ remembered(/[\p{P}$+<=>^`|~]/u);

/** General category N (digits, letter numbers such as Ⅷ, fractions): Rust's `char::is_numeric`. */
export const isNumeric: CharacterTest = /* @__PURE__ */ remembered(/\p{N}/u);

/** `\w` of Rust's regex crate (UTS #18, annex C): letters, marks, decimal digits, connectors, joiners. */
export const isWordCharacter: CharacterTest = /* @__PURE__ */ remembered(
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u,
);

/** General category C without unassigned code points: controls, formats, surrogates, private use. */
export const isOther: CharacterTest = /* @__PURE__ */ remembered(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u);

/** Mn, the marks that BERT strips as accents. */
export const isNonspacingMark: CharacterTest = /* @__PURE__ */ remembered(/\p{Mn}/u);

/**
 * A test by a regular expression (or anything with `test`) for one character, with the answers for the first 65 536 code points kept
 * in a table (64 KB, made at the first question that is not about ASCII).
 *
 * @example remembered(/\p{Lu}/u)(0x41); //=> true
 */
export function remembered(expression: { test(character: string): boolean }): CharacterTest {
  // 0 not asked yet, 1 no, 2 yes; the small table spares texts in ASCII the large one.
  let table = new Uint8Array(0);
  return (codePoint) => {
    if (codePoint > 0xffff) return expression.test(String.fromCodePoint(codePoint));
    if (codePoint >= table.length) table = enlarged(table, codePoint < 128 ? 128 : 0x10000);
    const known = table[codePoint];
    if (known !== 0) return known === 2;
    const answer = expression.test(String.fromCharCode(codePoint));
    table[codePoint] = answer ? 2 : 1;
    return answer;
  };
}

function enlarged(table: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(table);
  return larger;
}

/**
 * The text with every lone surrogate replaced by U+FFFD, unit for unit, so that offsets stay: what the original, which
 * works on UTF-8, is given for such a text.
 *
 * @example wellFormed('a\ud800'); //=> 'a\ufffd'
 */
export function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.replace(/\p{Surrogate}/gu, '\ufffd');
}
