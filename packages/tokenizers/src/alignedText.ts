// Text that remembers where each of its characters came from. It maps, filters, replaces and slices, and nothing else:
// since stages may use nothing else, offsets are right by construction. It knows no stage and no vocabulary.

/** Says what a character becomes: another string, the empty string to drop it, or undefined to leave it. */
export type CharacterMap = (codePoint: number) => string | undefined;

// The origin of each unit (absent: its own place), and where the unit before each place ends (absent: after its origin).
interface Places {
  readonly origins?: Int32Array;
  readonly ends?: Int32Array;
}

/**
 * A text on its way through the pipeline, with the place of every character in the source.
 *
 * Each UTF-16 unit of `text` has an *origin*: the index of the source character that it stands for. Several characters
 * may share one origin (`ﬁ` → `f`, `i`), and a source character may have none (a removed control character). Slices share
 * the table, so cutting a text into words costs no copy. Values are immutable.
 *
 * The meaning is that of `NormalizedString` in huggingface/tokenizers (`tokenizers/src/tokenizer/normalizer.rs`, commit
 * 3ba8ad00): an inserted character takes the place of the one before it, a replaced run the place of its last character.
 *
 * @example
 * const text = alignedText('Ab').map((codePoint) => (codePoint === 0x62 ? 'xy' : undefined));
 * text.text; //=> 'Axy'
 * text.endOf(3); //=> 2
 */
export class AlignedText {
  /** The whole text that was given to the tokenizer; offsets point into it. */
  readonly source: string;
  /** What the text has become so far. */
  readonly text: string;
  readonly #places: Places;
  readonly #first: number;

  /** Use `alignedText(source)` or `alignedBy(source, …)`; the other parameters are for this class alone. */
  constructor(source: string, text: string, places: Places = {}, first = 0) {
    this.source = source;
    this.text = text;
    this.#places = places;
    this.#first = first;
  }

  /** Length in UTF-16 units. */
  get length(): number {
    return this.text.length;
  }

  /** Where this text begins in the source, if each of its characters stands for one there of the same width; else undefined. */
  get shift(): number | undefined {
    const { origins, ends } = this.#places;
    return origins === undefined && ends === undefined ? this.#first : undefined;
  }

  /** Where the character at `index` of this text begins in the source, in UTF-16 units. */
  startOf(index: number): number {
    const origin = this.#origin(index);
    return origin < 0 ? ~origin : origin;
  }

  /** Where the character before `index` of this text ends in the source, in UTF-16 units; `index` is exclusive, ≥ 1. */
  endOf(index: number): number {
    const { ends } = this.#places;
    if (ends !== undefined) return ends[this.#first + index] ?? this.source.length;
    const origin = this.#origin(index - 1);
    if (origin < 0) return ~origin;
    return origin + widthAt(this.source, origin);
  }

  /** The part [start, end), in UTF-16 units; both must lie between characters. */
  slice(start: number, end: number): AlignedText {
    if (start === 0 && end === this.text.length) return this;
    return new AlignedText(this.source, this.text.slice(start, end), this.#places, this.#first + start);
  }

  /**
   * Replaces every character by what `change` says; the new characters take the place of the old one. As long as no width
   * changes, the table of origins is shared with the older text.
   */
  map(change: CharacterMap): AlignedText {
    const { text } = this;
    let spelled = '';
    let done = 0;
    let rewriting: Rewriting | undefined;
    for (let index = 0; index < text.length; ) {
      const codePoint = text.codePointAt(index) ?? 0;
      const width = codePoint > 0xffff ? 2 : 1;
      const changed = change(codePoint);
      if (changed !== undefined) {
        if (rewriting === undefined && changed.length !== width) {
          rewriting = new Rewriting(text.length);
          rewriting.copy(text, 0, index, spelled + text.slice(done, index));
        } else {
          rewriting?.copy(text, done, index);
        }
        if (rewriting === undefined) spelled += text.slice(done, index) + changed;
        else rewriting.append(changed, index);
        done = index + width;
      }
      index += width;
    }
    if (done === 0) return this;
    if (rewriting === undefined) {
      return new AlignedText(this.source, spelled + text.slice(done), this.#places, this.#first);
    }
    rewriting.copy(text, done, text.length);
    return this.rewrite(rewriting);
  }

  /** The text in another spelling, each character with the width that it had. */
  respelled(spelling: string): AlignedText {
    return new AlignedText(this.source, spelling, this.#places, this.#first);
  }

  /** Keeps the characters for which `keep` holds. */
  filter(keep: (codePoint: number) => boolean): AlignedText {
    return this.map((codePoint) => (keep(codePoint) ? undefined : ''));
  }

  /**
   * Replaces the ranges `[start, end, start, end, …]` (in order, not overlapping, possibly empty) by `content`; the new
   * characters take the place of the last character of the range, or of the one before it if the range is empty.
   */
  replace(ranges: readonly number[], content: string): AlignedText {
    if (ranges.length === 0) return this;
    const { text } = this;
    if (content.length === 1 && areUnits(ranges)) return this.respelled(replacedUnits(text, ranges, content));
    const rewriting = new Rewriting(text.length);
    let done = 0;
    for (let k = 0; k < ranges.length; k += 2) {
      const start = ranges[k] ?? 0;
      const end = ranges[k + 1] ?? 0;
      rewriting.copy(text, done, start);
      rewriting.append(content, characterBefore(text, end));
      done = end;
    }
    rewriting.copy(text, done, text.length);
    return this.rewrite(rewriting);
  }

  /** The text with `content` before it, which takes the place of the first character; an empty text stays empty. */
  prepend(content: string): AlignedText {
    if (this.text.length === 0) return this;
    const rewriting = new Rewriting(this.text.length + content.length);
    rewriting.append(content, 0);
    rewriting.copy(this.text, 0, this.text.length);
    return this.rewrite(rewriting);
  }

  /** The text that a `Rewriting` of this text has put together; the operations above are made of it. */
  rewrite(rewriting: Rewriting): AlignedText {
    const before = this.text.length > 0 ? ~this.startOf(0) : ~0;
    const anchors = rewriting.anchors();
    for (let k = 0; k < anchors.length; k++) {
      const anchor = anchors[k] ?? 0;
      anchors[k] = anchor < 0 ? before : this.#origin(anchor);
    }
    return new AlignedText(this.source, rewriting.text, { origins: anchors });
  }

  // A character index of the source, or the complement of one for a character inserted before everything (no width).
  #origin(index: number): number {
    const place = this.#first + index;
    const { origins } = this.#places;
    if (origins !== undefined) return origins[place] ?? 0;
    return isLowSurrogateOfPair(this.source, place) ? place - 1 : place;
  }
}

/** A new text in which every character stands for itself. @example alignedText('a').startOf(0); //=> 0 */
export function alignedText(source: string): AlignedText {
  return new AlignedText(source, source);
}

/**
 * A text whose characters have places of any kind: entry k of `places` is where unit k of `text` begins in the source and unit
 * k − 1 ends, so it has one entry more than the text has units. Rewriting it forgets the ends.
 *
 * @example alignedBy('a  b', { text: 'a b', places: Int32Array.of(0, 1, 3, 4) }).endOf(2); //=> 3
 */
export function alignedBy(
  source: string,
  { text, places }: { text: string; places: Int32Array },
): AlignedText {
  return new AlignedText(source, text, { origins: places, ends: places });
}

/** A text being put together from an older one: each appended unit names the older character whose place it takes. */
export class Rewriting {
  /** The new text so far. */
  text = '';
  #anchors: Int32Array;

  constructor(capacity: number) {
    this.#anchors = new Int32Array(Math.max(16, capacity));
  }

  /** Appends `content`, in the place of the older character at `anchor` (−1: before the first, without width). */
  append(content: string, anchor: number): void {
    this.#reserve(content.length);
    this.#anchors.fill(anchor, this.text.length, this.text.length + content.length);
    this.text += content;
  }

  /** Appends the characters [start, end) of the older text, as they are or in another spelling of the same widths. */
  copy(older: string, start: number, end: number, spelling: string = older.slice(start, end)): void {
    if (start >= end) return;
    this.#reserve(end - start);
    const shift = this.text.length - start;
    for (let k = start; k < end; k++) this.#anchors[k + shift] = isLowSurrogateOfPair(older, k) ? k - 1 : k;
    this.text += spelling;
  }

  /** The anchors of all units so far; the array is handed over. */
  anchors(): Int32Array {
    return this.#anchors.slice(0, this.text.length);
  }

  #reserve(more: number): void {
    const needed = this.text.length + more;
    if (needed <= this.#anchors.length) return;
    const larger = new Int32Array(Math.max(needed, this.#anchors.length * 2));
    larger.set(this.#anchors);
    this.#anchors = larger;
  }
}

/** How many UTF-16 units the character at `index` takes: 2 for a surrogate pair, else 1. */
export function widthAt(text: string, index: number): 1 | 2 {
  return isHighSurrogate(text, index) && isLowSurrogateOfPair(text, index + 1) ? 2 : 1;
}

// Whether all ranges are one unit long.
function areUnits(ranges: readonly number[]): boolean {
  for (let k = 0; k < ranges.length; k += 2) if (ranges[k + 1] !== (ranges[k] as number) + 1) return false; // pairs
  return true;
}

function replacedUnits(text: string, ranges: readonly number[], content: string): string {
  let spelled = '';
  let done = 0;
  for (let k = 0; k < ranges.length; k += 2) {
    spelled += text.slice(done, ranges[k]) + content;
    done = ranges[k + 1] as number; // pairs
  }
  return spelled + text.slice(done);
}

// The index of the character that ends before `end`, −1 if there is none.
function characterBefore(text: string, end: number): number {
  return isLowSurrogateOfPair(text, end - 1) ? end - 2 : end - 1;
}

function isHighSurrogate(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800;
}

function isLowSurrogateOfPair(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800;
}
