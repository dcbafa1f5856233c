// The tensors in what a pickle holds, by the path to them.

import { CheckpointError } from '../../checkpointError.ts';
import { isTensorReference, type TensorReference, type TorchFile } from './tensorReference.ts';

/** Deepest nesting: checkpoints of training have five or so. */
const deepest = 64;

/** Longest name: those of published weights stay below 200 characters. */
const longestName = 4096;

/** Values that are looked at beyond two for each byte of the pickle, of which each value takes one. */
const moreValues = 2 ** 16;

/** Tuples of texts and numbers are written as Python does without quotes: (encoder, 1). */
const nameOf = (key: unknown): string => {
  if (key === null || typeof key !== 'object') return String(key);
  const parts: readonly unknown[] = Array.isArray(key) ? key : [];
  return `(${parts.map((part) => (typeof part === 'object' ? '…' : String(part))).join(', ')})`;
};

/**
 * All tensors of nested dictionaries and lists; keys are joined by dots. What else is in them is left out. Files that hold one list in
 * another many times over, and so many more values than the pickle has bytes, are refused.
 */
export const collectTensors = ({ value, pickled }: TorchFile, file: string): Map<string, TensorReference> => {
  const fail = (path: string, what: string): never => {
    throw new CheckpointError(`${file}: ${JSON.stringify(path.slice(0, 80))} ${what}`);
  };
  const found = new Map<string, TensorReference>();
  const mostValues = 2 * pickled + moreValues;
  let visited = 0;
  const walk = (item: unknown, path: string, depth: number): void => {
    if (depth > deepest)
      fail(path, `is nested deeper than ${deepest}, or holds itself. It is no file of weights.`);
    if (path.length > longestName)
      fail(path, `… has ${path.length} characters; expected at most ${longestName}.`);
    if (isTensorReference(item)) {
      if (found.has(path)) fail(path, 'stands twice; each name must be there once.');
      found.set(path, item);
    }
    if (!(item instanceof Map) && !Array.isArray(item)) return;
    for (const [key, inner] of item.entries()) {
      if (++visited > mostValues)
        fail(path, `brings it to more than ${mostValues} values. It is no file of weights.`);
      if (inner !== null && typeof inner === 'object')
        walk(inner, path === '' ? nameOf(key) : `${path}.${nameOf(key)}`, depth + 1);
    }
  };
  walk(value, '', 0);
  return found;
};
