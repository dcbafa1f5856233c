// The stack of the engine's memory: tensors of regions, and the scratch of a kernel call. It lies in segments that are
// taken from the heap in ascending order, so that addresses grow with time and a mark is an address.

import type { EngineMemory } from '../backend/backend.ts';
import { EngineMemoryError } from './engineError.ts';
import { aligned, type Block, type Heap } from './heap.ts';
import type { LinearMemory } from './linearMemory.ts';

const segmentBytes = 8 * 2 ** 20; // small segments leave holes where the next allocation does not fit

/** The stack: what regions see of it, and addresses for kernels. */
export interface Stack extends Omit<EngineMemory, 'hold' | 'drop'> {
  /** The address of so many bytes. Throws EngineMemoryError where they do not fit. */
  allocate(bytes: number): number;
  /** Bytes that could still be allocated, not necessarily in one piece. */
  available(): number;
}

/** A stack on a heap. `makeRoom` is asked to free blocks of the heap when it is full, and says whether it freed any. */
export const stack = (memory: LinearMemory, from: Heap, makeRoom: () => boolean): Stack => {
  const segments: Block[] = [];
  let current = 0; // index of the segment that `top` lies in
  let top = 0;

  const endOf = (segment: Block): number => segment.address + segment.bytes;

  const take = (bytes: number): Block => {
    const last = segments.at(-1);
    const above = last === undefined ? 0 : endOf(last);
    for (;;) {
      const segment = from.allocate(Math.max(bytes, segmentBytes), above) ?? from.allocate(bytes, above);
      if (segment !== undefined) return segment;
      if (!makeRoom()) throw new EngineMemoryError(bytes, memory.limit);
    }
  };

  /** Adds a segment with room for `bytes`, or makes the last one so much longer. */
  const grow = (bytes: number): void => {
    const segment = take(bytes);
    const last = segments.at(-1);
    if (last !== undefined && endOf(last) === segment.address)
      segments[segments.length - 1] = { address: last.address, bytes: last.bytes + segment.bytes };
    else segments.push(segment);
  };

  const enter = (index: number): void => {
    current = index;
    top = (segments[index] as Block).address; // called with an index of a segment
  };

  const allocate = (wanted: number): number => {
    const bytes = aligned(Math.max(1, wanted)); // never nothing: two arrays must not have one address
    for (;;) {
      const segment = segments[current];
      if (segment !== undefined && top + bytes <= endOf(segment)) {
        top += bytes;
        return top - bytes;
      }
      const next = segments[current + 1];
      if (next !== undefined && next.bytes >= bytes) {
        enter(current + 1);
        continue;
      }
      // What follows is empty and too small: back to the heap, which may join it with its neighbours.
      for (const idle of segments.splice(current + 1)) from.free(idle);
      grow(bytes);
      if (segment === undefined) enter(0);
      else if (segments.length > current + 1) enter(current + 1);
    }
  };

  return {
    allocate,
    floats: (length) => {
      const address = allocate(4 * length); // first: it may grow the memory, and so change its buffer
      // Not of memory.memory.buffer: V8 exchanges that object also when the shared memory of another engine grows, and nobody says so.
      return new Float32Array(memory.views().f32.buffer, address, length);
    },
    mark: () => top,
    release: (mark) => {
      while (current > 0 && mark < (segments[current] as Block).address) current--; // current is an index of a segment
      top = Math.max(mark, segments[current]?.address ?? 0);
    },
    owns: (array, mark) =>
      array.byteOffset >= mark &&
      memory.holds(array) &&
      segments.some((segment) => array.byteOffset >= segment.address && array.byteOffset < endOf(segment)),
    available: () => {
      const rest = segments.slice(current).reduce((sum, segment) => sum + segment.bytes, 0);
      const used = top - (segments[current]?.address ?? top);
      return from.available() + rest - used;
    },
  };
};
