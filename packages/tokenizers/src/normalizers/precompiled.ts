// SentencePiece's normalization rules, compiled into a double-array trie, as `tokenizers` applies them (per grapheme
// cluster). It reads the compiled map; it does not compile rules.
import { Rewriting, widthAt } from '../alignedText.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { clusterEnd } from './graphemes.ts';
import type { Normalizer } from './normalizer.ts';

/**
 * The normalizer of a `precompiled_charsmap`: four bytes with the size of the trie (little-endian), the trie (darts-clone,
 * 32-bit units), then the replacements in UTF-8, each ending in NUL.
 *
 * Each grapheme cluster of at most five bytes is looked up whole, else character by character, and *the shortest* prefix
 * that the trie knows decides (`Precompiled` in tokenizers normalizers/precompiled.rs, 3ba8ad00). So what follows a known
 * prefix inside a cluster is lost; SentencePiece itself takes the longest prefix and keeps the rest.
 *
 * @param charsmap the bytes of the map
 * @param place names the map in errors
 */
export function precompiled(charsmap: Uint8Array, place: string): Normalizer {
  const lookUp = characterMap(charsmap, place);
  return (aligned) => {
    const { text } = aligned;
    const rewriting = new Rewriting(text.length);
    let changed = false;
    const put = (start: number, end: number): boolean => {
      const content = lookUp(text.slice(start, end));
      if (content === undefined) return false;
      changed = true;
      append(rewriting, content, charactersOf(text, start, end));
      return true;
    };
    for (let start = 0; start < text.length; ) {
      const end = clusterEnd(text, start);
      if (utf8Length(text, start, end) > 5 || !put(start, end)) {
        for (let at = start; at < end; ) {
          const after = at + widthAt(text, at);
          if (!put(at, after)) rewriting.append(text.slice(at, after), at);
          at = after;
        }
      }
      start = end;
    }
    return changed ? aligned.rewrite(rewriting) : aligned;
  };
}

// The new characters take the places of the old ones one by one; those in excess share the last place.
function append(rewriting: Rewriting, content: string, places: readonly number[]): void {
  let index = 0;
  for (const character of content) {
    rewriting.append(character, places[Math.min(index, places.length - 1)] ?? -1);
    index += 1;
  }
}

function charactersOf(text: string, start: number, end: number): number[] {
  const places: number[] = [];
  for (let at = start; at < end; at += widthAt(text, at)) places.push(at);
  return places;
}

function utf8Length(text: string, start: number, end: number): number {
  let length = 0;
  for (let at = start; at < end; at += widthAt(text, at)) {
    const codePoint = text.codePointAt(at) ?? 0;
    length += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return length;
}

// Looks up parts of at most five bytes; answers for single characters are kept (at most 65 536 of them).
function characterMap(charsmap: Uint8Array, place: string): (part: string) => string | undefined {
  const { units, replacements } = splitMap(charsmap, place);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const known = new Map<string, string | undefined>();
  const find = (part: string): string | undefined => {
    const index = shortestPrefix(units, encoder.encode(part));
    if (index === undefined) return undefined;
    const end = replacements.indexOf(0, index);
    if (end < 0)
      throw new TokenizerError(
        place,
        `entry ${index} lies outside the ${replacements.length} bytes of replacements. The file is damaged.`,
      );
    return decoder.decode(replacements.subarray(index, end));
  };
  return (part) => {
    const answer = known.get(part);
    if (answer !== undefined || known.has(part)) return answer;
    const found = find(part);
    if (part.length === 1 && known.size < 65_536) known.set(part, found);
    return found;
  };
}

function splitMap(charsmap: Uint8Array, place: string): { units: Uint32Array; replacements: Uint8Array } {
  const view = new DataView(charsmap.buffer, charsmap.byteOffset, charsmap.byteLength);
  const size = charsmap.length < 4 ? Number.NaN : view.getUint32(0, true);
  if (!(size >= 4 && size % 4 === 0 && size <= charsmap.length - 4)) {
    throw new TokenizerError(
      place,
      `a map of ${charsmap.length} bytes says that its trie has ${size}; expected a multiple of 4 that fits. The file is damaged.`,
    );
  }
  const units = new Uint32Array(size / 4);
  for (let k = 0; k < units.length; k++) units[k] = view.getUint32(4 + 4 * k, true);
  return { units, replacements: charsmap.subarray(4 + size) };
}

// Darts-clone (include/darts.h): a unit has its label in bits 0–7 (and 31), a leaf flag in bit 8, and its offset in bits
// 10–30, times 256 if bit 9 is set; a leaf's unit is a value.
function shortestPrefix(units: Uint32Array, key: Uint8Array): number | undefined {
  const unitAt = (position: number): number => units[position] ?? 0;
  const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
  let position = offset(unitAt(0));
  for (const byte of key) {
    if (byte === 0) return undefined;
    position ^= byte;
    const unit = unitAt(position);
    if ((unit & 0x800000ff) >>> 0 !== byte) return undefined;
    position ^= offset(unit);
    if ((unit & 0x100) !== 0) return unitAt(position) & 0x7fffffff;
  }
  return undefined;
}
