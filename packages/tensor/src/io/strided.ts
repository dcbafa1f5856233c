// strided: numbers that lie apart in memory, as PyTorch's views and Fortran's arrays do, put in row-major order.

import { sizeOf } from '../shape.ts';
import { roomFor } from './folders/ranges.ts';

/** Where the elements of an array lie: element [i, j, …] is number offset + i·strides[0] + j·strides[1] + … */
export interface Layout {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The strides of a row-major array. */
export const rowMajor = (shape: readonly number[]): number[] => {
  const strides: number[] = [];
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number; // axis < rank
  }
  return strides;
};

/** Whether the elements already lie one behind the other in row-major order. */
export const isRowMajor = ({ shape, strides }: Layout): boolean => {
  const expected = rowMajor(shape);
  return (
    shape.every((extent, axis) => extent === 1 || strides[axis] === expected[axis]) || sizeOf(shape) === 0
  );
};

/** How many elements the memory must have: one more than the largest number that is reached. */
export const reachOf = ({ shape, strides, offset }: Layout): number =>
  sizeOf(shape) === 0
    ? offset
    : shape.reduce((last, extent, axis) => last + (extent - 1) * (strides[axis] as number), offset) + 1;

/**
 * The bytes of the elements in row-major order; a view where they lie so. The layout stays within the bytes, which the caller has checked.
 * `width` is the bytes of an element: 1, 2, 4 or 8.
 */
export const gathered = (place: string, bytes: Uint8Array, width: number, layout: Layout): Uint8Array => {
  const { shape, strides, offset } = layout;
  const size = sizeOf(shape);
  if (isRowMajor(layout)) return bytes.subarray(offset * width, (offset + size) * width);
  const result = roomFor(place, size * width);
  const last = shape.length - 1; // a scalar is row-major, so there is an axis
  const extent = shape[last] as number;
  const step = (strides[last] as number) * width;
  const index = new Array<number>(last).fill(0);
  let from = offset * width;
  for (let to = 0; to < result.length; ) {
    for (let i = 0, at = from; i < extent; i++, at += step)
      for (let byte = 0; byte < width; byte++) result[to++] = bytes[at + byte] as number; // within, as checked
    for (let axis = last - 1; axis >= 0; axis--) {
      const stride = (strides[axis] as number) * width;
      from += stride;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (shape[axis] as number) * stride;
      index[axis] = 0;
    }
  }
  return result;
};
