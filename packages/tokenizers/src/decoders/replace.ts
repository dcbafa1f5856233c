// Replaces what a pattern finds in each token.
import type { Pattern } from '../patterns/pattern.ts';
import type { Decoder } from './decoder.ts';

/**
 * Replaces every match by `content` (`Replace`); `oneCharacter` says that no match can be longer, so none can come to lie across
 * the ends of tokens.
 *
 * @example replaceDecoder(literal('▁'), ' ')(['▁a']); //=> [' a']
 */
export function replaceDecoder(
  pattern: Pattern,
  content: string,
  options: { oneCharacter?: boolean } = {},
): Decoder {
  const replace: Decoder = (tokens) => tokens.map((token) => replaceAll(token, pattern(token), content));
  return Object.assign(replace, { settlesLate: options.oneCharacter !== true });
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
