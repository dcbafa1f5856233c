// Lower case, character by character. It has no context: Σ is always σ, never ς, as in the original.
import type { AlignedText } from '../alignedText.ts';

/**
 * Unicode lower case of each character by itself; one character may become several (İ → i̇).
 *
 * @example lowercase(alignedText('ΑΣ')).text; //=> 'ασ'
 */
export function lowercase(text: AlignedText): AlignedText {
  // Of a text as a whole, only Σ at the end of a word and İ become something else than by themselves.
  const lower = text.text.toLowerCase();
  if (lower === text.text) return text;
  if (!/[\u03a3\u0130]/.test(text.text)) return text.respelled(lower);
  return text.map((codePoint) => {
    if (codePoint < 0x80 && (codePoint < 0x41 || codePoint > 0x5a)) return undefined;
    const character = String.fromCodePoint(codePoint);
    const lower = character.toLowerCase();
    return lower === character ? undefined : lower;
  });
}
