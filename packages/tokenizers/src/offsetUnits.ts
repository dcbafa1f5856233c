// From UTF-16 offsets to offsets in code points or bytes.
import { widthAt } from './alignedText.ts';

/**
 * What offsets count: UTF-16 units, for `String.slice`; code points, as the original does in Python; or bytes of UTF-8, as
 * the original does in Rust (a lone surrogate counts as the three bytes of U+FFFD).
 */
export type OffsetUnit = 'utf16' | 'codePoint' | 'byte';

/** Rewrites offsets into `text` in place, from UTF-16 units to `unit`. Linear in the text and the offsets. */
export function convertOffsets(text: string, offsets: Int32Array, unit: OffsetUnit): void {
  if (unit === 'utf16') return;
  // Where all characters have one unit in both, there is nothing to do.
  if (!(unit === 'byte' ? /[^\0-\x7f]/ : /[\ud800-\udfff]/).test(text)) return;
  const counts = new Int32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; at += widthAt(text, at)) {
    counts[at] = count;
    count += unit === 'byte' ? bytesOf(text.codePointAt(at) ?? 0) : 1;
    counts[at + 1] = count;
  }
  counts[text.length] = count;
  for (let k = 0; k < offsets.length; k++) offsets[k] = counts[offsets[k] ?? 0] ?? 0;
}

function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
