// A table from pairs of ids to numbers, in typed arrays. It stores numbers; what they mean is the caller's business.

/**
 * Open addressing over (left, right) → value, all integers ≥ 0; at most half of the slots are used, so a look-up takes less
 * than two probes on average.
 *
 * @example
 * const table = new PairTable(1);
 * table.set(3, 5, 7);
 * table.get(3, 5); //=> 7
 */
export class PairTable {
  readonly #mask: number;
  readonly #lefts: Int32Array;
  readonly #rights: Int32Array;
  readonly #values: Int32Array;

  /** Room for `capacity` pairs. */
  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(8, 2 * capacity)));
    this.#mask = slots - 1;
    this.#lefts = new Int32Array(slots).fill(-1);
    this.#rights = new Int32Array(slots);
    this.#values = new Int32Array(slots);
  }

  /** Sets the value of a pair; a pair set twice keeps the later value. */
  set(left: number, right: number, value: number): void {
    let slot = hash(left, right) & this.#mask;
    while (this.#lefts[slot] !== -1 && !(this.#lefts[slot] === left && this.#rights[slot] === right))
      slot = (slot + 1) & this.#mask;
    this.#lefts[slot] = left;
    this.#rights[slot] = right;
    this.#values[slot] = value;
  }

  /** The value of a pair, −1 if it has none. */
  get(left: number, right: number): number {
    for (let slot = hash(left, right) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const found = this.#lefts[slot] as number; // slot ≤ mask
      if (found === left && this.#rights[slot] === right) return this.#values[slot] as number;
      if (found === -1) return -1;
    }
  }
}

// Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4), with the high bits folded into the low ones.
function hash(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
