// Making tensors: from numbers, and filled by a rule.

import type { DType } from './dtype.ts';
import { emptyData } from './dtype.ts';
import type { Random } from './random.ts';
import { checkShape, type Shape, ShapeError, sizeOf } from './shape.ts';
import { type NestedNumbers, Tensor, tensorOf } from './tensor.ts';

const shapeOfNested = (values: NestedNumbers): number[] => {
  const shape: number[] = [];
  let level: NestedNumbers | undefined = values;
  while (typeof level === 'object') {
    shape.push(level.length);
    level = level[0];
  }
  return shape;
};

const fillNested = (values: NestedNumbers, shape: Shape, axis: number, flat: number[]): void => {
  if (typeof values === 'number') {
    if (axis !== shape.length)
      throw new ShapeError(
        `tensor: a number at depth ${axis}; expected arrays down to depth ${shape.length}.`,
      );
    flat.push(values);
    return;
  }
  if (values.length !== shape[axis])
    throw new ShapeError(
      `tensor: ${values.length} items at depth ${axis} where the first one has ${shape[axis] ?? 'none'}; rows must be of one length.`,
    );
  for (const value of values) fillNested(value, shape, axis + 1, flat);
};

const flatten = (values: NestedNumbers): { readonly shape: number[]; readonly flat: number[] } => {
  const shape = shapeOfNested(values);
  const flat: number[] = [];
  fillNested(values, shape, 0, flat);
  return { shape, flat };
};

/**
 * A tensor from nested arrays, or from a typed array (Float32Array, Int32Array; Uint8Array for bool) and a shape (default: one axis).
 *
 * @example
 * tensor([[1, 2], [3, 4]]); //=> float32[2, 2]
 * tensor(Int32Array.of(1, 2, 3), [3]); //=> int32[3]
 */
export function tensor(values: NestedNumbers): Tensor;
export function tensor(values: Float32Array, shape?: Shape): Tensor;
export function tensor(values: Int32Array, shape?: Shape): Tensor<'int32'>;
export function tensor(values: Uint8Array, shape?: Shape): Tensor<'bool'>;
export function tensor(
  values: NestedNumbers | Float32Array | Int32Array | Uint8Array,
  shape?: Shape,
): Tensor | Tensor<'int32'> | Tensor<'bool'> {
  if (values instanceof Float32Array) return tensorOf('float32', shape ?? [values.length], values);
  if (values instanceof Int32Array) return tensorOf('int32', shape ?? [values.length], values);
  if (values instanceof Uint8Array) return tensorOf('bool', shape ?? [values.length], values);
  const nested = flatten(values);
  return new Tensor('float32', nested.shape, Float32Array.from(nested.flat));
}

/**
 * Ids or positions from numbers: int32. A number that is no 32-bit integer is a RangeError.
 *
 * @example
 * integers([101, 2023, 102]); //=> int32[3]
 */
export const integers = (values: NestedNumbers): Tensor<'int32'> => {
  const { shape, flat } = flatten(values);
  for (const value of flat)
    if (value !== (value | 0))
      throw new RangeError(`integers: ${value}; expected integers from −2^31 to 2^31 − 1.`);
  return new Tensor('int32', shape, Int32Array.from(flat));
};

/** Booleans from numbers, nested: 0 is false, any other is true. */
export const booleans = (values: NestedNumbers): Tensor<'bool'> => {
  const { shape, flat } = flatten(values);
  return new Tensor(
    'bool',
    shape,
    Uint8Array.from(flat, (value) => (value === 0 ? 0 : 1)),
  );
};

/** All elements equal to `value`. */
export const full = <D extends DType = 'float32'>(
  shape: Shape,
  value: number,
  dtype: D = 'float32' as D,
): Tensor<D> => {
  checkShape('full', shape);
  const data = emptyData(dtype, sizeOf(shape));
  data.fill(value);
  return new Tensor(dtype, [...shape], data);
};

/** All zeros. */
export const zeros = <D extends DType = 'float32'>(shape: Shape, dtype: D = 'float32' as D): Tensor<D> =>
  full(shape, 0, dtype);

/** All ones. */
export const ones = <D extends DType = 'float32'>(shape: Shape, dtype: D = 'float32' as D): Tensor<D> =>
  full(shape, 1, dtype);

/** 0, 1, … end − 1 as int32; or from `start`. */
export const arange = (end: number, start = 0): Tensor<'int32'> =>
  new Tensor(
    'int32',
    [Math.max(0, end - start)],
    Int32Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i),
  );

/** The identity matrix [size, size]. */
export const eye = (size: number): Tensor => {
  const result = zeros([size, size]);
  for (let i = 0; i < size; i++) result.data[i * (size + 1)] = 1;
  return result;
};

const drawn = (shape: Shape, draw: () => number): Tensor => {
  checkShape('random tensor', shape);
  return new Tensor('float32', [...shape], Float32Array.from({ length: sizeOf(shape) }, draw));
};

/** Uniform in [low, high). */
export const uniform = (
  shape: Shape,
  source: Random,
  [low, high]: readonly [number, number] = [0, 1],
): Tensor => drawn(shape, () => low + (high - low) * source.uniform());

/** Normal with mean 0 and the given deviation. */
export const normal = (shape: Shape, source: Random, deviation = 1): Tensor =>
  drawn(shape, () => deviation * source.normal());
