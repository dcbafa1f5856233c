// Arrays that stay in the engine's memory from call to call, such as the keys and values of a decoder: blocks of the heap beside the stack,
// freed when they are given back or when nobody holds the array any more.

import type { Block, Heap } from './heap.ts';
import type { LinearMemory } from './linearMemory.ts';

/** The held arrays of an engine. */
export interface HeldArrays {
  /** Zeros; undefined where there is no room for so many numbers even without packed weights. */
  hold(length: number): Float32Array<ArrayBuffer> | undefined;
  /** Gives an array back, which must not be read afterwards. Any other array, or one given back before, is passed over. */
  drop(array: Float32Array): void;
}

interface Entry {
  readonly block: Block;
  present: boolean;
}

/** No arrays yet, on a heap; `makeRoom` is asked to free blocks of it when it is full, and says whether it freed any. */
export const heldArrays = (memory: LinearMemory, heap: Heap, makeRoom: () => boolean): HeldArrays => {
  const byArray = new WeakMap<Float32Array, Entry>();
  const free = (entry: Entry): void => {
    if (!entry.present) return;
    entry.present = false;
    heap.free(entry.block);
  };
  // The entry does not refer to the array, so it does not keep it alive.
  const collected = new FinalizationRegistry(free);
  return {
    hold: (length) => {
      const bytes = 4 * length;
      let block = heap.allocate(bytes);
      while (block === undefined && makeRoom()) block = heap.allocate(bytes);
      if (block === undefined) return undefined;
      // Shared memory behaves as an ArrayBuffer does but for its type.
      const array = new Float32Array(memory.views().f32.buffer as ArrayBuffer, block.address, length).fill(0);
      const entry = { block, present: true };
      byArray.set(array, entry);
      collected.register(array, entry);
      return array;
    },
    drop: (array) => {
      const entry = byArray.get(array);
      if (entry !== undefined) free(entry);
    },
  };
};
