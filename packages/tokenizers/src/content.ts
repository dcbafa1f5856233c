// The tokens of one text on their way to an Encoding, word by word. It knows no stage.
import type { AlignedText } from './alignedText.ts';
import { Encoding } from './encoding.ts';
import type { Token } from './models/model.ts';
import type { WordMemory } from './models/wordMemory.ts';
import { grown } from './structures/growing.ts';

// Room for more tokens than this is given back.
const mostKept = 2 ** 16;

/** Collects the tokens of one text, and of another one after `begin`. */
export class Content {
  #ids: Int32Array = new Int32Array(256);
  #offsets: Int32Array = new Int32Array(512);
  #wordIds: Int32Array = new Int32Array(256);
  #tokens: string[] = [];
  #words = 0;

  /** Forgets what was added; gives itself. */
  begin(): this {
    this.#tokens = [];
    this.#words = 0;
    if (this.#ids.length > mostKept) {
      this.#ids = new Int32Array(256);
      this.#offsets = new Int32Array(512);
      this.#wordIds = new Int32Array(256);
    }
    return this;
  }

  /** Adds the tokens of the next word, which is `piece` as a whole. */
  append(piece: AlignedText, tokens: readonly Token[]): void {
    const first = this.#reserve(tokens.length);
    for (let k = 0; k < tokens.length; k++) {
      const { id, token, start, end } = tokens[k] as Token; // k < length
      this.#ids[first + k] = id;
      this.#offsets[2 * (first + k)] = piece.startOf(start);
      this.#offsets[2 * (first + k) + 1] = piece.endOf(end);
      this.#wordIds[first + k] = this.#words;
      this.#tokens.push(token);
    }
    this.#words += 1;
  }

  /** Adds the words [start, end, start, end, …] of a text; empty ones do not count. Words that are not remembered come by `appendLong`. */
  appendWords(
    text: AlignedText,
    ranges: readonly number[],
    { memory, appendLong }: { memory: WordMemory; appendLong: (word: AlignedText, content: Content) => void },
  ): void {
    const characters = text.text;
    const { shift } = text;
    for (let k = 0; k < ranges.length; k += 2) {
      const start = ranges[k] as number; // pairs
      const end = ranges[k + 1] as number;
      if (start === end) continue;
      const word = memory.number(characters, start, end);
      if (word < 0) {
        appendLong(text.slice(start, end), this);
        continue;
      }
      const from = memory.firsts[word] as number; // word is a number of the memory
      const count = (memory.firsts[word + 1] as number) - from;
      const first = this.#reserve(count);
      for (let token = 0; token < count; token++) {
        const at = from + token;
        const place = first + token;
        this.#ids[place] = memory.ids[at] as number; // at < its length, here and below
        this.#wordIds[place] = this.#words;
        const begins = start + (memory.starts[at] as number);
        const ends = start + (memory.ends[at] as number);
        this.#offsets[2 * place] = shift === undefined ? text.startOf(begins) : shift + begins;
        this.#offsets[2 * place + 1] = shift === undefined ? text.endOf(ends) : shift + ends;
        this.#tokens.push(memory.tokens[at] as string);
      }
      this.#words += 1;
    }
  }

  /** The encoding of all, without special tokens. */
  build(): Encoding {
    const length = this.#tokens.length;
    return new Encoding({
      ids: this.#ids.slice(0, length),
      tokens: this.#tokens,
      offsets: this.#offsets.slice(0, 2 * length),
      typeIds: new Int32Array(length),
      specialTokensMask: new Uint8Array(length),
      wordIds: this.#wordIds.slice(0, length),
      sequenceIds: new Int32Array(length),
    });
  }

  // Room for so many further tokens; gives where the first of them goes.
  #reserve(count: number): number {
    const first = this.#tokens.length;
    const needed = first + count;
    if (needed > this.#ids.length) {
      this.#ids = grown(this.#ids, needed);
      this.#wordIds = grown(this.#wordIds, needed);
      this.#offsets = grown(this.#offsets, 2 * needed);
    }
    return first;
  }
}
