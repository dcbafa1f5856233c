// The random numbers of `Random` by place, four at a time, with the same bits.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32x4, v128 } from '../assembler/instructions.ts';
import type { Local, Operand, Value } from '../assembler/value.ts';

/** murmur3's fmix32 in each lane, as random.ts has it. */
const mix = (f: FunctionBuilder, value: Operand<'v128'>): Local<'v128'> => {
  const h = f.local('v128');
  f.set(h, value);
  const fold = (bits: number): Value<'v128'> => v128.xor(h, i32x4.shiftRightUnsigned(h, bits));
  f.set(h, i32x4.mul(fold(16), 0x85ebca6b | 0));
  f.set(h, i32x4.mul(fold(13), 0xc2b2ae35 | 0));
  f.set(h, fold(16));
  return h;
};

/** A key in all lanes. */
export interface RandomKey {
  readonly low: Local<'v128'>;
  readonly high: Local<'v128'>;
  readonly last: Local<'v128'>;
}

/** The key of two words. */
export const randomKey = (f: FunctionBuilder, words: readonly [Value<'i32'>, Value<'i32'>]): RandomKey => {
  const [low, high] = [f.let(i32x4.splat(words[0])), f.let(i32x4.splat(words[1]))];
  return { low, high, last: f.let(i32x4.mul(low, 0x27d4eb2f)) };
};

/** 32 random bits a lane, of the numbers at the counters. */
export const randomBits = (f: FunctionBuilder, key: RandomKey, counter: Local<'v128'>): Local<'v128'> => {
  const a = mix(f, v128.xor(counter, key.low));
  const b = mix(f, v128.xor(i32x4.add(a, i32x4.mul(counter, 0x9e3779b9 | 0)), key.high));
  return mix(f, v128.xor(v128.xor(b, key.last), a));
};
