// Looking up by index: rows of a table, elements along an axis, and their reverse, sums at places.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { axisOf, type Shape, ShapeError, sizeOf, stridesOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

const checkIds = (where: string, ids: Int32Array, limit: number): void => {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number; // i < length
    if (id < 0 || id >= limit) throw new RangeError(`${where}: id ${id} at place ${i}; the table has rows 0 to ${limit - 1}.`);
  }
};

const gatherOp = defineOp<readonly [Tensor, Tensor<'int32'>]>({
  name: 'gather',
  forward: ([table, ids]) => {
    const [rows, ...rest] = table.shape as [number, ...number[]]; // rank ≥ 1, checked
    checkIds('gather', ids.data, rows);
    const width = sizeOf(rest);
    const data = allocate(ids.size * width);
    for (let i = 0; i < ids.data.length; i++) {
      const start = (ids.data[i] as number) * width; // i < length
      data.set(table.data.subarray(start, start + width), i * width);
    }
    return { shape: [...ids.shape, ...rest], data };
  },
  backward: (gradient, { inputs: [table, ids] }) => [addRows(table.shape, ids, gradient), undefined],
});

const addRowsOp = defineOp<readonly [Tensor, Tensor<'int32'>], Shape>({
  name: 'addRows',
  forward: ([x, ids], shape) => {
    const width = sizeOf(shape.slice(1));
    const data = allocate(sizeOf(shape)).fill(0);
    for (let i = 0; i < ids.data.length; i++) {
      const start = (ids.data[i] as number) * width; // i < length
      for (let j = 0; j < width; j++) data[start + j] = (data[start + j] as number) + (x.data[i * width + j] as number); // j < width
    }
    return { shape, data };
  },
  backward: (gradient, { inputs: [, ids] }) => [gather(gradient, ids), undefined],
});

/** Sums of rows at the places that ids say: the reverse of gather. */
const addRows = (shape: Shape, ids: Tensor<'int32'>, x: Tensor): Tensor => addRowsOp([x, ids], shape);

/**
 * Rows of a table by id: table [rows, ...rest], ids of any shape → [...ids, ...rest]. An id outside the table is a RangeError.
 *
 * @example
 * gather(tensor([[1, 2], [3, 4]]), integers([1, 1])).toArray(); //=> [[3, 4], [3, 4]]
 */
export const gather = (table: Tensor, ids: Tensor<'int32'>): Tensor => {
  if (table.rank < 1) throw new ShapeError(`gather: table ${table}; expected [rows, ...].`);
  return gatherOp([table, ids], undefined);
};

/** For each element of an index tensor, its place in x; the index's axis counts indices of x. */
const placesAlong = (where: string, shape: Shape, index: Tensor<'int32'>, axis: number): Int32Array => {
  const fits = index.rank === shape.length && index.shape.every((extent, at) => at === axis || extent === shape[at]);
  if (!fits) throw new ShapeError(`${where}: index ${index} for a tensor of shape [${shape.join(', ')}] along axis ${axis}; all other extents must be equal.`);
  checkIds(where, index.data, shape[axis] as number); // axis < rank
  const inner = stridesOf(shape)[axis] as number; // axis < rank
  const block = inner * (index.shape[axis] as number); // axis < rank
  const step = inner * (shape[axis] as number); // axis < rank
  return index.data.map((at, i) => Math.floor(i / Math.max(1, block)) * step + at * inner + (i % inner));
};

const takeAlongOp = defineOp<readonly [Tensor, Tensor<'int32'>], number>({
  name: 'takeAlong',
  forward: ([x, index], axis) => {
    const places = placesAlong('takeAlong', x.shape, index, axis);
    const data = allocate(places.length);
    for (let i = 0; i < data.length; i++) data[i] = x.data[places[i] as number] as number; // places lie inside
    return { shape: index.shape, data };
  },
  backward: (gradient, { inputs: [x, index], options: axis }) => [addAlong(x.shape, index, { axis, x: gradient }), undefined],
});

const addAlongOp = defineOp<readonly [Tensor, Tensor<'int32'>], { readonly shape: Shape; readonly axis: number }>({
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
  backward: (gradient, { inputs: [, index], options: { axis } }) => [takeAlong(gradient, index, axis), undefined],
});

const addAlong = (shape: Shape, index: Tensor<'int32'>, { axis, x }: { readonly axis: number; readonly x: Tensor }): Tensor => addAlongOp([x, index], { shape, axis });

/** Elements along an axis by an index of the same rank: result[i, j] = x[index[i, j], j] for axis 0. PyTorch's take_along_dim. */
export const takeAlong = (x: Tensor, index: Tensor<'int32'>, axis = -1): Tensor => takeAlongOp([x, index], axisOf('takeAlong', axis, x.rank));

/** Zeros of a shape to which each element of x is added at the place that its index says: the reverse of takeAlong. */
export const scatterAdd = (x: Tensor, index: Tensor<'int32'>, { shape, axis }: { readonly shape: Shape; readonly axis: number }): Tensor => {
  if (x.size !== index.size) throw new ShapeError(`scatterAdd: ${x} with index ${index}; expected as many elements.`);
  return addAlong(shape, index, { axis: axisOf('scatterAdd', axis, shape.length), x });
};
