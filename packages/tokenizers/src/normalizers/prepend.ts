// Puts a fixed text in front of a text that is not empty.
import type { Normalizer } from './normalizer.ts';

/** Puts `content` in front, in the place of the first character. @example prepend('▁')(alignedText('a')).text; //=> '▁a' */
export function prepend(content: string): Normalizer {
  return (text) => text.prepend(content);
}
