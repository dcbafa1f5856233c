// Takes a character off the ends of each token.
import type { Decoder } from './decoder.ts';

/**
 * Takes at most `start` of `content` off the start of each token, and at most `stop` off its end (`Strip`).
 *
 * @example stripDecoder({ content: ' ', start: 1, stop: 0 })([' a']); //=> ['a']
 */
export function stripDecoder(options: { content: string; start: number; stop: number }): Decoder {
  const { content, start, stop } = options;
  const strip: Decoder = (tokens) =>
    tokens.map((token) => {
      let from = 0;
      let to = token.length;
      for (let count = 0; count < start && token.startsWith(content, from) && from < to; count++)
        from += content.length;
      for (let count = 0; count < stop && to > from && token.slice(from, to).endsWith(content); count++)
        to -= content.length;
      return token.slice(from, to);
    });
  return Object.assign(strip, { settlesLate: stop > 0 });
}
