// Regions: inside `inference` and `trainingStep` tensors stay in the engine's own memory from one op to the next and nothing is copied;
// when it ends, what it returns is copied out and the rest is gone. `region` nests, so that a deep model needs the memory of one
// layer. Values cannot leave unseen: reading one that was not returned says so.

import type { EngineMemory } from './backend/backend.ts';
import { currentBackend } from './backend/slot.ts';
import { Gradients } from './backward.ts';
import type { DType } from './dtype.ts';
import { isRecording, noGrad } from './op.ts';
import { closeRegion, innermostRegion, openRegion, type Region } from './regionStack.ts';
import { resultCopy } from './resultArray.ts';
import { type AnyTensor, Tensor } from './tensor.ts';

/** What a region may return: tensors, gradients, and arrays, maps and plain objects of them (other values pass through). */
const tensorsIn = (value: unknown, found: Set<AnyTensor>): void => {
  if (value instanceof Tensor) found.add(value);
  else if (Array.isArray(value)) for (const item of value) tensorsIn(item, found);
  else if (value instanceof Gradients) for (const [, gradient] of value) found.add(gradient);
  else if (value instanceof Map) for (const item of value.values()) tensorsIn(item, found);
  else if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    for (const item of Object.values(value)) tensorsIn(item, found);
};

const isFloat = (tensor: AnyTensor): tensor is Tensor => tensor.dtype === 'float32';

/** Copies kept tensors out into arrays of their own, or down to the mark where a parent region takes them over. */
const settleKept = (kept: readonly AnyTensor[], region: Region, parent: Region | undefined): void => {
  const { memory, mark } = region;
  const floats = kept.filter(isFloat).filter((tensor) => tensor.filled && memory.owns(tensor.data, 0));
  // Another shape of a tensor of an outer region stays where it is, and ends with that region.
  for (const tensor of floats) if (!memory.owns(tensor.data, mark)) parent?.tensors.push(tensor);
  // Tensors that share data (reshape) go on sharing it.
  const ordered = floats.filter((tensor) => memory.owns(tensor.data, mark));
  // One tensor may move over itself; several go by way of copies, since one's new place may be another's old one.
  const direct = parent !== undefined && new Set(ordered.map((t) => t.data.byteOffset)).size === 1;
  const sources = new Map(
    ordered.map((t) => [t.data.byteOffset, direct ? t.data : resultCopy(t.data)] as const),
  );
  memory.release(mark);
  const targets = new Map<number, Float32Array>();
  for (const [offset, source] of sources) {
    const target = parent === undefined ? source : memory.floats(source.length);
    if (parent !== undefined) target.set(source);
    targets.set(offset, target);
  }
  for (const tensor of ordered) {
    Tensor.settle(tensor, targets.get(tensor.data.byteOffset) as Float32Array); // one target an offset
    parent?.tensors.push(tensor);
  }
};

const run = <T>(memory: EngineMemory, parent: Region | undefined, body: () => T): T => {
  const region = openRegion(memory);
  const kept = new Set<AnyTensor>();
  try {
    const value = body();
    if (value instanceof Promise)
      throw new Error(
        'inference or trainingStep: the function returned a promise; it must be synchronous. Await outside of it.',
      );
    tensorsIn(value, kept);
    return value;
  } finally {
    closeRegion(region);
    for (const tensor of region.tensors)
      if (!kept.has(tensor) && tensor.filled && memory.owns(tensor.data, 0)) Tensor.settle(tensor, undefined);
    // A parent in the memory of another engine cannot take anything over: it gets copies.
    settleKept([...kept], region, parent?.memory === memory ? parent : undefined);
  }
};

/**
 * Runs a part of a model inside the current `inference` so that only what it returns stays in engine memory; where nothing is resident, and
 * where ops record and so need what they computed, it just calls the function. Models put it around each layer.
 */
export const region = <T>(body: () => T): T => (isRecording() ? body() : subregion(body));

/** The same, also while ops record: for a body whose record nobody will differentiate. */
export const subregion = <T>(body: () => T): T => {
  const parent = innermostRegion();
  return parent === undefined ? body() : run(parent.memory, parent, body);
};

/**
 * Runs a synchronous function without recording gradients, its tensors resident in the engine. Returns what the function
 * returns; tensors in it (also in arrays, plain objects and maps) are copied out to ordinary memory. Tensors made inside and not
 * returned cannot be read afterwards: `keep` copies one out early.
 *
 * @example
 * const hidden = inference(() => model.forward(ids));
 */
export const inference = <T>(body: () => T): T =>
  noGrad(() => {
    const memory = currentBackend().memory;
    if (memory === undefined) return body();
    return run(memory, innermostRegion(), body);
  });

/**
 * Runs one synchronous training step, or a part of it (forward, `backward`, the optimizer's step), its tensors resident in the engine:
 * the results are the same, and nothing is copied between. Returns what the function returns; tensors and gradients in it are copied out
 * to ordinary memory. Parameters and the optimizer's state are not touched by its end; all else made inside is gone with it.
 *
 * @example
 * const loss = trainingStep(() => {
 *   const loss = crossEntropy(model.forward(batch), targets);
 *   optimizer.step(backward(loss));
 *   return loss;
 * });
 */
export const trainingStep = <T>(body: () => T): T => {
  const { memory } = currentBackend();
  return memory === undefined ? body() : run(memory, innermostRegion(), body);
};

/** A copy of the tensor in ordinary memory, which outlives the region that it is made in. */
export const keep = <D extends DType>(tensor: Tensor<D>): Tensor<D> =>
  new Tensor(tensor.dtype, tensor.shape, tensor.data.slice() as typeof tensor.data);
