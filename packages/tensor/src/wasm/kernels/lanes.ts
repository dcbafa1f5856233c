// Reductions across the four lanes of a vector, and what a lone number at the end of a row needs.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i32x4, v128 } from '../assembler/instructions.ts';
import type { Local, Operand, Value } from '../assembler/value.ts';

/** The sum of the four lanes. */
export const sumOfLanes = (f: FunctionBuilder, vector: Operand<'v128'>): Value<'f32'> => {
  const sum = f.local('v128');
  f.set(sum, vector);
  f.set(sum, f32x4.add(sum, v128.shuffle(sum, sum, [2, 3, 0, 1])));
  return f32.add(f32x4.lane(sum, 0), f32x4.lane(sum, 1));
};

/** The greatest of the four lanes, in all four; NaN is passed over. */
export const maxOfLanes = (f: FunctionBuilder, vector: Operand<'v128'>): Value<'v128'> => {
  const max = f.local('v128');
  f.set(max, vector);
  f.set(max, f32x4.pseudoMax(max, v128.shuffle(max, max, [2, 3, 0, 1])));
  return f32x4.pseudoMax(max, v128.shuffle(max, max, [1, 0, 3, 2]));
};

/** Lane 0 of a vector, zeros in the others. */
export const lowLane = (vector: Operand<'v128'>): Value<'v128'> => v128.and(vector, i32x4.of(-1, 0, 0, 0));

/** One vector from several, two at a time. */
export const overAll = (
  f: FunctionBuilder,
  vectors: readonly Local<'v128'>[],
  combine: (a: Operand<'v128'>, b: Operand<'v128'>) => Value<'v128'>,
): Local<'v128'> => vectors.reduce((a, b) => f.let(combine(a, b)));
