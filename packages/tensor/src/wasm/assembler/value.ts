// Typed expressions: a Value is the code that leaves one number (or vector) on the stack, and the type of that number.
// Building one emits nothing; statements of a function (functionBuilder.ts) put it in its place.

import { type Code, float32, signed, unsigned } from './bytes.ts';

/** Types of WebAssembly that our kernels use: 32-bit integer and float, and a vector of 128 bits. */
export type ValueType = 'i32' | 'f32' | 'v128';

/** An expression of type T. */
export interface Value<T extends ValueType = ValueType> {
  readonly type: T;
  readonly code: Code;
}

/** A variable of a function: an expression that reads it; written by `set`. */
export interface Local<T extends ValueType = ValueType> extends Value<T> {
  readonly index: number;
}

/** What an instruction takes: an expression, or a plain number for a constant. */
export type Operand<T extends ValueType> = Value<T> | number;

/** What the instruction reads a plain number as: the type itself, or for vectors the number in every lane. */
export type Lanes = 'i32' | 'f32' | 'i32x4' | 'f32x4';

/** The type that holds such lanes. */
export type TypeOfLanes<L extends Lanes> = L extends 'i32' | 'f32' ? L : 'v128';

/** The byte that stands for a type in the binary format. */
export const typeByte: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** The type that holds such lanes. */
export const typeOfLanes = (lanes: Lanes): ValueType => (lanes === 'i32' || lanes === 'f32' ? lanes : 'v128');

/** A constant; for vectors the number in every lane. */
export const constant = <L extends Lanes>(lanes: L, number: number): Value<TypeOfLanes<L>> =>
  constantOf(lanes, number) as Value<TypeOfLanes<L>>; // typeOfLanes, below

const constantOf = (lanes: Lanes, number: number): Value => {
  switch (lanes) {
    case 'i32':
      return { type: 'i32', code: [0x41, ...signed(number)] };
    case 'f32':
      return { type: 'f32', code: [0x43, ...float32(number)] };
    case 'i32x4':
      return {
        type: 'v128',
        code: [{ bytes: fourTimes([...new Uint8Array(new Int32Array([number]).buffer)]) }],
      };
    case 'f32x4':
      return { type: 'v128', code: [{ bytes: fourTimes(float32(number)) }] };
    default:
      return lanes satisfies never;
  }
};

const fourTimes = (bytes: readonly number[]): number[] => [...bytes, ...bytes, ...bytes, ...bytes];

/** Prefix and number of a SIMD instruction. */
export const simdOpcode = (number: number): number[] => [0xfd, ...unsigned(number)];

/**
 * The operand as an expression of the type that `lanes` live in. Throws where it is of another type: a mistake in a kernel
 * shows when the module is built, with the name of the instruction.
 */
export const operand = (where: string, lanes: Lanes, given: Operand<ValueType>): Value => {
  if (typeof given === 'number') return constant(lanes, given);
  const expected = typeOfLanes(lanes);
  if (given.type !== expected)
    throw new TypeError(
      `${where}: given an operand of type ${given.type}; expected ${expected}. Convert or splat it first.`,
    );
  return given;
};
