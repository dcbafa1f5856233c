// SentencePiece's way with blanks: they become visible marks (▁) that belong to the word after them.
import { literal } from '../patterns/pattern.ts';
import { cut } from './cut.ts';
import { eachPiece, type PreTokenizer } from './preTokenizer.ts';

/** Whether a mark is put before a piece that has none: before every piece, only at the start of the text, or never. */
export type PrependScheme = 'always' | 'first' | 'never';

/** What `metaspace` does. */
export interface MetaspaceOptions {
  /** The mark. Default `'▁'` (U+2581). */
  replacement?: string;
  /** Default `'always'`. */
  prependScheme?: PrependScheme;
  /** Whether to cut before every mark. Default true. */
  split?: boolean;
}

/**
 * Turns blanks (U+0020 only) into marks, puts one in front, and cuts before each (`Metaspace`).
 *
 * @example metaspace()([alignedText('Hey you')]).map((part) => part.text); //=> ['▁Hey', '▁you']
 */
export function metaspace(options: MetaspaceOptions = {}): PreTokenizer {
  const { replacement = '▁', prependScheme = 'always', split = true } = options;
  const blank = literal(' ');
  const mark = literal(replacement);
  return eachPiece((given) => {
    let piece = given.replace(blank(given.text), replacement);
    const wanted =
      prependScheme === 'always' || (prependScheme === 'first' && piece.length > 0 && piece.startOf(0) === 0);
    if (wanted && !piece.text.startsWith(replacement)) piece = piece.prepend(replacement);
    return split ? cut(piece, mark, { behavior: 'mergedWithNext' }) : [piece];
  });
}
