// A priority queue of anything. `mergeQueue.ts` is for keys that are numbers.

/**
 * A binary heap: the item that comes before all others is at the top.
 *
 * @example
 * const heap = new Heap<string>((a, b) => a < b);
 * heap.push('b');
 * heap.push('a');
 * heap.pop(); //=> 'a'
 */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #isBefore: (a: Item, b: Item) => boolean;

  constructor(isBefore: (a: Item, b: Item) => boolean) {
    this.#isBefore = isBefore;
  }

  /** How many items there are. */
  get size(): number {
    return this.#items.length;
  }

  /** The first item, undefined if there is none. */
  get top(): Item | undefined {
    return this.#items[0];
  }

  /** Adds an item. */
  push(item: Item): void {
    const items = this.#items;
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as Item; // parent < length
      if (!this.#isBefore(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes the first item out. */
  pop(): Item | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (this.#items.length > 0) this.replaceTop(last as Item); // there was more than one
    return first;
  }

  /** Puts an item in the place of the first one. */
  replaceTop(item: Item): void {
    const items = this.#items;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      const right = items[child + 1];
      if (right !== undefined && this.#isBefore(right, items[child] as Item)) child += 1;
      const below = items[child] as Item; // child < length
      if (!this.#isBefore(below, item)) break;
      items[at] = below;
      at = child;
    }
    items[at] = item;
  }
}
