// From UTF-16 offsets to code-point offsets.
import { widthAt } from './alignedText.ts';

/** Rewrites offsets into `text` in place, from UTF-16 units to code points. Linear in the text and the offsets. */
export function codePointOffsets(text: string, offsets: Int32Array): void {
  if (!/[\ud800-\udfff]/.test(text)) return;
  const counts = new Int32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; at += widthAt(text, at)) {
    counts[at] = count;
    counts[at + 1] = ++count;
  }
  counts[text.length] = count;
  for (let k = 0; k < offsets.length; k++) offsets[k] = counts[offsets[k] ?? 0] ?? 0;
}
