// Numbers for pairs of ids, in the order in which the pairs are met. `pairTable.ts` is for pairs that are all known beforehand.

/**
 * Gives each pair of ids (integers ≥ 0) a number: 0, 1, 2 …; it grows. Open addressing with at most half of the slots used.
 *
 * @example
 * const pairs = new PairNumbers();
 * pairs.numberOf(3, 5); //=> 0
 * pairs.numberOf(5, 3); //=> 1
 * pairs.left(1); //=> 5
 */
export class PairNumbers {
  #slots = new Int32Array(1024).fill(-1);
  #lefts = new Int32Array(512);
  #rights = new Int32Array(512);
  #size = 0;

  /** How many pairs there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of a pair, a new one if the pair has none yet. */
  numberOf(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(left, right) & mask;
    for (;;) {
      const found = this.#slots[slot] as number; // slot ≤ mask
      if (found < 0) break;
      if (this.#lefts[found] === left && this.#rights[found] === right) return found;
      slot = (slot + 1) & mask;
    }
    if (this.#size === this.#lefts.length) {
      this.#grow();
      return this.numberOf(left, right);
    }
    this.#lefts[this.#size] = left;
    this.#rights[this.#size] = right;
    this.#slots[slot] = this.#size;
    return this.#size++;
  }

  /** The first id of a pair. */
  left(pair: number): number {
    return this.#lefts[pair] as number; // pair < size
  }

  /** The second id of a pair. */
  right(pair: number): number {
    return this.#rights[pair] as number; // pair < size
  }

  #grow(): void {
    const [lefts, rights] = [this.#lefts, this.#rights];
    this.#lefts = new Int32Array(lefts.length * 2);
    this.#rights = new Int32Array(rights.length * 2);
    this.#lefts.set(lefts);
    this.#rights.set(rights);
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let pair = 0; pair < this.#size; pair++) {
      let slot = hash(this.left(pair), this.right(pair)) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = pair;
    }
    this.#slots = slots;
  }
}

// Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4), with the high bits folded into the low ones.
function hash(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
