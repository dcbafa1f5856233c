// Frozen weights in the layout that the product kernel reads, kept in the engine's heap: found again by the array that holds the
// weight, freed when that array is collected, and given up, the one unused for longest first, when memory is short. The one that
// was found or added last is in use and stays; so do all that are found or added while several are used together.

import type { Block, Heap } from './heap.ts';

/** A weight in packed panels. */
interface Entry {
  readonly block: Block;
  /** What it was packed as: the same array may be used with other sizes, and is then packed again. */
  readonly form: string;
  present: boolean;
}

/** The packed weights of an engine. */
export interface PackedWeights {
  /** The address of the packed weight if it is here in this form. */
  find(weight: ArrayBufferView, form: string): number | undefined;
  /** Room for a weight, to be filled by the caller; undefined where there is none even without all other weights. */
  add(weight: ArrayBufferView, form: string, bytes: number): number | undefined;
  /** Whether this was already asked about the weight. */
  seen(weight: Float32Array): boolean;
  /** Gives up the weight that was unused for longest, but none in use: not the last one found or added; false if there is none. */
  evict(): boolean;
  /** Runs the body; all weights that it finds or adds are in use until it ends. Does not nest. */
  usedTogether<T>(body: () => T): T;
}

/** No weights yet, on a heap; weights of more than `largest` bytes are not kept, so that there is room left to work. */
export const packedWeights = (heap: Heap, largest: number): PackedWeights => {
  const byArray = new WeakMap<ArrayBufferView, Entry>();
  const seen = new WeakSet<Float32Array>();
  const byAge = new Set<Entry>(); // the longest unused first

  const inUse = new Set<Entry>();
  let several = false;

  /** Whatever was in use is so no longer, unless several are used together. */
  const useAnother = (): void => {
    if (!several) inUse.clear();
  };

  const drop = (entry: Entry): void => {
    if (!entry.present) return;
    entry.present = false;
    byAge.delete(entry);
    inUse.delete(entry);
    heap.free(entry.block);
  };
  // The entry does not refer to the array, so it does not keep it alive.
  const collected = new FinalizationRegistry(drop);

  const evict = (): boolean => {
    for (const oldest of byAge) {
      if (inUse.has(oldest)) continue;
      drop(oldest);
      return true;
    }
    return false;
  };

  return {
    find: (weight, form) => {
      const entry = byArray.get(weight);
      if (entry === undefined || !entry.present || entry.form !== form) return undefined;
      byAge.delete(entry);
      byAge.add(entry);
      useAnother();
      inUse.add(entry);
      return entry.block.address;
    },
    add: (weight, form, bytes) => {
      const before = byArray.get(weight);
      if (before !== undefined) drop(before);
      useAnother();
      if (bytes > largest) return undefined;
      let block = heap.allocate(bytes);
      while (block === undefined && evict()) block = heap.allocate(bytes);
      if (block === undefined) return undefined;
      const entry: Entry = { block, form, present: true };
      byArray.set(weight, entry);
      byAge.add(entry);
      inUse.add(entry);
      collected.register(weight, entry);
      return block.address;
    },
    seen: (weight) => {
      const before = seen.has(weight);
      seen.add(weight);
      return before;
    },
    evict,
    usedTogether: (body) => {
      several = true;
      try {
        return body();
      } finally {
        several = false;
      }
    },
  };
};
