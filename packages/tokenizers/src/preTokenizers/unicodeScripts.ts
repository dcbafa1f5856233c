// Cuts where the script changes.
import { type AlignedText, widthAt } from '../alignedText.ts';
import { scriptReader } from '../scriptOf.ts';
import { eachPiece, type PreTokenizer } from './preTokenizer.ts';

/**
 * Cuts between characters of different scripts; Hiragana, Katakana and Han count as one, and blanks (U+0020) and characters
 * without a script belong to any. Such characters at the start of a piece are dropped, as in the original (`UnicodeScripts`).
 *
 * @example unicodeScripts()([alignedText('どこで生れ。Yes')]).map((part) => part.text); //=> ['どこで生れ', '。', 'Yes']
 */
export function unicodeScripts(): PreTokenizer {
  const scriptOf = scriptReader();
  return eachPiece((piece) => {
    const parts: AlignedText[] = [];
    let start = -1;
    let last: string | undefined;
    for (let at = 0; at < piece.length; at += widthAt(piece.text, at)) {
      const script = scriptOf(piece.text.codePointAt(at) ?? 0);
      if (script === undefined || script === last) continue;
      if (start >= 0) parts.push(piece.slice(start, at));
      start = at;
      last = script;
    }
    if (start >= 0) parts.push(piece.slice(start, piece.length));
    return parts;
  });
}
