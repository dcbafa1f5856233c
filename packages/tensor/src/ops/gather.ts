// Looking up by index: rows of a table, elements along an axis (all dtypes), and their reverse, sums at places.

import type { DType } from '../dtype.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import {
  axisOf,
  broadcastShapes,
  checkShape,
  type Shape,
  ShapeError,
  sameShape,
  sizeOf,
  stridesOf,
} from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { expand } from './arrange.ts';
import type { Elements } from './broadcast.ts';
import { type Arranged, byDtype, type Source } from './byDtype.ts';
import { room } from './move.ts';

const checkIds = (where: string, ids: Int32Array, limit: number): void => {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number; // i < length
    if (id < 0 || id >= limit)
      throw new RangeError(
        `${where}: id ${id} at place ${i}; ${limit === 0 ? 'the table has no rows' : `the table has rows 0 to ${limit - 1}`}.`,
      );
  }
};

/** A table seen as [outer, rows, inner] along an axis. */
const tableOf = (shape: Shape, axis: number) => ({
  outer: sizeOf(shape.slice(0, axis)),
  rows: shape[axis] as number, // axis < rank
  inner: sizeOf(shape.slice(axis + 1)),
});

const gathered = <D extends DType>(table: Source<D>, ids: Tensor<'int32'>, axis: number): Arranged<D> => {
  const { outer, rows, inner } = tableOf(table.shape, axis);
  checkIds('gather', ids.data, rows);
  const data = room(table.dtype, outer * ids.size * inner);
  const [places, values] = [ids.data, table.data];
  for (let block = 0, to = 0; block < outer; block++)
    for (let i = 0; i < places.length; i++, to += inner) {
      const start = (block * rows + (places[i] as number)) * inner; // i < length
      data.set(values.subarray(start, start + inner), to);
    }
  return { shape: [...table.shape.slice(0, axis), ...ids.shape, ...table.shape.slice(axis + 1)], data };
};

const gatherOp = defineOp<readonly [Tensor, Tensor<'int32'>], number>({
  name: 'gather',
  forward: ([table, ids], axis) => gathered(table, ids, axis),
  backward: (gradient, { inputs: [table, ids], options: axis }) => [
    addRows(table.shape, ids, { axis, x: gradient }),
    undefined,
  ],
});

const addRowsOp = defineOp<
  readonly [Tensor, Tensor<'int32'>],
  { readonly shape: Shape; readonly axis: number }
>({
  name: 'addRows',
  forward: ([x, ids], { shape, axis }) => {
    const { outer, rows, inner } = tableOf(shape, axis);
    const data = allocate(sizeOf(shape)).fill(0);
    const [places, values] = [ids.data, x.data];
    for (let block = 0, from = 0; block < outer; block++)
      for (let i = 0; i < places.length; i++, from += inner) {
        const start = (block * rows + (places[i] as number)) * inner; // i < length
        for (let j = 0; j < inner; j++)
          data[start + j] = (data[start + j] as number) + (values[from + j] as number); // j < inner
      }
    return { shape, data };
  },
  backward: (gradient, { inputs: [, ids], options: { axis } }) => [gather(gradient, ids, axis), undefined],
});

/** Sums of rows at the places that ids say: the reverse of gather. */
const addRows = (
  shape: Shape,
  ids: Tensor<'int32'>,
  { axis, x }: { readonly axis: number; readonly x: Tensor },
): Tensor => addRowsOp([x, ids], { shape, axis });

/**
 * Rows of a table by id: table [rows, ...rest], ids of any shape → [...ids, ...rest]; or indices of another axis, whose place the ids'
 * axes take. An id outside the table is a RangeError. PyTorch's index_select, NumPy's take.
 *
 * @example
 * gather(tensor([[1, 2], [3, 4]]), integers([1, 1])).toArray(); //=> [[3, 4], [3, 4]]
 */
export const gather = <D extends DType>(table: Tensor<D>, ids: Tensor<'int32'>, axis = 0): Tensor<D> => {
  if (table.rank < 1 || ids.dtype !== 'int32')
    throw new ShapeError(`gather: table ${table} with ids ${ids}; expected [rows, ...] and int32.`);
  const at = axisOf('gather', axis, table.rank);
  return byDtype(
    table,
    (one) => gatherOp([one, ids], at),
    () => gathered(table, ids, at),
  );
};

/** For each element of an index tensor, its place in x; the index's axis counts indices of x. */
const placesAlong = (where: string, shape: Shape, index: Tensor<'int32'>, axis: number): Int32Array => {
  checkIds(where, index.data, shape[axis] as number); // axis < rank
  const inner = stridesOf(shape)[axis] as number; // axis < rank
  const block = inner * (index.shape[axis] as number); // axis < rank
  const step = inner * (shape[axis] as number); // axis < rank
  return index.data.map((at, i) => Math.floor(i / Math.max(1, block)) * step + at * inner + (i % inner));
};

/** Whether an index fits a shape: the same rank, and on the axes other than its own the same extents. */
const checkIndex = (where: string, shape: Shape, index: Tensor<'int32'>, axis: number): void => {
  if (
    index.dtype !== 'int32' ||
    index.rank !== shape.length ||
    index.shape.some((extent, at) => at !== axis && extent !== shape[at])
  )
    throw new ShapeError(
      `${where}: index ${index} for a tensor of shape [${shape.join(', ')}] along axis ${axis}; expected int32 of the same rank, all other extents equal.`,
    );
};

const takenAlong = <D extends DType>(x: Source<D>, index: Tensor<'int32'>, axis: number): Arranged<D> => {
  const places = placesAlong('takeAlong', x.shape, index, axis);
  const result = room(x.dtype, places.length);
  const [data, values]: readonly [Elements, Elements] = [result, x.data];
  for (let i = 0; i < data.length; i++) data[i] = values[places[i] as number] as number; // places lie inside
  return { shape: [...index.shape], data: result };
};

const takeAlongOp = defineOp<readonly [Tensor, Tensor<'int32'>], number>({
  name: 'takeAlong',
  forward: ([x, index], axis) => takenAlong(x, index, axis),
  backward: (gradient, { inputs: [x, index], options: axis }) => [
    addAlong(x.shape, index, { axis, x: gradient }),
    undefined,
  ],
});

const addAlongOp = defineOp<
  readonly [Tensor, Tensor<'int32'>],
  { readonly shape: Shape; readonly axis: number }
>({
  name: 'addAlong',
  forward: ([x, index], { shape, axis }) => {
    const places = placesAlong('scatterAdd', shape, index, axis);
    const data = allocate(sizeOf(shape)).fill(0);
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number; // i < length
      data[place] = (data[place] as number) + (x.data[i] as number);
    }
    return { shape, data };
  },
  backward: (gradient, { inputs: [, index], options: { axis } }) => [
    takeAlong(gradient, index, axis),
    undefined,
  ],
});

const addAlong = (
  shape: Shape,
  index: Tensor<'int32'>,
  { axis, x }: { readonly axis: number; readonly x: Tensor },
): Tensor => addAlongOp([x, index], { shape, axis });

/**
 * Elements along an axis (default: the last) by an index of the same rank: result[i, j] = x[index[i, j], j] for axis 0. On the other axes the two
 * broadcast. PyTorch's take_along_dim, NumPy's take_along_axis.
 *
 * @example
 * takeAlong(tensor([[1, 2], [3, 4]]), integers([[1], [0]]), 1).toArray(); //=> [[2], [3]]
 */
export const takeAlong = <D extends DType>(x: Tensor<D>, index: Tensor<'int32'>, axis = -1): Tensor<D> => {
  const at = axisOf('takeAlong', axis, x.rank);
  if (index.rank !== x.rank) checkIndex('takeAlong', x.shape, index, at);
  const others = (shape: Shape) => shape.map((extent, place) => (place === at ? 1 : extent));
  const common = broadcastShapes('takeAlong', others(x.shape), others(index.shape));
  const full = <E extends DType>(one: Tensor<E>) =>
    expand(
      one,
      common.map((extent, place) => (place === at ? (one.shape[at] as number) : extent)),
    ); // at < rank
  const [source, places] = [full(x), full(index)];
  checkIndex('takeAlong', source.shape, places, at);
  return byDtype(
    source,
    (one) => takeAlongOp([one, places], at),
    () => takenAlong(source, places, at),
  );
};

/**
 * Zeros of a shape to which each element of x is added at the place that its index says along an axis: the reverse of takeAlong. x and index are of
 * one shape; on the other axes that is the result's.
 *
 * @example
 * scatterAdd(tensor([1, 2, 4]), integers([0, 2, 0]), { shape: [3], axis: 0 }).toArray(); //=> [5, 0, 2]
 */
export const scatterAdd = (
  x: Tensor,
  index: Tensor<'int32'>,
  { shape, axis }: { readonly shape: Shape; readonly axis: number },
): Tensor => {
  const at = axisOf('scatterAdd', axis, shape.length);
  if (!sameShape(x.shape, index.shape))
    throw new ShapeError(`scatterAdd: ${x} with index ${index}; shapes must be equal.`);
  checkShape('scatterAdd', shape);
  checkIndex('scatterAdd', shape, index, at);
  return addAlong(shape, index, { axis: at, x });
};
