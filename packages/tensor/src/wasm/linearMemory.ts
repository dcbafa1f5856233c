// The engine's one WebAssembly.Memory and the views on it. Shared where the platform has SharedArrayBuffer: views on shared memory
// survive its growth, views on unshared memory do not, so that nothing outside of the engine may hold those.

import { mostMemory } from './engineError.ts';

const pageBytes = 65536;
const growthBytes = 16 * 2 ** 20; // growing takes a system call and new views: at least this much at a time

const mostPages = mostMemory / pageBytes;
const smallestReservation = 64 * 2 ** 20; // with less than this no pretrained model runs; better said at once

/** Views on the whole of the memory, valid until it grows next. */
export interface MemoryViews {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
}

/** The memory of an engine. */
export interface LinearMemory {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  /** Bytes that it may grow to. */
  readonly limit: number;
  /** Bytes that it has now. */
  bytes(): number;
  views(): MemoryViews;
  /** Whether the array lies in this memory. */
  holds(array: ArrayBufferView): boolean;
  /** Makes it at least `bytes` large; says whether that was possible. */
  grow(bytes: number): boolean;
}

const tryMemory = (shared: boolean, maximum: number): WebAssembly.Memory | undefined => {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum, shared });
  } catch {
    return undefined; // no SharedArrayBuffer here, or too little address space
  }
};

/** The first of the sizes limit, limit / 2, limit / 4 … (64 MiB at least) that the platform grants. */
const grantedMemory = (
  shared: boolean,
  limit: number,
): { memory: WebAssembly.Memory; maximum: number } | undefined => {
  const all = Math.min(mostPages, Math.max(2, Math.floor(limit / pageBytes)));
  const least = Math.min(all, smallestReservation / pageBytes);
  for (let maximum = all; maximum >= least; maximum = Math.floor(maximum / 2)) {
    const memory = tryMemory(shared, maximum);
    if (memory !== undefined) return { memory, maximum };
  }
  return undefined;
};

/**
 * A memory of one page that can grow to `limit` bytes, or to the largest half, quarter … of it that the platform grants.
 * Unshared if asked for or if there is no shared memory here.
 */
export const linearMemory = (limit: number, wantShared: boolean): LinearMemory => {
  const canShare = wantShared && typeof SharedArrayBuffer === 'function';
  const granted = (canShare ? grantedMemory(true, limit) : undefined) ?? grantedMemory(false, limit);
  if (granted === undefined)
    throw new Error(
      `wasm engine: the platform grants no WebAssembly memory (asked for up to ${limit} bytes). Use jsBackend instead.`,
    );
  const { memory: own, maximum } = granted;
  const shared = typeof SharedArrayBuffer === 'function' && own.buffer instanceof SharedArrayBuffer;

  // Every growth of a shared memory makes a new buffer object over the same bytes; arrays made on earlier ones remain ours.
  const buffers = new WeakSet<ArrayBufferLike>();
  let views: MemoryViews;
  const refresh = (): void => {
    buffers.add(own.buffer);
    views = { f32: new Float32Array(own.buffer), i32: new Int32Array(own.buffer) };
  };
  refresh();

  const growTo = (pages: number): boolean => {
    try {
      own.grow(pages - own.buffer.byteLength / pageBytes);
    } catch {
      return false;
    }
    refresh();
    return true;
  };

  return {
    memory: own,
    shared,
    limit: maximum * pageBytes,
    bytes: () => own.buffer.byteLength,
    views: () => views,
    holds: (array) => buffers.has(array.buffer),
    grow: (bytes) => {
      if (bytes <= own.buffer.byteLength) return true;
      const needed = Math.ceil(bytes / pageBytes);
      if (needed > maximum) return false;
      const generous = Math.ceil(
        (own.buffer.byteLength + Math.max(growthBytes, own.buffer.byteLength / 2)) / pageBytes,
      );
      const comfortable = Math.min(maximum, Math.max(needed, generous));
      return growTo(comfortable) || growTo(needed);
    },
  };
};
