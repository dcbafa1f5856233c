// How a tile multiplies and adds: what differs between products of floats and products of 8-bit integers, and nothing else.

import { f32, f32x4, i16x8, i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { Local, Operand, Value } from '../assembler/value.ts';
import { multiplyAdd, type Target } from './target.ts';

/** Arithmetic on four lanes of 32 bits. Left operands are 32 bits a k-step in either case. */
export interface Arithmetic {
  /** Bytes of memory that one vector of a right operand takes. */
  readonly vectorBytes: number;
  /** A vector of a right operand from memory. */
  load(address: Local<'i32'>, offset?: number): Value<'v128'>;
  /** a · b + sum in each lane. */
  multiplyAdd(a: Operand<'v128'>, b: Operand<'v128'>, sum: Operand<'v128'>): Value<'v128'>;
  add(a: Operand<'v128'>, b: Operand<'v128'>): Value<'v128'>;
  /** One number at `from`, and the sum of the ones at `from` and `to`, as they are stored. */
  copied(from: Local<'i32'>): Value<'i32' | 'f32'>;
  added(from: Local<'i32'>, to: Local<'i32'>): Value<'i32' | 'f32'>;
}

/** Floats: a k-step is one number of each operand. */
export const floatArithmetic = (target: Target): Arithmetic => ({
  vectorBytes: 16,
  load: (address, offset) => v128.load(address, offset),
  multiplyAdd: (a, b, sum) => multiplyAdd(target, a, b, sum),
  add: (a, b) => f32x4.add(a, b),
  copied: (from) => f32.load(from),
  added: (from, to) => f32.add(f32.load(to), f32.load(from)),
});

/**
 * Integers: a k-step is two numbers of each operand, 16 bits each on the left, 8 bits on the right, widened when they are loaded.
 * Products and sums are exact in 32 bits.
 */
export const integerArithmetic: Arithmetic = {
  vectorBytes: 8,
  load: (address, offset) => i16x8.loadBytes(address, offset),
  multiplyAdd: (a, b, sum) => i32x4.add(sum, i16x8.dot(a, b)),
  add: (a, b) => i32x4.add(a, b),
  copied: (from) => i32.load(from),
  added: (from, to) => i32.add(i32.load(to), i32.load(from)),
};
