// A priority queue of possible merges: lowest rank first, leftmost first among equals.

// A rank and a position make one exact float64 key: positions are below 2²⁹ (no string is longer), ranks below 2²⁴.
const positions = 2 ** 29;

/**
 * A binary heap of (rank, position).
 *
 * @example
 * const queue = new MergeQueue(2);
 * queue.push(5, 0);
 * queue.push(3, 9);
 * queue.pop(); //=> 3 * 2 ** 29 + 9
 */
export class MergeQueue {
  #keys: Float64Array;
  #size = 0;

  /** Room for `capacity` entries at first; it grows. */
  constructor(capacity: number) {
    this.#keys = new Float64Array(Math.max(16, capacity));
  }

  /** The rank of a key. */
  static rank(key: number): number {
    return Math.floor(key / positions);
  }

  /** The position of a key. */
  static position(key: number): number {
    return key % positions;
  }

  /** Adds an entry. */
  push(rank: number, position: number): void {
    this.pushKey(rank * positions + position);
  }

  /** Adds an entry that was taken out. */
  pushKey(key: number): void {
    if (this.#size === this.#keys.length) {
      const larger = new Float64Array(this.#keys.length * 2);
      larger.set(this.#keys);
      this.#keys = larger;
    }
    const keys = this.#keys;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = keys[parent] as number; // parent < size
      if (above <= key) break;
      keys[at] = above;
      at = parent;
    }
    keys[at] = key;
  }

  /** Takes the first entry out; −1 if there is none. */
  pop(): number {
    if (this.#size === 0) return -1;
    const keys = this.#keys;
    const first = keys[0] as number; // size > 0
    const size = --this.#size;
    const moved = keys[size] as number; // size is an old index
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (keys[child + 1] as number) < (keys[child] as number)) child += 1;
      const below = keys[child] as number; // child < size
      if (below >= moved) break;
      keys[at] = below;
      at = child;
    }
    keys[at] = moved;
    return first;
  }
}
