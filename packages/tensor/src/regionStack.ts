// The regions that are open now, innermost last, and the tensors made in each. Bookkeeping for region.ts and op.ts only.

import type { EngineMemory } from './backend/backend.ts';
import { currentBackend } from './backend/slot.ts';
import type { AnyTensor } from './tensor.ts';

/** One open region: where its part of the engine's stack begins, and the tensors that lie there. */
export interface Region {
  readonly memory: EngineMemory;
  readonly mark: number;
  readonly tensors: AnyTensor[];
}

const open: Region[] = [];

/** The innermost open region. */
export const innermostRegion = (): Region | undefined => open.at(-1);

/** Opens a region at the present top of the engine's stack. */
export const openRegion = (memory: EngineMemory): Region => {
  const region = { memory, mark: memory.mark(), tensors: [] };
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
  if (region === undefined || region.memory !== currentBackend().memory) return new Float32Array(length);
  return region.memory.floats(length);
};

/** Notes a tensor as made in the innermost region, so that its end is known. */
export const track = (tensor: AnyTensor): void => {
  innermostRegion()?.tensors.push(tensor);
};
