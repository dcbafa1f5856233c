// SentencePiece's own normalization, with its own places. `precompiled.ts` is how `tokenizers` imitates it.
import { type AlignedText, alignedBy, widthAt } from '../alignedText.ts';
import { longestEntry } from '../structures/longestEntry.ts';
import type { Trie } from '../structures/trie.ts';
import type { CharsMap } from './charsMap.ts';
import type { Normalizer } from './normalizer.ts';

/** What the normalizer of a SentencePiece model does. */
export interface SentencePieceNormalizerOptions {
  /** The compiled rules; undefined for none. */
  rules: CharsMap | undefined;
  /** User-defined symbols, which stay as they are. */
  symbols: Trie;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
  whitespaceAsSuffix: boolean;
}

const mark = '▁';

/**
 * Replaces by the longest rule at each place, drops blanks at the ends and runs of them, puts a mark in front and marks in
 * the place of blanks (`Normalizer::Normalize` in google/sentencepiece src/normalizer.cc, 0.2.3). A character begins where the
 * text that it stands for begins and ends where the next one begins.
 */
export function sentencePieceNormalizer(options: SentencePieceNormalizerOptions): Normalizer {
  const { addDummyPrefix, removeExtraWhitespaces, whitespaceAsSuffix } = options;
  const blank = options.escapeWhitespaces ? mark : ' ';
  const next = replacer(options);
  return (aligned) => {
    const source = aligned.text;
    const replacement = next(source);
    let at = 0;
    if (removeExtraWhitespaces) {
      for (let first = replacement(at); at < source.length && first.content === ' '; first = replacement(at))
        at += first.length;
    }
    if (at >= source.length) return alignedBy(source, { text: '', places: Int32Array.of(at) });
    const text = new PlacedText(source.length + 2);
    if (!whitespaceAsSuffix && addDummyPrefix) text.append(blank, at);
    let afterBlank = removeExtraWhitespaces;
    while (at < source.length) {
      const { content, length } = replacement(at);
      const kept = afterBlank ? content.replace(/^ +/, '') : content;
      if (kept !== '') {
        text.append(kept.replaceAll(' ', blank), at);
        afterBlank = removeExtraWhitespaces && kept.endsWith(' ');
      }
      at += length;
    }
    if (removeExtraWhitespaces) at = text.dropEnd(blank, at);
    if (whitespaceAsSuffix && addDummyPrefix) text.append(blank, at);
    return text.finish(source, at);
  };
}

// What stands at each place of a text, and how much of it that takes.
function replacer({ rules, symbols }: SentencePieceNormalizerOptions) {
  return (source: string): ((at: number) => { content: string; length: number }) => {
    const bytes = new TextEncoder().encode(source);
    // The byte of the place asked for last; places are asked for in order.
    let unit = 0;
    let byte = 0;
    return (at) => {
      for (; unit < at; unit += widthAt(source, unit)) byte += utf8Width(source.codePointAt(unit) ?? 0);
      const symbol = symbols.longest === 0 ? undefined : longestEntry(source, symbols, at);
      if (symbol !== undefined) return { content: source.slice(at, symbol.end), length: symbol.end - at };
      const rule = rules?.longest(bytes, byte);
      if (rule === undefined) {
        const length = widthAt(source, at);
        return { content: source.slice(at, at + length), length };
      }
      let length = 0;
      for (let taken = 0; taken < rule.length; ) {
        const codePoint = source.codePointAt(at + length) ?? 0;
        taken += utf8Width(codePoint);
        length += codePoint > 0xffff ? 2 : 1;
      }
      return { content: rule.content, length };
    };
  };
}

function utf8Width(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

class PlacedText {
  #text = '';
  #places: Int32Array;

  constructor(capacity: number) {
    this.#places = new Int32Array(capacity);
  }

  append(content: string, place: number): void {
    const length = this.#text.length + content.length;
    if (length >= this.#places.length) {
      const larger = new Int32Array(2 * length);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places.fill(place, this.#text.length, length);
    this.#text += content;
  }

  /** Drops all of `content` at the end; gives the place where the text now ends. */
  dropEnd(content: string, end: number): number {
    let length = this.#text.length;
    while (length > 0 && this.#text.endsWith(content, length)) length -= content.length;
    const place = length < this.#text.length ? (this.#places[length] ?? end) : end;
    this.#text = this.#text.slice(0, length);
    return place;
  }

  finish(source: string, end: number): AlignedText {
    const places = this.#places.slice(0, this.#text.length + 1);
    places[this.#text.length] = end;
    return alignedBy(source, { text: this.#text, places });
  }
}
