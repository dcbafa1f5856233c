// A trie over UTF-16 units in typed arrays: finds all pieces that begin at a place of a text. It stores numbers; what they
// mean is the caller's business.

/**
 * A set of strings, each with a number ≥ 0. Transitions lie in one open-addressing hash table of (node, unit) → node, so a
 * step costs a multiplication and, on average, less than two probes, however many children a node has.
 *
 * @example
 * const trie = new Trie();
 * trie.set('ab', 7);
 * trie.value(trie.walk(Trie.root, 'ab')); //=> 7
 */
export class Trie {
  /** The node of the empty string. */
  static readonly root = 0;
  #values: Int32Array;
  #nodes = 1;
  // Slot k holds the transition from #parents[k] by #units[k] to #children[k]; a child of 0 means an empty slot.
  #parents: Int32Array;
  #units: Uint16Array;
  #children: Int32Array;
  #longest = 0;
  // The first units of all strings, and an expression that finds any of them; undefined: to be made anew.
  readonly #firsts = new Set<string>();
  #anyFirst: RegExp | undefined;

  /** Room for `nodes` nodes at first (64); it grows. */
  constructor(nodes = 64) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(128, 2 * nodes)));
    this.#values = new Int32Array(slots / 2).fill(-1);
    this.#parents = new Int32Array(slots);
    this.#units = new Uint16Array(slots);
    this.#children = new Int32Array(slots);
  }

  /** The length of the longest string, in UTF-16 units. */
  get longest(): number {
    return this.#longest;
  }

  /** Adds a string, or changes its number. */
  set(text: string, value: number): void {
    let node = Trie.root;
    if (text.length > 0 && !this.#firsts.has(text[0] as string)) {
      this.#firsts.add(text[0] as string); // length > 0
      this.#anyFirst = undefined;
    }
    for (let k = 0; k < text.length; k++) {
      const unit = text.charCodeAt(k);
      const child = this.child(node, unit);
      node = child >= 0 ? child : this.#grow(node, unit);
    }
    this.#values[node] = value;
    this.#longest = Math.max(this.#longest, text.length);
  }

  /** The next place from `from` on at which a string of the trie may begin, by its first unit; the length of the text if none. */
  nextStart(text: string, from: number): number {
    this.#anyFirst ??= new RegExp(`[${[...this.#firsts].map(escapedUnit).join('')}]`, 'g');
    this.#anyFirst.lastIndex = from;
    return this.#anyFirst.test(text) ? this.#anyFirst.lastIndex - 1 : text.length;
  }

  /** The node reached from `node` by one UTF-16 unit, −1 if there is none. */
  child(node: number, unit: number): number {
    const mask = this.#children.length - 1;
    for (let slot = hash(node, unit) & mask; ; slot = (slot + 1) & mask) {
      const child = this.#children[slot] ?? 0;
      if (child === 0) return -1;
      if (this.#parents[slot] === node && this.#units[slot] === unit) return child;
    }
  }

  /** The node reached from `node` by all units of `text`, −1 if there is none. */
  walk(node: number, text: string): number {
    let current = node;
    for (let k = 0; k < text.length && current >= 0; k++) current = this.child(current, text.charCodeAt(k));
    return current;
  }

  /** The number of the string that ends at `node`, −1 if none does. */
  value(node: number): number {
    return this.#values[node] ?? -1;
  }

  #grow(node: number, unit: number): number {
    // At most half of the slots are used, or probing would become long.
    if (this.#nodes * 2 > this.#children.length) this.#rehash();
    const child = this.#nodes++;
    if (child >= this.#values.length) {
      const values = new Int32Array(this.#values.length * 2).fill(-1);
      values.set(this.#values);
      this.#values = values;
    }
    this.#place(node, unit, child);
    return child;
  }

  #place(node: number, unit: number, child: number): void {
    const mask = this.#children.length - 1;
    let slot = hash(node, unit) & mask;
    while (this.#children[slot] !== 0) slot = (slot + 1) & mask;
    this.#parents[slot] = node;
    this.#units[slot] = unit;
    this.#children[slot] = child;
  }

  #rehash(): void {
    const [parents, units, children] = [this.#parents, this.#units, this.#children];
    const capacity = children.length * 2;
    this.#parents = new Int32Array(capacity);
    this.#units = new Uint16Array(capacity);
    this.#children = new Int32Array(capacity);
    for (let slot = 0; slot < children.length; slot++) {
      const child = children[slot] ?? 0;
      if (child !== 0) this.#place(parents[slot] ?? 0, units[slot] ?? 0, child);
    }
  }
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

// Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4); the constants are odd and spread both numbers.
function hash(node: number, unit: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
