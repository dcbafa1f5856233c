// Replaces what a pattern finds in each token.
import type { Pattern } from '../patterns/pattern.ts';
import type { Decoder } from './decoder.ts';

/** Replaces every match by `content` (`Replace`). @example replaceDecoder(literal('▁'), ' ')(['▁a']); //=> [' a'] */
export function replaceDecoder(pattern: Pattern, content: string): Decoder {
  return (tokens) => tokens.map((token) => replaceAll(token, pattern(token), content));
}

function replaceAll(token: string, ranges: readonly number[], content: string): string {
  let result = '';
  let done = 0;
  for (let k = 0; k < ranges.length; k += 2) {
    result += token.slice(done, ranges[k]) + content;
    done = ranges[k + 1] ?? done;
  }
  return result + token.slice(done);
}
