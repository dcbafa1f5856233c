// BERT's cleaning in four steps, each of which can be switched off (Devlin 2018, google-research/bert tokenization.py).
import type { AlignedText } from '../alignedText.ts';
import { isOther, isWhitespace } from '../characters.ts';
import { lowercase } from './lowercase.ts';
import type { Normalizer } from './normalizer.ts';
import { stripNonspacingMarks } from './stripAccents.ts';
import { afterUnicode9, unicodeForm } from './unicode.ts';

/** What `bertNormalizer` does. */
export interface BertNormalizerOptions {
  /** Drop control characters, NUL and U+FFFD; make all white space a blank. Default true. */
  cleanText?: boolean;
  /** Put blanks around CJK ideographs, so that each becomes a word. Default true. */
  separateIdeographs?: boolean;
  /** Take accents off (NFD, then without Mn). Default: as `lowercase` says. */
  stripAccents?: boolean;
  /** Lower case. Default true. */
  lowercase?: boolean;
}

/**
 * Cleans a text as BERT does.
 *
 * @example bertNormalizer()(alignedText('Crème\t中')).text; //=> 'creme  中 '
 */
export function bertNormalizer(options: BertNormalizerOptions = {}): Normalizer {
  const lower = options.lowercase ?? true;
  const strip = options.stripAccents ?? lower;
  const decompose = unicodeForm('NFD', afterUnicode9);
  return (given) => {
    let text = given;
    if (options.cleanText ?? true) text = clean(text);
    if (options.separateIdeographs ?? true) text = separateIdeographs(text);
    if (strip) text = stripNonspacingMarks(decompose(text));
    if (lower) text = lowercase(text);
    return text;
  };
}

// White space is that of Unicode, but for the blank and what are controls.
const unclean = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\ufffd\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;

function clean(given: AlignedText): AlignedText {
  const text = /[\t\n\r]/.test(given.text) ? given.respelled(given.text.replace(/[\t\n\r]/g, ' ')) : given;
  if (!unclean.test(text.text)) return text;
  return text.map((codePoint) => {
    if (codePoint >= 0x20 && codePoint < 0x7f) return undefined;
    if (codePoint === 0xfffd || isOther(codePoint)) return '';
    return isWhitespace(codePoint) ? ' ' : undefined;
  });
}

function separateIdeographs(text: AlignedText): AlignedText {
  if (!/[^\0-\u33ff]/.test(text.text)) return text;
  return text.map((codePoint) =>
    isIdeograph(codePoint) ? ` ${String.fromCodePoint(codePoint)} ` : undefined,
  );
}

// The blocks named in the original, with its gap at U+2B820–2B91F (tokenizers normalizers/bert.rs, 3ba8ad00).
function isIdeograph(codePoint: number): boolean {
  if (codePoint < 0x3400) return false;
  return (
    codePoint <= 0x4dbf ||
    (codePoint >= 0x4e00 && codePoint <= 0x9fff) ||
    (codePoint >= 0x20000 && codePoint <= 0x2a6df) ||
    (codePoint >= 0x2a700 && codePoint <= 0x2b73f) ||
    (codePoint >= 0x2b740 && codePoint <= 0x2b81f) ||
    (codePoint >= 0x2b920 && codePoint <= 0x2ceaf) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x2f800 && codePoint <= 0x2fa1f)
  );
}
