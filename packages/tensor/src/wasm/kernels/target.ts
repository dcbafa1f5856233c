// What a module is emitted for, and the one operation that depends on it.

import { f32x4 } from '../assembler/instructions.ts';
import type { Operand, Value } from '../assembler/value.ts';

/** Choices that kernels are emitted by. */
export interface Target {
  /** Relaxed SIMD is there: a product and a sum are one instruction, rounded once. */
  readonly relaxed: boolean;
  /** V8 joins pairs of vectors here: products have tiles of 16 columns instead of 8. Elsewhere such a tile would spill its sums. */
  readonly wide: boolean;
}

/** a · b + c in four lanes. */
export const multiplyAdd = (
  target: Target,
  a: Operand<'v128'>,
  b: Operand<'v128'>,
  c: Operand<'v128'>,
): Value<'v128'> => (target.relaxed ? f32x4.relaxedMultiplyAdd(a, b, c) : f32x4.add(c, f32x4.mul(a, b)));
