// The regions that are open now, innermost last, and the tensors made in each. Bookkeeping for region.ts, op.ts and backward.ts only.

import type { EngineMemory } from './backend/backend.ts';
import { currentBackend } from './backend/slot.ts';
import { resultArray } from './resultArray.ts';
import type { AnyTensor } from './tensor.ts';

/** One open region: where its part of the engine's stack begins, and the tensors that lie there. */
export interface Region {
  readonly memory: EngineMemory;
  readonly mark: number;
  readonly tensors: AnyTensor[];
  /** Arrays of this region that were given back before its end, by length, to be used again. */
  readonly spare: Map<number, Float32Array[]>;
  /** Where `watched` gathers what is allocated. */
  watching: Float32Array[] | undefined;
}

const open: Region[] = [];

/** The innermost open region. */
export const innermostRegion = (): Region | undefined => open.at(-1);

/** Opens a region at the present top of the engine's stack. */
export const openRegion = (memory: EngineMemory): Region => {
  const region: Region = { memory, mark: memory.mark(), tensors: [], spare: new Map(), watching: undefined };
  open.push(region);
  return region;
};

/** Closes the innermost region; it must be the given one. */
export const closeRegion = (region: Region): void => {
  if (open.pop() !== region)
    throw new Error('region: regions must close in the reverse order of their opening.');
};

/** Room for the result of an op: in engine memory while a region of the current backend is open, else an array of its own. */
export const allocate = (length: number): Float32Array => {
  const region = innermostRegion();
  if (region === undefined || region.memory !== currentBackend().memory) return resultArray(length);
  const array = region.spare.get(length)?.pop() ?? region.memory.floats(length);
  region.watching?.push(array);
  return array;
};

/** Notes a tensor as made in the innermost region, so that its end is known. */
export const track = (tensor: AnyTensor): void => {
  innermostRegion()?.tensors.push(tensor);
};

/** Runs the body; returns its value and the arrays that were allocated in the region for it and are not given back. */
export const watched = <T>(
  region: Region,
  body: () => T,
): { readonly value: T; readonly arrays: readonly Float32Array[] } => {
  const outer = region.watching;
  const arrays: Float32Array[] = [];
  region.watching = arrays;
  try {
    return { value: body(), arrays };
  } finally {
    region.watching = outer;
  }
};

/** Lets the region use an array again, which nobody reads any more. */
export const giveBack = (region: Region, array: Float32Array): void => {
  const spare = region.spare.get(array.length);
  if (spare === undefined) region.spare.set(array.length, [array]);
  else spare.push(array);
};
