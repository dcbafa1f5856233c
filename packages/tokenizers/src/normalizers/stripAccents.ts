// Drops accents. It does not take characters apart: é stays unless `unicodeForm('NFD')` comes first.
import type { AlignedText } from '../alignedText.ts';
import { isNonspacingMark, remembered } from '../characters.ts';

const isMark = /* @__PURE__ */ remembered(/\p{M}/u);

/**
 * Drops all combining marks (general category M): the `StripAccents` of tokenizer.json.
 *
 * @example stripAccents(alignedText('e\u0301')).text; //=> 'e'
 */
export function stripAccents(text: AlignedText): AlignedText {
  return text.filter((codePoint) => !isMark(codePoint));
}

/**
 * Drops nonspacing marks (general category Mn) only: what BERT means by stripping accents.
 *
 * @example stripNonspacingMarks(alignedText('e\u0301')).text; //=> 'e'
 */
export function stripNonspacingMarks(text: AlignedText): AlignedText {
  // No marks stand in these blocks, which most texts do not leave.
  if (!/[^\0-\u02ff\u2000-\u206f]/.test(text.text)) return text;
  return text.filter((codePoint) => !isNonspacingMark(codePoint));
}
