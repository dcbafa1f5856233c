// A first-fit allocator over the engine's memory: blocks for packed weights and for segments of the stack. Few and large
// blocks; neighbours that are free are one block.

import type { LinearMemory } from './linearMemory.ts';

/** Every block begins at and is a multiple of this many bytes: a cache line. */
export const alignment = 64;

/** Kernels that load vectors may read this far beyond the end of a matrix, never use what they read, and must not meet the memory's end. */
const slack = 64;

/** A run of bytes. */
export interface Block {
  readonly address: number;
  readonly bytes: number;
}

/** Hands out blocks and takes them back. */
export interface Heap {
  /** A block of at least this many bytes that lies at `above` (the end of a block in use, or 0) or higher; undefined where the memory cannot grow enough. */
  allocate(bytes: number, above?: number): Block | undefined;
  free(block: Block): void;
  /** Bytes that could still be handed out, not necessarily in one piece. */
  available(): number;
}

/** The number of bytes rounded up to whole cache lines. */
export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** A heap over all of the memory from `start` on. */
export const heap = (memory: LinearMemory, start: number): Heap => {
  let end = aligned(start); // of what was ever handed out; beyond it everything is free
  let unused: Block[] = []; // below `end`, by address

  const cut = (index: number, address: number, bytes: number): Block => {
    const { address: first, bytes: size } = unused[index] as Block; // the caller has just found it
    const pieces = [
      { address: first, bytes: address - first },
      { address: address + bytes, bytes: first + size - address - bytes },
    ];
    unused.splice(index, 1, ...pieces.filter((piece) => piece.bytes > 0));
    return { address, bytes };
  };

  return {
    allocate: (wanted, above = 0) => {
      const bytes = aligned(Math.max(1, wanted));
      const index = unused.findIndex(
        (block) => block.address + block.bytes >= Math.max(above, block.address) + bytes,
      );
      if (index >= 0) return cut(index, Math.max(above, (unused[index] as Block).address), bytes); // found above
      // A free block that touches the end is used as the beginning of the new one.
      const last = unused.at(-1);
      const joins = last !== undefined && last.address + last.bytes === end && last.address >= above;
      const address = joins ? last.address : end;
      if (!memory.grow(address + bytes + slack)) return undefined;
      if (joins) unused.pop();
      end = address + bytes;
      return { address, bytes };
    },
    free: (block) => {
      const merged: Block[] = [];
      for (const next of [...unused, block].sort((a, b) => a.address - b.address)) {
        const before = merged.at(-1);
        if (before !== undefined && before.address + before.bytes === next.address)
          merged[merged.length - 1] = { address: before.address, bytes: before.bytes + next.bytes };
        else merged.push(next);
      }
      unused = merged;
    },
    available: () => memory.limit - slack - end + unused.reduce((sum, block) => sum + block.bytes, 0),
  };
};
