// What a gradient pass keeps in engine memory: only gradients that are still waited for. All else that derivatives allocate is used
// again while the pass goes on, so that it needs little more than the activations. Outside of a region the garbage collector does it.

import { giveBack, innermostRegion, type Region, watched } from './regionStack.ts';
import { Tensor } from './tensor.ts';

/** Follows one gradient pass. */
export interface GradientMemory {
  /** Runs a derivative, and remembers what it allocates. */
  during<T>(body: () => T): T;
  /** A gradient begins to be waited for. */
  hold(gradient: Tensor): void;
  /** A gradient is no longer waited for in one place. */
  release(gradient: Tensor): void;
  /** Gives back what was allocated and is not held. */
  settle(): void;
  /** Ends the pass: what is still held belongs to whoever receives the gradients. */
  finish(): void;
}

const unmanaged: GradientMemory = {
  during: (body) => body(),
  hold: () => {},
  release: () => {},
  settle: () => {},
  finish: () => {},
};

interface Entry {
  readonly array: Float32Array;
  /** Gradients that lie in it and are waited for. */
  held: number;
  readonly tensors: Set<Tensor>;
}

const managed = (region: Region): GradientMemory => {
  const entries = new Map<number, Entry>(); // by address
  let loose: Entry[] = []; // may have become free
  const entryOf = ({ data }: Tensor): Entry | undefined => {
    const direct = entries.get(data.byteOffset);
    if (direct !== undefined) return direct.array.buffer === data.buffer ? direct : undefined;
    // A part of an array: rare, and only of what the last derivative allocated.
    return loose.find(
      ({ array }) =>
        array.buffer === data.buffer &&
        array.byteOffset <= data.byteOffset &&
        data.byteOffset < array.byteOffset + array.byteLength,
    );
  };
  return {
    during: (body) => {
      const { value, arrays } = watched(region, body);
      for (const array of arrays) {
        const entry = { array, held: 0, tensors: new Set<Tensor>() };
        entries.set(array.byteOffset, entry);
        loose.push(entry);
      }
      return value;
    },
    hold: (gradient) => {
      const entry = entryOf(gradient);
      if (entry === undefined) return;
      entry.held++;
      entry.tensors.add(gradient);
      entries.set(gradient.data.byteOffset, entry);
    },
    release: (gradient) => {
      const entry = entryOf(gradient);
      if (entry === undefined) return;
      entry.held--;
      loose.push(entry);
    },
    settle: () => {
      for (const entry of new Set(loose)) {
        if (entry.held > 0) continue;
        // Who keeps one of these tensors is told that it is gone, instead of reading what comes next.
        for (const tensor of entry.tensors) {
          entries.delete(tensor.data.byteOffset);
          Tensor.settle(tensor, undefined);
        }
        entries.delete(entry.array.byteOffset);
        giveBack(region, entry.array);
      }
      loose = [];
    },
    finish: () => {
      for (const { array } of new Set(entries.values())) region.watching?.push(array);
    },
  };
};

/** The memory of a pass that begins now. */
export const gradientMemory = (): GradientMemory => {
  const region = innermostRegion();
  return region === undefined ? unmanaged : managed(region);
};
