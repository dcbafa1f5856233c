// Numbers for words, looked up where they stand in a text: no string is cut out and none is kept.
import { grownUnits } from './growing.ts';

// Words that collide more often are left out, so that no choice of words makes looking up slow.
const mostProbes = 32;

/**
 * Gives words the numbers 0, 1, 2 … in the order in which they are added. Open addressing over hashes of UTF-16 units, at most half
 * of the slots used; a look-up takes about as long as reading the word twice.
 *
 * @example
 * const table = new WordTable();
 * table.add('so long', 3, 7); //=> 0
 * table.find('long', 0, 4); //=> 0
 */
export class WordTable {
  #slots = new Int32Array(2048); // a number + 1; 0: empty
  #hashes = new Int32Array(1024);
  // The units of word k are [#bounds[k], #bounds[k + 1]) of #units.
  #bounds = new Int32Array(1025);
  #units = new Uint16Array(8192);
  #size = 0;

  /** How many words there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of the word [start, end) of a text, −1 if it has none. */
  find(text: string, start: number, end: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const hash = hashOf(text, start, end);
    for (let slot = hash & mask, probes = 0; probes < mostProbes; slot = (slot + 1) & mask, probes++) {
      const word = (slots[slot] as number) - 1; // slot ≤ mask
      if (word < 0) return -1;
      if (this.#hashes[word] === hash && this.#is(word, text, { start, end })) return word;
    }
    return -1;
  }

  /** Adds a word that is not there yet; gives its number, −1 if there is no room for it. */
  add(text: string, start: number, end: number): number {
    if (this.#size === this.#hashes.length) this.#grow();
    const word = this.#size;
    const hash = hashOf(text, start, end);
    if (!this.#place(word, hash)) return -1;
    const from = this.#bounds[word] as number; // word ≤ size
    this.#units = grownUnits(this.#units, from + end - start);
    for (let k = start; k < end; k++) this.#units[from + k - start] = text.charCodeAt(k);
    this.#hashes[word] = hash;
    this.#bounds[word + 1] = from + end - start;
    this.#size += 1;
    return word;
  }

  #is(word: number, text: string, { start, end }: { start: number; end: number }): boolean {
    const units = this.#units;
    const from = this.#bounds[word] as number; // word < size
    if ((this.#bounds[word + 1] as number) - from !== end - start) return false;
    for (let k = start, at = from; k < end; k++, at++) if (units[at] !== text.charCodeAt(k)) return false;
    return true;
  }

  #place(word: number, hash: number): boolean {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask, probes = 0; probes < mostProbes; slot = (slot + 1) & mask, probes++) {
      if (this.#slots[slot] !== 0) continue;
      this.#slots[slot] = word + 1;
      return true;
    }
    return false;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const bounds = this.#bounds;
    this.#hashes = new Int32Array(hashes.length * 2);
    this.#hashes.set(hashes);
    this.#bounds = new Int32Array(hashes.length * 2 + 1);
    this.#bounds.set(bounds);
    this.#slots = new Int32Array(hashes.length * 4);
    for (let word = 0; word < this.#size; word++) this.#place(word, hashes[word] as number); // word < length
  }
}

// FNV-1a over units (Fowler, Noll and Vo), with the high bits mixed into the low ones.
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let k = start; k < end; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
