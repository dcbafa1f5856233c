// What a model made of the words that it has seen. Texts repeat their words; the results are the same, only sooner.
import { grown } from '../structures/growing.ts';
import { WordTable } from '../structures/wordTable.ts';
import type { Token } from './model.ts';

// Longer words are not kept, and everything is forgotten at `mostWords` words, so that it stays below some ten megabytes.
const longestWord = 64;
const mostWords = 50_000;

/**
 * The tokens of words, by their numbers: those of word w are [firsts[w], firsts[w + 1]) of `ids`, `tokens`, `starts` and `ends`.
 * The arrays and numbers hold until the next word is looked up.
 *
 * @example
 * const memory = new WordMemory((word) => model.tokenize(word));
 * const word = memory.number('so long', 0, 2);
 * memory.ids[memory.firsts[word]]
 */
export class WordMemory {
  firsts: Int32Array = new Int32Array(1025);
  ids: Int32Array = new Int32Array(2048);
  /** Where each token begins and ends in its word. */
  starts: Int32Array = new Int32Array(2048);
  ends: Int32Array = new Int32Array(2048);
  tokens: string[] = [];
  #table = new WordTable();
  readonly #tokensOf: (word: string) => readonly Token[];
  readonly #most: number;

  /** Remembers what `tokensOf` gives, at most `most` words. */
  constructor(tokensOf: (word: string) => readonly Token[], most: number = mostWords) {
    this.#tokensOf = tokensOf;
    this.#most = most;
  }

  /** The number of the word [start, end) of a text; −1 if it is too long to be remembered. */
  number(text: string, start: number, end: number): number {
    if (end - start > longestWord) return -1;
    const known = this.#table.find(text, start, end);
    return known >= 0 ? known : this.#read(text, start, end);
  }

  #read(text: string, start: number, end: number): number {
    const found = this.#tokensOf(text.slice(start, end));
    if (this.#table.size >= this.#most) {
      this.#table = new WordTable();
      this.tokens = [];
    }
    const word = this.#table.add(text, start, end);
    if (word < 0) return -1;
    const first = this.tokens.length;
    this.firsts = grown(this.firsts, word + 2);
    this.ids = grown(this.ids, first + found.length);
    this.starts = grown(this.starts, first + found.length);
    this.ends = grown(this.ends, first + found.length);
    for (let k = 0; k < found.length; k++) {
      const token = found[k] as Token; // k < length
      this.ids[first + k] = token.id;
      this.starts[first + k] = token.start;
      this.ends[first + k] = token.end;
      this.tokens.push(token.token);
    }
    this.firsts[word] = first;
    this.firsts[word + 1] = first + found.length;
    return word;
  }
}
