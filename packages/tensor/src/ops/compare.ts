// Comparisons, logic, and choosing by a mask. Results are bool; comparisons have no gradient.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { broadcastShapes, type Shape, sizeOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { asTensor, mul, type Operand, sumTo } from './arithmetic.ts';
import { broadcastPlaces, fillBinary } from './broadcast.ts';

/** Compares two broadcast operands, element by element. */
export type Comparison = (a: AnyTensor | number, b: AnyTensor | number) => Tensor<'bool'>;

const comparison =
  (name: string, holds: (a: number, b: number) => boolean) =>
  (a: AnyTensor | number, b: AnyTensor | number): Tensor<'bool'> => {
    const [left, right] = [a, b].map((x) => (typeof x === 'number' ? asTensor(x) : x)) as [AnyTensor, AnyTensor];
    const shape = broadcastShapes(name, left.shape, right.shape);
    const out = new Uint8Array(sizeOf(shape));
    const element = (x: number, y: number) => (holds(x, y) ? 1 : 0);
    fillBinary(
      {
        element,
        commutes: false,
        suffix: (p, q, result, { rows, period }) => {
          for (let row = 0, i = 0; row < rows; row++) for (let j = 0; j < period; j++, i++) result[i] = element(p[i] as number, q[j] as number); // inside by the sizes
        },
      },
      left,
      right,
      { shape, out },
    );
    return new Tensor('bool', shape, out);
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
/** The contrary of a boolean. */
export const logicalNot = (x: Tensor<'bool'>): Tensor<'bool'> => new Tensor('bool', x.shape, x.data.map((bit) => 1 - bit));

/** Booleans or integers as float32 numbers. */
export const cast = (x: AnyTensor): Tensor => {
  const data = allocate(x.size);
  data.set(x.data);
  return new Tensor('float32', x.shape, data);
};

const whereOp = defineOp<readonly [Tensor<'bool'>, Tensor, Tensor], Shape>({
  name: 'where',
  forward: ([mask, a, b], shape) => {
    const data = allocate(sizeOf(shape));
    const [m, p, q] = [mask, a, b].map((x) => (x.size === data.length ? undefined : broadcastPlaces(shape, x.shape)));
    for (let i = 0; i < data.length; i++)
      data[i] = (mask.data[m === undefined ? i : (m[i] as number)] ? a.data[p === undefined ? i : (p[i] as number)] : b.data[q === undefined ? i : (q[i] as number)]) as number; // places lie inside
    return { shape, data };
  },
  backward: (gradient, { inputs: [mask, a, b], needs }) => [
    undefined,
    needs(1) ? sumTo(mul(gradient, cast(mask)), a.shape) : undefined,
    needs(2) ? sumTo(mul(gradient, cast(logicalNot(mask))), b.shape) : undefined,
  ],
});

/** a where the mask is true, b elsewhere; all three broadcast. */
export const where = (mask: Tensor<'bool'>, a: Operand, b: Operand): Tensor => {
  const [left, right] = [asTensor(a), asTensor(b)];
  const shape = broadcastShapes('where', mask.shape, broadcastShapes('where', left.shape, right.shape));
  return whereOp([mask, left, right], shape);
};

/** x, but `value` where the mask is true. */
export const maskedFill = (x: Tensor, mask: Tensor<'bool'>, value: number): Tensor => where(mask, value, x);
