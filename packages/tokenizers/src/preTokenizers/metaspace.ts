// SentencePiece's way with blanks: they become visible marks (▁) that belong to the word after them.
import type { AlignedText } from '../alignedText.ts';
import { literal } from '../patterns/pattern.ts';
import { cutter } from './cut.ts';
import { inSteps, type PreTokenizer } from './preTokenizer.ts';

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
  const prepare = (given: AlignedText): AlignedText => {
    const piece = given.replace(blank(given.text), replacement);
    const wanted =
      prependScheme === 'always' || (prependScheme === 'first' && piece.length > 0 && piece.startOf(0) === 0);
    return wanted && !piece.text.startsWith(replacement) ? piece.prepend(replacement) : piece;
  };
  return inSteps({ prepare, cut: split ? cutter(mark, { behavior: 'mergedWithNext' }) : undefined });
}
