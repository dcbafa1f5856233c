// Takes white space off the ends of a text.
import { widthAt } from '../alignedText.ts';
import { isWhitespace } from '../characters.ts';
import type { Normalizer } from './normalizer.ts';

/** Takes White_Space off the chosen ends. @example strip({ left: true, right: true })(alignedText(' a ')).text; //=> 'a' */
export function strip(sides: { left: boolean; right: boolean }): Normalizer {
  return (aligned) => {
    const { text } = aligned;
    let start = 0;
    let end = text.length;
    if (sides.left)
      while (start < end && isWhitespace(text.codePointAt(start) ?? 0)) start += widthAt(text, start);
    // No white space lies outside the basic plane, so one unit at a time is enough.
    if (sides.right) while (end > start && isWhitespace(text.charCodeAt(end - 1))) end -= 1;
    return aligned.slice(start, end);
  };
}
