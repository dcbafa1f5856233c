// Turns SentencePiece's marks into blanks again.

import type { PrependScheme } from '../preTokenizers/metaspace.ts';
import type { Decoder } from './decoder.ts';

/**
 * Makes every mark a blank; in the first token marks are dropped, unless none was put there (`Metaspace`).
 *
 * @example metaspaceDecoder({ replacement: '▁', prependScheme: 'always' })(['▁a', '▁b']).join(''); //=> 'a b'
 */
export function metaspaceDecoder(options: { replacement: string; prependScheme: PrependScheme }): Decoder {
  const { replacement, prependScheme } = options;
  return (tokens) =>
    tokens.map((token, index) =>
      token.replaceAll(replacement, index === 0 && prependScheme !== 'never' ? '' : ' '),
    );
}
