// Comparisons, logic, and choosing by a mask. Results are bool; comparisons have no gradient.

import { type DataOf, type DType, emptyData } from '../dtype.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { broadcastShapes, type Shape, ShapeError, sameShape, sizeOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { asTensor, sumTo } from './arithmetic.ts';
import { type Elements, fillRuns, type Run } from './broadcast.ts';
import { broadcastPlan } from './broadcastPlan.ts';
import { expandedData, room } from './move.ts';

/** Compares two broadcast operands, element by element. */
export type Comparison = (a: AnyTensor | number, b: AnyTensor | number) => Tensor<'bool'>;

/** A number beside integers stays exact as an integer. */
const comparand = (x: AnyTensor | number, other: AnyTensor | number): AnyTensor => {
  if (typeof x !== 'number') return x;
  const exact = typeof other !== 'number' && other.dtype === 'int32' && x === (x | 0);
  return exact ? new Tensor('int32', [], Int32Array.of(x)) : asTensor(x);
};

const comparison = (name: string, holds: (a: number, b: number) => boolean): Comparison => {
  const kernel = ({
    a,
    b,
    out,
    aStart,
    bStart,
    outStart,
    aStep,
    bStep,
    length,
  }: Run<Elements, Uint8Array>): void => {
    for (let i = 0; i < length; i++)
      out[outStart + i] = holds(a[aStart + i * aStep] as number, b[bStart + i * bStep] as number) ? 1 : 0; // inside the run
  };
  return (a, b) => {
    const [left, right] = [comparand(a, b), comparand(b, a)];
    const plan = broadcastPlan(name, left.shape, right.shape);
    const out = new Uint8Array(sizeOf(plan.shape));
    fillRuns(kernel, plan, { a: left.data, b: right.data, out });
    return new Tensor('bool', plan.shape, out);
  };
};

/** a = b, broadcast; NaN equals nothing. */
export const equal: Comparison = comparison('equal', (a, b) => a === b);
/** a ≠ b, broadcast. */
export const notEqual: Comparison = comparison('notEqual', (a, b) => a !== b);
/** a < b, broadcast. */
export const less: Comparison = comparison('less', (a, b) => a < b);
/** a ≤ b, broadcast. */
export const lessOrEqual: Comparison = comparison('lessOrEqual', (a, b) => a <= b);
/** a > b, broadcast. */
export const greater: Comparison = comparison('greater', (a, b) => a > b);
/** a ≥ b, broadcast. */
export const greaterOrEqual: Comparison = comparison('greaterOrEqual', (a, b) => a >= b);
/** Both, of booleans, broadcast. */
export const logicalAnd: Comparison = comparison('logicalAnd', (a, b) => a !== 0 && b !== 0);
/** One or both, of booleans, broadcast. */
export const logicalOr: Comparison = comparison('logicalOr', (a, b) => a !== 0 || b !== 0);
/** Exactly one, of booleans, broadcast. */
export const logicalXor: Comparison = comparison('logicalXor', (a, b) => (a !== 0) !== (b !== 0));
/** The contrary of a boolean. */
export const logicalNot = (x: Tensor<'bool'>): Tensor<'bool'> =>
  new Tensor(
    'bool',
    x.shape,
    x.data.map((bit) => 1 - bit),
  );

/**
 * The same numbers in another dtype. To float32 (the default), which a float32 tensor is already, gradient and all; to int32, cut towards 0; to
 * bool, whether it is not 0.
 *
 * @example
 * cast(tensor([1.7, -1.7]), 'int32').toArray(); //=> [1, -1]
 */
export const cast = <D extends DType = 'float32'>(x: AnyTensor, dtype: D = 'float32' as D): Tensor<D> => {
  if (x.dtype === dtype) return x as AnyTensor as Tensor<D>;
  const data = room(dtype, x.size);
  if (data instanceof Uint8Array)
    for (let i = 0; i < data.length; i++) data[i] = x.data[i] === 0 ? 0 : 1; // one length
  else data.set(x.data);
  return new Tensor(dtype, x.shape, data);
};

/** The elements of a tensor at every place of a larger shape. */
const spread = <D extends DType>({ dtype, data, shape }: Tensor<D>, full: Shape): DataOf<D> =>
  sameShape(shape, full) ? data : expandedData(dtype, data, [shape, full]);

/** x where the mask is `bit`, else 0; not a product, since 0 · ∞ is NaN. */
const only = (x: Tensor, mask: Uint8Array, bit: number): Tensor => {
  const data = allocate(x.size);
  const source = x.data;
  for (let i = 0; i < source.length; i++) data[i] = mask[i] === bit ? (source[i] as number) : 0; // arrays of one length
  return new Tensor('float32', x.shape, data);
};

const whereOp = defineOp<readonly [Tensor<'bool'>, Tensor, Tensor], Shape>({
  name: 'where',
  forward: ([mask, a, b], shape) => {
    const data = allocate(sizeOf(shape));
    const [bits, left, right] = [spread(mask, shape), spread(a, shape), spread(b, shape)];
    for (let i = 0; i < data.length; i++) data[i] = (bits[i] === 0 ? right[i] : left[i]) as number; // arrays of one length
    return { shape, data };
  },
  backward: (gradient, { inputs: [mask, a, b], options: shape, needs }) => {
    const bits = spread(mask, shape);
    return [
      undefined,
      needs(1) ? sumTo(only(gradient, bits, 1), a.shape) : undefined,
      needs(2) ? sumTo(only(gradient, bits, 0), b.shape) : undefined,
    ];
  },
});

/** a where the mask is true, b elsewhere; all three broadcast. Of one dtype; numbers take that of the other side. */
export const where = <D extends DType = 'float32'>(
  mask: Tensor<'bool'>,
  a: Tensor<D> | number,
  b: Tensor<D> | number,
): Tensor<D> => {
  const [left, right] = [chosen(a, b), chosen(b, a)];
  if (left.dtype !== right.dtype)
    throw new ShapeError(`where: ${left} and ${right}; expected one dtype. Use cast.`);
  const shape = broadcastShapes('where', mask.shape, broadcastShapes('where', left.shape, right.shape));
  if (left.dtype === 'float32')
    return whereOp(
      [mask, left as AnyTensor as Tensor, right as AnyTensor as Tensor],
      shape,
    ) as AnyTensor as Tensor<D>;
  const result = room(left.dtype, sizeOf(shape));
  const out: Elements = result;
  const [bits, ones, others] = [spread(mask, shape), spread(left, shape), spread(right, shape)];
  for (let i = 0; i < out.length; i++) out[i] = (bits[i] === 0 ? others[i] : ones[i]) as number; // arrays of one length
  return new Tensor(left.dtype, shape, result);
};

/** A number as a scalar of the other side's dtype. */
const chosen = <D extends DType>(x: Tensor<D> | number, other: Tensor<D> | number): Tensor<D> => {
  if (typeof x !== 'number') return x;
  const dtype = typeof other === 'number' ? ('float32' as D) : other.dtype;
  const data = emptyData(dtype, 1);
  data.fill(dtype === 'bool' && x !== 0 ? 1 : x);
  return new Tensor(dtype, [], data);
};

/** x, but `value` where the mask is true. */
export const maskedFill = <D extends DType>(x: Tensor<D>, mask: Tensor<'bool'>, value: number): Tensor<D> =>
  where(mask, value, x);
