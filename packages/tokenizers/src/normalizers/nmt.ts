// The cleaning of machine translation corpora: controls dropped, odd blanks made plain.
import type { AlignedText } from '../alignedText.ts';
import { remembered } from '../characters.ts';

const blank = /* @__PURE__ */ remembered(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/u);

/**
 * Drops ASCII controls and turns line ends, zero-width characters, U+2581 and U+FFFD into blanks (SentencePiece's
 * nmt rules, `Nmt` in tokenizers normalizers/unicode.rs, 3ba8ad00).
 *
 * @example nmt(alignedText('a\u200bb')).text; //=> 'a b'
 */
export function nmt(text: AlignedText): AlignedText {
  return text.map((codePoint) => {
    if (dropped(codePoint)) return '';
    return blank(codePoint) ? ' ' : undefined;
  });
}

function dropped(codePoint: number): boolean {
  if (codePoint === 0x7f || codePoint === 0x8f || codePoint === 0x9f || codePoint === 0x0b) return true;
  return (codePoint >= 0x01 && codePoint <= 0x08) || (codePoint >= 0x0e && codePoint <= 0x1f);
}
