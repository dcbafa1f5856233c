// The four Unicode normalization forms, with alignment. The characters come from the engine's `String.normalize`; what is
// worked out here is which old character each new one stands for.
import { Rewriting, widthAt } from '../alignedText.ts';
import { type CharacterTest, remembered } from '../characters.ts';
import type { Normalizer } from './normalizer.ts';

/** Canonical or compatibility, composed or decomposed (UAX #15). */
export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

// A run of joining characters is cut here: engines sort such a run in quadratic time (160 000 marks: 11 s in Node 20), and
// UAX #15, section 13 calls anything above 30 abnormal.
const longestRun = 1024;

/**
 * Brings a text into a Unicode form.
 *
 * Alignment follows unicode-normalization-alignments (n1t0, commit 9ca69606): a character that is taken apart gives its
 * place to all parts; a composed character takes the place of its first part. Runs of more than 1024 combining marks are
 * treated as if cut every 1024 marks. Characters for which `leave` holds stay as they are.
 *
 * @example unicodeForm('NFKC')(alignedText('ﬁ')).text; //=> 'fi'
 */
export function unicodeForm(form: UnicodeForm, leave: CharacterTest = () => false): Normalizer {
  const changes = remembered(changingUnder(form, leave));
  return (given) => {
    const { text } = given;
    // No form changes ASCII and the most frequent dashes and quotes.
    if (!/[^\0-\x7f\u2012-\u2016\u2018-\u2023]/.test(text)) return given;
    let rewriting: Rewriting | undefined;
    let copied = 0;
    for (let start = 0; start < text.length; ) {
      const end = leave(text.codePointAt(start) ?? 0)
        ? start + widthAt(text, start)
        : segmentEnd(text, start);
      if (end - start > widthAt(text, start) || changes(text.codePointAt(start) ?? 0)) {
        const segment = text.slice(start, end);
        if (segment.normalize(form) !== segment) {
          rewriting ??= new Rewriting(text.length);
          rewriting.copy(text, copied, start);
          rewriteSegment(rewriting, segment, { form, start });
          copied = end;
        }
      }
      start = end;
    }
    if (rewriting === undefined) return given;
    rewriting.copy(text, copied, text.length);
    return given.rewrite(rewriting);
  };
}

/**
 * Characters that decompose and came after Unicode 9.0, the version of the original's tables. Leaving them as they are gives
 * the original's ids, and the same ids on engines with different versions of Unicode.
 *
 * @example afterUnicode9(0x32ff); //=> true (㋿ came with 12.1)
 */
export const afterUnicode9: CharacterTest = /* @__PURE__ */ remembered(
  /[\u32ff\ua7f1-\ua7f4\uab69\u{105c9}\u{105e4}\u{10781}-\u{107ba}\u{11383}-\u{113c8}\u{11938}\u{16121}-\u{16128}\u{16d68}-\u{16d6a}\u{1ccd6}-\u{1ccf9}\u{1e030}-\u{1e06d}\u{1f16c}\u{1fbf0}-\u{1fbf9}]/u,
);

// Only asked through `remembered`, which wants something with `test`: does this character change by itself?
function changingUnder(form: UnicodeForm, leave: CharacterTest): { test(character: string): boolean } {
  return {
    test: (character) => !leave(character.codePointAt(0) ?? 0) && character.normalize(form) !== character,
  };
}

// Where the segment that begins at `start` ends: before the next character that cannot join what stands before it.
function segmentEnd(text: string, start: number): number {
  let end = start + widthAt(text, start);
  for (let count = 1; end < text.length && count < longestRun; count++) {
    if (!joins(text.codePointAt(end) ?? 0)) break;
    end += widthAt(text, end);
  }
  return end;
}

// Marks, the vowels and finals of Hangul and of Kirat Rai, and what decomposes into something that begins with one.
const joining = /^[\p{M}\u1160-\u11ff\u{16d63}-\u{16d6a}]/u;
const joins: CharacterTest = /* @__PURE__ */ remembered({
  test: (character) => joining.test(character) || joining.test(character.normalize('NFKD')),
});

/** A character of the decomposed segment: 0 if it takes the place of an old character, 1 if it is added to it. */
interface Part {
  character: string;
  change: number;
}

function rewriteSegment(
  rewriting: Rewriting,
  segment: string,
  at: { form: UnicodeForm; start: number },
): void {
  const { form, start } = at;
  let parts = decompose(segment, form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD');
  if (form === 'NFC' || form === 'NFKC') parts = compose(parts, segment.normalize(form));
  const places: number[] = [];
  for (let index = 0; index < segment.length; index += widthAt(segment, index)) places.push(start + index);
  let next = 0;
  for (const { character, change } of parts) {
    const place = change > 0 ? next - 1 : next;
    rewriting.append(character, places[Math.min(place, places.length - 1)] ?? -1);
    if (change <= 0) next += 1 - change;
  }
}

// Each character apart, then in canonical order. Canonical order is a stable sort, so the k-th `x` before it is the k-th
// `x` after it, and no table of combining classes is needed.
function decompose(segment: string, form: 'NFD' | 'NFKD'): Part[] {
  const unordered = new Queues();
  for (const character of segment) {
    let change = 0;
    for (const part of character.normalize(form)) {
      unordered.add({ character: part, change });
      change = 1;
    }
  }
  return [...segment.normalize(form)].map((character) => unordered.take(character));
}

// Each composed character uses up the parts of its own decomposition.
function compose(parts: readonly Part[], composed: string): Part[] {
  const available = new Queues();
  for (const part of parts) available.add(part);
  return [...composed].map((character) => {
    let change = 1;
    for (const part of character.normalize('NFD')) change += available.take(part).change - 1;
    return { character, change };
  });
}

// Parts by character, first in, first out.
class Queues {
  readonly #queues = new Map<string, { parts: Part[]; next: number }>();

  add(part: Part): void {
    const queue = this.#queues.get(part.character);
    if (queue === undefined) this.#queues.set(part.character, { parts: [part], next: 0 });
    else queue.parts.push(part);
  }

  take(character: string): Part {
    const queue = this.#queues.get(character);
    return queue?.parts[queue.next++] ?? { character, change: 1 };
  }
}
