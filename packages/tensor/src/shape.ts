// Row-major shape arithmetic, and `dims`: shapes checked by the same words that document them.
// Knows numbers only, no tensors' data.

import type { DType } from './dtype.ts';

/** Extents of a tensor, outermost first; [] is a scalar. */
export type Shape = readonly number[];

/** Shapes that do not fit; the message names the operation, what was given and what was expected. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Number of elements of a shape. */
export const sizeOf = (shape: Shape): number => {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
};

/** Whether two shapes are equal. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis]);

/** Prints a dtype and a shape: `float32[2, 3]`. */
export const describeShape = (shape: Shape, dtype: DType = 'float32'): string =>
  `${dtype}[${shape.join(', ')}]`;

/** Elements between neighbours along each axis, row-major: stridesOf([2, 3, 4]) is [12, 4, 1]. */
export const stridesOf = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number; // axis < length
  }
  return strides;
};

/** Axis counted from the front: −1 is the last one. Throws ShapeError where there is no such axis. */
export const axisOf = (where: string, axis: number, rank: number): number => {
  const found = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || found < 0 || found >= rank)
    throw new ShapeError(
      `${where}: axis ${axis} of a tensor of rank ${rank}. Use ${rank === 0 ? 'a tensor with axes' : `${-rank} to ${rank - 1}`}.`,
    );
  return found;
};

/** The shape that a and b broadcast to (NumPy's rule: aligned at the end, extents equal or 1). */
export const broadcastShapes = (where: string, a: Shape, b: Shape): number[] => {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new ShapeError(
        `${where}: ${describeShape(a)} and ${describeShape(b)} do not broadcast: ${left} against ${right}. Extents must be equal or 1, aligned at the last axis.`,
      );
    result[axis] = left === 1 ? right : left;
  }
  return result;
};

/** Checks extents from outside: integers, not negative, a product that memory can index. */
export const checkShape = (where: string, shape: Shape): void => {
  for (const extent of shape)
    if (!Number.isInteger(extent) || extent < 0)
      throw new ShapeError(
        `${where}: shape [${shape.join(', ')}] has extent ${extent}. Extents are integers from 0.`,
      );
  if (sizeOf(shape) > 2 ** 32)
    throw new ShapeError(
      `${where}: shape [${shape.join(', ')}] has ${sizeOf(shape)} elements; at most 2^32 fit.`,
    );
};

interface Shaped {
  readonly shape: Shape;
  readonly dtype: DType;
}

type Words<P extends string> = P extends `${infer First} ${infer Rest}` ? First | Words<Rest> : P;
type Named<W extends string> = W extends '...' | '' | `${number}` ? never : W;
type NamesOf<T extends Record<string, readonly [Shaped, string]>> = Named<Words<T[keyof T][1]>>;

const splitPattern = (pattern: string): string[] => (pattern === '' ? [] : pattern.split(' '));

/**
 * Names the dimensions of several tensors at once, checks that equal names have equal extents, and returns the extents.
 * A pattern is words with blanks between: a name, or a number that the extent must equal. Names come typed from the patterns:
 * a misspelt one does not compile.
 *
 * @example
 * const { queries, depth } = dims('attention', { query: [q, 'queries depth'], key: [k, 'keys depth'] });
 * // ShapeError: attention: depth is 32 in key float32[7, 32] but 64 in query float32[5, 64].
 */
export const dims = <const T extends Record<string, readonly [Shaped, string]>>(
  where: string,
  tensors: T,
): Record<NamesOf<T>, number> => {
  const found = new Map<string, { extent: number; holder: string }>();
  for (const [holder, [tensor, pattern]] of Object.entries(tensors)) {
    const words = splitPattern(pattern);
    const print = () => `${holder} ${describeShape(tensor.shape, tensor.dtype)}`;
    if (words.length !== tensor.shape.length)
      throw new ShapeError(
        `${where}: ${print()} has ${tensor.shape.length} dimensions; expected ${words.length}: [${words.join(', ')}].`,
      );
    for (const [axis, word] of words.entries()) {
      const extent = tensor.shape[axis] as number; // as many words as axes
      const wanted = /^\d+$/.test(word) ? { extent: Number(word), holder: '' } : found.get(word);
      if (wanted === undefined) found.set(word, { extent, holder: print() });
      else if (wanted.extent !== extent)
        throw new ShapeError(
          wanted.holder === ''
            ? `${where}: axis ${axis} of ${print()} is ${extent}; expected ${word}.`
            : `${where}: ${word} is ${extent} in ${print()} but ${wanted.extent} in ${wanted.holder}.`,
        );
    }
  }
  const extents: Record<string, number> = {};
  for (const [name, { extent }] of found) extents[name] = extent;
  return extents as Record<NamesOf<T>, number>;
};
