// Reads what a CTC model says: a token for every moment, mostly repeated.
import type { Decoder } from './decoder.ts';
import { withoutBlanks } from './wordPiece.ts';

/**
 * Drops repeats of the token before and the padding token; `cleanup` then takes blanks off before punctuation and makes
 * the word delimiter a blank (`CTC`).
 *
 * @example ctcDecoder({ padding: '<pad>', delimiter: '|', cleanup: true })(['a', 'a', '<pad>', 'a', '|']).join(''); //=> 'aa '
 */
export function ctcDecoder(options: { padding: string; delimiter: string; cleanup: boolean }): Decoder {
  const { padding, delimiter, cleanup } = options;
  return (tokens) =>
    tokens
      .filter((token, index) => token !== tokens[index - 1])
      .map((token) => {
        const spoken = token.replaceAll(padding, '');
        return cleanup ? withoutBlanks(spoken).replaceAll(delimiter, ' ') : spoken;
      })
      .filter((token) => token !== '');
}
