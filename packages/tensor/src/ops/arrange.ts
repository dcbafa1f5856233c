// Arranging elements: nothing is computed, elements change places. All dtypes; gradients for float32.

import { type DType, emptyData } from '../dtype.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { axisOf, broadcastShapes, describeShape, sameShape, type Shape, ShapeError, sizeOf, stridesOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { mul, sumTo } from './arithmetic.ts';
import { broadcastPlaces, type Elements } from './broadcast.ts';

/** Runs a differentiable op on float32 and the plain rearrangement on other dtypes. */
const byDtype = <D extends DType>(x: Tensor<D>, differentiable: (x: Tensor) => Tensor, rearrange: () => { readonly shape: Shape; readonly data: Elements }): Tensor<D> => {
  if (x.dtype === 'float32') return differentiable(x as Tensor) as Tensor<DType> as Tensor<D>;
  const { shape, data } = rearrange();
  return new Tensor(x.dtype, shape, data as typeof x.data);
};

const room = (dtype: DType, length: number): Elements => (dtype === 'float32' ? allocate(length) : emptyData(dtype, length));

const reshapeOp = defineOp<readonly [Tensor], Shape>({
  name: 'reshape',
  forward: ([x], shape) => ({ shape, data: x.data }),
  backward: (gradient, { inputs: [x] }) => [reshape(gradient, x.shape)],
});

/** The same elements under another shape; one extent may be −1: what is left. Shares the data. */
export const reshape = <D extends DType>(x: Tensor<D>, shape: Shape): Tensor<D> => {
  const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const unknown = shape.filter((extent) => extent === -1).length;
  const full = shape.map((extent) => (extent === -1 ? x.size / known : extent));
  if (unknown > 1 || full.some((extent) => !Number.isInteger(extent) || extent < 0) || sizeOf(full) !== x.size)
    throw new ShapeError(`reshape: ${x} with ${x.size} elements as [${shape.join(', ')}]; expected extents whose product is ${x.size}, at most one of them −1.`);
  return byDtype(x, (one) => reshapeOp([one], full), () => ({ shape: full, data: x.data }));
};

const movedElements = (x: { readonly shape: Shape; readonly data: Elements; readonly dtype: DType }, axes: readonly number[]): { readonly shape: number[]; readonly data: Elements } => {
  const shape = axes.map((axis) => x.shape[axis] as number); // axes < rank
  const strides = stridesOf(x.shape);
  const steps = axes.map((axis) => strides[axis] as number); // axes < rank
  const data = room(x.dtype, x.data.length);
  if (data.length === 0) return { shape, data };
  const last = shape.length - 1;
  const inner = last < 0 ? 1 : (shape[last] as number); // last < rank
  const step = last < 0 ? 1 : (steps[last] as number); // last < rank
  const counter = new Int32Array(Math.max(0, last));
  const source = x.data;
  let start = 0;
  for (let index = 0; index < data.length; index += inner) {
    if (step === 1) data.set(source.subarray(start, start + inner), index);
    else for (let j = 0; j < inner; j++) data[index + j] = source[start + j * step] as number; // inside by the strides
    for (let axis = last - 1; axis >= 0; axis--) {
      start += steps[axis] as number; // axis < rank
      counter[axis] = (counter[axis] as number) + 1; // axis < last
      if ((counter[axis] as number) < (shape[axis] as number)) break;
      start -= (steps[axis] as number) * (shape[axis] as number);
      counter[axis] = 0;
    }
  }
  return { shape, data };
};

const permuteOp = defineOp<readonly [Tensor], readonly number[]>({
  name: 'permute',
  forward: ([x], axes) => movedElements(x, axes) as { shape: number[]; data: Float32Array },
  backward: (gradient, { options: axes }) => [permute(gradient, axes.map((_, axis) => axes.indexOf(axis)))],
});

/** Axes in another order: axis i of the result is axis axes[i] of x. */
export const permute = <D extends DType>(x: Tensor<D>, axes: readonly number[]): Tensor<D> => {
  const full = axes.map((axis) => axisOf('permute', axis, x.rank));
  if (full.length !== x.rank || new Set(full).size !== x.rank)
    throw new ShapeError(`permute: axes [${axes.join(', ')}] for ${x}; expected each of its ${x.rank} axes once.`);
  return byDtype(x, (one) => permuteOp([one], full), () => movedElements(x, full));
};

/** Two axes exchanged; default the last two. */
export const transpose = <D extends DType>(x: Tensor<D>, a = -2, b = -1): Tensor<D> => {
  const [first, second] = [axisOf('transpose', a, x.rank), axisOf('transpose', b, x.rank)];
  return permute(x, x.shape.map((_, axis) => (axis === first ? second : axis === second ? first : axis)));
};

/** Blocks around an axis: how many before it, and how many elements an index of it spans. */
const around = (shape: Shape, axis: number): readonly [outer: number, inner: number] => [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];

interface SliceOptions {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

const slicedElements = (x: { readonly shape: Shape; readonly data: Elements; readonly dtype: DType }, { axis, start, end }: SliceOptions): { readonly shape: number[]; readonly data: Elements } => {
  const shape = x.shape.map((extent, at) => (at === axis ? end - start : extent));
  const [outer, inner] = around(x.shape, axis);
  const extent = x.shape[axis] as number; // axis < rank
  const length = (end - start) * inner;
  const data = room(x.dtype, outer * length);
  for (let block = 0; block < outer; block++) data.set(x.data.subarray((block * extent + start) * inner, (block * extent + end) * inner), block * length);
  return { shape, data };
};

const sliceOp = defineOp<readonly [Tensor], SliceOptions>({
  name: 'slice',
  forward: ([x], options) => slicedElements(x, options) as { shape: number[]; data: Float32Array },
  backward: (gradient, { inputs: [x], options: { axis, start, end } }) => [pad(gradient, axis, start, (x.shape[axis] as number) - end)], // axis < rank
});

/** Indices start ≤ i < end of an axis; negative ones count from the end. Default end: the last. */
export const slice = <D extends DType>(x: Tensor<D>, axis: number, start: number, end?: number): Tensor<D> => {
  const at = axisOf('slice', axis, x.rank);
  const extent = x.shape[at] as number; // at < rank
  const first = start < 0 ? start + extent : start;
  const last = end === undefined ? extent : end < 0 ? end + extent : end;
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || last > extent || first > last)
    throw new ShapeError(`slice: ${start} to ${end ?? extent} of axis ${axis} of ${x}, which has ${extent} indices.`);
  const options = { axis: at, start: first, end: last };
  return byDtype(x, (one) => sliceOp([one], options), () => slicedElements(x, options));
};

const padOp = defineOp<readonly [Tensor], SliceOptions & { readonly value: number }>({
  name: 'pad',
  forward: ([x], { axis, start, end, value }) => {
    const shape = x.shape.map((extent, at) => (at === axis ? start + extent + end : extent));
    const [outer, inner] = around(x.shape, axis);
    const extent = x.shape[axis] as number; // axis < rank
    const data = allocate(sizeOf(shape)).fill(value);
    for (let block = 0; block < outer; block++)
      data.set(x.data.subarray(block * extent * inner, (block + 1) * extent * inner), (block * (start + extent + end) + start) * inner);
    return { shape, data };
  },
  backward: (gradient, { inputs: [x], options: { axis, start } }) => [slice(gradient, axis, start, start + (x.shape[axis] as number))], // axis < rank
});

/** `before` and `after` further indices along an axis, filled with `value` (default 0). */
export const pad = (x: Tensor, axis: number, before: number, after: number, value = 0): Tensor => {
  if (!(before >= 0) || !(after >= 0)) throw new ShapeError(`pad: ${before} before and ${after} after; expected numbers from 0.`);
  return padOp([x], { axis: axisOf('pad', axis, x.rank), start: before, end: after, value });
};

const joined = (tensors: readonly { readonly shape: Shape; readonly data: Elements; readonly dtype: DType }[], axis: number): { readonly shape: number[]; readonly data: Elements } => {
  const [first] = tensors as [(typeof tensors)[number]]; // checked by concat
  const extent = tensors.reduce((sum, { shape }) => sum + (shape[axis] as number), 0); // axis < rank
  const shape = first.shape.map((own, at) => (at === axis ? extent : own));
  const [outer, inner] = around(shape, axis);
  const data = room(first.dtype, sizeOf(shape));
  let offset = 0;
  for (const one of tensors) {
    const length = (one.shape[axis] as number) * inner; // axis < rank
    for (let block = 0; block < outer; block++) data.set(one.data.subarray(block * length, (block + 1) * length), block * extent * inner + offset);
    offset += length;
  }
  return { shape, data };
};

const concatOp = defineOp<readonly Tensor[], number>({
  name: 'concat',
  forward: (tensors, axis) => joined(tensors, axis) as { shape: number[]; data: Float32Array },
  backward: (gradient, { inputs, options: axis, needs }) => {
    let start = 0;
    return inputs.map((x, index) => {
      const from = start;
      start += x.shape[axis] as number; // axis < rank
      return needs(index) ? slice(gradient, axis, from, start) : undefined;
    });
  },
});

/** One behind the other along an axis; all other extents equal. */
export const concat = <D extends DType>(tensors: readonly Tensor<D>[], axis: number): Tensor<D> => {
  const [first] = tensors;
  if (first === undefined) throw new ShapeError('concat: no tensors; expected at least one.');
  const at = axisOf('concat', axis, first.rank);
  for (const one of tensors)
    if (one.dtype !== first.dtype || one.rank !== first.rank || one.shape.some((extent, place) => place !== at && extent !== first.shape[place]))
      throw new ShapeError(`concat: ${one} after ${first} along axis ${axis}; dtype and all other extents must be equal.`);
  return byDtype(first, () => concatOp(tensors as readonly Tensor<DType>[] as readonly Tensor[], at), () => joined(tensors, at));
};

/** Side by side along a new axis (default: the first); all of one shape. */
export const stack = <D extends DType>(tensors: readonly Tensor<D>[], axis = 0): Tensor<D> => {
  const at = axisOf('stack', axis, (tensors[0]?.rank ?? 0) + 1);
  return concat(tensors.map((x) => reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])), at);
};

/** Parts of the given sizes along an axis, in order. */
export const split = <D extends DType>(x: Tensor<D>, sizes: readonly number[], axis: number): Tensor<D>[] => {
  const at = axisOf('split', axis, x.rank);
  const total = sizes.reduce((a, b) => a + b, 0);
  if (total !== x.shape[at]) throw new ShapeError(`split: sizes [${sizes.join(', ')}] sum to ${total}; axis ${axis} of ${x} has ${x.shape[at]}.`);
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return slice(x, at, start - size, start);
  });
};

const expandOp = defineOp<readonly [Tensor], Shape>({
  name: 'expand',
  forward: ([x], shape) => {
    const places = broadcastPlaces(shape, x.shape);
    const data = allocate(places.length);
    for (let i = 0; i < data.length; i++) data[i] = x.data[places[i] as number] as number; // places lie inside
    return { shape, data };
  },
  backward: (gradient, { inputs: [x] }) => [sumTo(gradient, x.shape)],
});

/** Broadcast to a shape, elements repeated. */
export const expand = (x: Tensor, shape: Shape): Tensor => {
  const full = broadcastShapes('expand', x.shape, shape);
  if (!sameShape(full, shape)) throw new ShapeError(`expand: ${x} does not broadcast to ${describeShape(shape)}.`);
  return expandOp([x], shape);
};

const triangle = (x: Tensor, keeps: (row: number, column: number) => boolean): Tensor => {
  const [rows, columns] = x.shape.slice(-2) as [number, number]; // rank ≥ 2, checked
  const data = Float32Array.from({ length: rows * columns }, (_, index) => (keeps(Math.floor(index / columns), index % columns) ? 1 : 0));
  return mul(x, new Tensor('float32', [rows, columns], data));
};

/** Zeros above the diagonal (`offset` to its right) of the last two axes. */
export const tril = (x: Tensor, offset = 0): Tensor => {
  if (x.rank < 2) throw new ShapeError(`tril: ${x}; expected at least two axes.`);
  return triangle(x, (row, column) => column <= row + offset);
};

/** Zeros below the diagonal (`offset` to its right) of the last two axes. */
export const triu = (x: Tensor, offset = 0): Tensor => {
  if (x.rank < 2) throw new ShapeError(`triu: ${x}; expected at least two axes.`);
  return triangle(x, (row, column) => column >= row + offset);
};
