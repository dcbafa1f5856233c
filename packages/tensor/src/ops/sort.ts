// Order along an axis: sorting, and the few largest. Stable: equal elements keep their order. NaN is larger than any number.

import type { DType } from '../dtype.ts';
import { axisOf, ShapeError, sizeOf, stridesOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { takeAlong } from './gather.ts';

/** Elements in order, and the place each had along the axis. */
export interface Sorted<D extends DType = 'float32'> {
  readonly values: Tensor<D>;
  readonly indices: Tensor<'int32'>;
}

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** Largest first. Default false. */
  readonly descending?: boolean;
}

type Values = Float32Array | Int32Array | Uint8Array;

/** Below 0 where element i comes before element j. */
const order = (values: Values, sign: 1 | -1) => {
  return (i: number, j: number): number => {
    const [a, b] = [values[i] as number, values[j] as number]; // i, j < length
    if (a < b) return -sign;
    if (a > b) return sign;
    if (a === b) return i - j;
    const [first, second] = [Number.isNaN(a), Number.isNaN(b)];
    return first === second ? i - j : first ? sign : -sign;
  };
};

/** Places of the first `count` elements of each lane of an axis, in order. */
const places = (
  x: AnyTensor,
  axis: number,
  { count, sign }: { readonly count: number; readonly sign: 1 | -1 },
): Tensor<'int32'> => {
  const extent = x.shape[axis] as number; // axis < rank, here and below
  const inner = stridesOf(x.shape)[axis] as number;
  const shape = x.shape.map((own, at) => (at === axis ? count : own));
  const data = new Int32Array(sizeOf(shape));
  const lane = x.data.slice(0, extent) as Values;
  const compare = order(lane, sign);
  const ids = new Int32Array(extent);
  const lanes = extent === 0 ? 0 : x.size / extent;
  for (let at = 0; at < lanes; at++) {
    const [block, offset] = [Math.floor(at / inner), at % inner];
    for (let i = 0; i < extent; i++) {
      lane[i] = x.data[block * extent * inner + i * inner + offset] as number; // inside the axis
      ids[i] = i;
    }
    const chosen = count * 16 < extent ? firstOf(extent, count, compare) : ids.sort(compare); // a heap of few beats sorting all
    for (let i = 0; i < count; i++) data[block * count * inner + i * inner + offset] = chosen[i] as number; // i < count
  }
  return new Tensor('int32', shape, data);
};

/** The first `count` of 0 … extent − 1 in order, by a heap that holds the last of them on top. */
const firstOf = (extent: number, count: number, compare: (i: number, j: number) => number): Int32Array => {
  const heap = new Int32Array(count);
  const at = (place: number) => heap[place] as number; // place < count
  const sink = (value: number): void => {
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) break;
      if (child + 1 < count && compare(at(child + 1), at(child)) > 0) child++;
      if (compare(at(child), value) <= 0) break;
      heap[place] = at(child);
      place = child;
    }
    heap[place] = value;
  };
  for (let i = 0; i < count; i++) heap[i] = count - 1 - i;
  heap.sort((i, j) => compare(j, i)); // last first is a heap
  if (count > 0) for (let i = count; i < extent; i++) if (compare(i, at(0)) < 0) sink(i);
  return heap.sort(compare);
};

/** Places of the elements of an axis in rising (or falling) order: int32 of x's shape. */
export const argsort = (
  x: Tensor<DType>,
  { axis = -1, descending = false }: SortOptions = {},
): Tensor<'int32'> => {
  const at = axisOf('argsort', axis, x.rank);
  return places(x, at, { count: x.shape[at] as number, sign: descending ? -1 : 1 }); // at < rank
};

/**
 * Elements of an axis in rising (or falling) order, with their places. The gradient goes to where each came from.
 *
 * @example
 * sort(tensor([3, 1, 2])).values.toArray(); //=> [1, 2, 3]
 */
export const sort = <D extends DType>(x: Tensor<D>, options: SortOptions = {}): Sorted<D> => {
  const indices = argsort(x, options);
  return { values: takeAlong(x, indices, options.axis ?? -1), indices };
};

/** Options of `topK`. */
export interface TopKOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** The largest ones, largest first; else the smallest ones, smallest first. Default true. */
  readonly largest?: boolean;
}

/**
 * The `count` largest (or smallest) elements of an axis in order, with their places; of equal ones the first.
 *
 * @example
 * topK(tensor([3, 1, 2]), 2).values.toArray(); //=> [3, 2]
 */
export const topK = <D extends DType>(
  x: Tensor<D>,
  count: number,
  { axis = -1, largest = true }: TopKOptions = {},
): Sorted<D> => {
  const at = axisOf('topK', axis, x.rank);
  if (!Number.isInteger(count) || count < 0 || count > (x.shape[at] as number))
    throw new ShapeError(
      `topK: ${count} of axis ${axis} of ${x}; expected an integer from 0 to ${x.shape[at]}.`,
    );
  const indices = places(x, at, { count, sign: largest ? -1 : 1 });
  return { values: takeAlong(x, indices, at), indices };
};
