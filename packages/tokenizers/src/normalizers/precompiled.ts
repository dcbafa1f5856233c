// SentencePiece's normalization rules, compiled into a double-array trie, as `tokenizers` applies them (per grapheme
// cluster). It reads the compiled map; it does not compile rules.
import { Rewriting, widthAt } from '../alignedText.ts';
import { remembered } from '../characters.ts';
import { readCharsMap } from './charsMap.ts';
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
  const stays = remembered({ test: (character) => lookUp(character) === undefined });
  return (aligned) => {
    const { text } = aligned;
    let rewriting: Rewriting | undefined;
    let done = 0;
    const put = (start: number, end: number): boolean => {
      const content = lookUp(text.slice(start, end));
      if (content === undefined) return false;
      rewriting ??= new Rewriting(text.length);
      rewriting.copy(text, done, start);
      append(rewriting, content, charactersOf(text, start, end));
      done = end;
      return true;
    };
    for (let start = 0; start < text.length; ) {
      // Most characters are of ASCII, alone in their cluster (but for the carriage return), and stay.
      const unit = text.charCodeAt(start);
      if (unit < 0x80 && unit !== 0x0d && !(text.charCodeAt(start + 1) >= 0x80) && stays(unit)) {
        start += 1;
        continue;
      }
      const end = clusterEnd(text, start);
      const lone = end === start + widthAt(text, start);
      if (lone && stays(text.codePointAt(start) ?? 0)) {
        start = end;
        continue;
      }
      if (utf8Length(text, start, end) > 5 || !put(start, end)) {
        for (; start < end; start += widthAt(text, start)) put(start, start + widthAt(text, start));
      }
      start = end;
    }
    if (rewriting === undefined) return aligned;
    rewriting.copy(text, done, text.length);
    return aligned.rewrite(rewriting);
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

// Looks up parts of at most five bytes.
function characterMap(charsmap: Uint8Array, place: string): (part: string) => string | undefined {
  const map = readCharsMap(charsmap, place);
  const encoder = new TextEncoder();
  return (part) => map.shortest(encoder.encode(part))?.content;
}
