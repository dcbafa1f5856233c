// What a pattern is: something that finds ranges in a text. The two kinds of tokenizer.json are literal and regular.

/**
 * Finds matches: flat pairs `[start, end, start, end, …]` in UTF-16 units, in order, not overlapping, possibly empty
 * (an empty match never stands where the match before it ended, as in Rust's `find_iter`).
 */
export type Pattern = (text: string) => number[];

/**
 * Matches a literal string; the empty literal matches at every character boundary.
 *
 * @example literal('--')('a--b'); //=> [1, 3]
 */
export function literal(content: string): Pattern {
  if (content === '') return expressionPattern(/(?:)/gu);
  return (text) => {
    const ranges: number[] = [];
    for (let at = text.indexOf(content); at >= 0; at = text.indexOf(content, at + content.length)) {
      ranges.push(at, at + content.length);
    }
    return ranges;
  };
}

/**
 * Matches a JavaScript regular expression, which must have the flags g and u or v.
 *
 * @example expressionPattern(/\d+/gu)('a12'); //=> [1, 3]
 */
export function expressionPattern(expression: RegExp): Pattern {
  return (text) => {
    const ranges: number[] = [];
    let ended = -1;
    for (const match of text.matchAll(expression)) {
      const start = match.index;
      const end = start + match[0].length;
      if (start === end && end === ended) continue;
      ranges.push(start, end);
      ended = end;
    }
    return ranges;
  };
}
