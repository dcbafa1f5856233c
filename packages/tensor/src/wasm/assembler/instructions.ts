// The instructions as functions on typed expressions, grouped as the specification groups them: `f32x4.add(a, b)` is the
// expression "a plus b in four lanes". A plain number is a constant (in every lane). Only what the kernels use is here.
// Opcodes: WebAssembly specification 2.0, §5.4; relaxed SIMD proposal, "Binary format".

import { unsigned } from './bytes.ts';
import {
  type Lanes,
  type Operand,
  operand,
  simdOpcode,
  type TypeOfLanes,
  typeOfLanes,
  type Value,
  type ValueType,
} from './value.ts';

/** An instruction with one operand. */
export type Unary<A extends ValueType, R extends ValueType = A> = (a: Operand<A>) => Value<R>;
/** An instruction with two operands of one type. */
export type Binary<A extends ValueType, R extends ValueType = A> = (a: Operand<A>, b: Operand<A>) => Value<R>;
/** An instruction with three vectors. */
export type Ternary = (a: Operand<'v128'>, b: Operand<'v128'>, c: Operand<'v128'>) => Value<'v128'>;
/** Two or more terms, taken from the left. */
export type Chain<T extends ValueType> = (
  a: Operand<T>,
  b: Operand<T>,
  ...rest: readonly Operand<T>[]
) => Value<T>;
/** What lies in memory at address + offset (bytes). */
export type Load<R extends ValueType> = (address: Operand<'i32'>, offset?: number) => Value<R>;
/** A shift of every lane by one number of bits. */
export type Shift = (a: Operand<'v128'>, bits: Operand<'i32'>) => Value<'v128'>;
/** One lane, 0 to 3. */
export type Lane<R extends ValueType> = (a: Operand<'v128'>, lane: number) => Value<R>;
type Four = readonly [number, number, number, number];

const instruction =
  (name: string, opcode: readonly number[], result: Lanes, takes: readonly Lanes[]) =>
  (...given: readonly Operand<ValueType>[]): Value => ({
    type: typeOfLanes(result),
    code: [...takes.map((lanes, i) => operand(name, lanes, given[i] as Operand<ValueType>).code), ...opcode], // one operand each
  });

const unary = <A extends Lanes, R extends Lanes>(
  name: string,
  opcode: readonly number[],
  takes: A,
  result: R,
) => instruction(name, opcode, result, [takes]) as Unary<TypeOfLanes<A>, TypeOfLanes<R>>;

const binary = <A extends Lanes, R extends Lanes>(
  name: string,
  opcode: readonly number[],
  takes: A,
  result: R,
) => instruction(name, opcode, result, [takes, takes]) as Binary<TypeOfLanes<A>, TypeOfLanes<R>>;

const ternary = (name: string, number: number, takes: Lanes) =>
  instruction(name, simdOpcode(number), takes, [takes, takes, takes]) as Ternary;

const chain =
  <T extends ValueType>(pair: Binary<T>): Chain<T> =>
  (first, second, ...rest) =>
    rest.reduce<Value<T>>((sum, term) => pair(sum, term), pair(first, second));

const load =
  <R extends ValueType>(name: string, opcode: readonly number[], result: R): Load<R> =>
  (address, offset = 0) => ({
    type: result,
    code: [operand(name, 'i32', address).code, ...opcode, floatAlignment, ...unsigned(offset)],
  });

const shift =
  (name: string, number: number): Shift =>
  (a, bits) => ({
    type: 'v128',
    code: [operand(name, 'i32x4', a).code, operand(name, 'i32', bits).code, ...simdOpcode(number)],
  });

const extract =
  <T extends 'i32' | 'f32'>(name: string, number: number, type: T): Lane<T> =>
  (a, lane) => ({ type, code: [operand(name, 'f32x4', a).code, ...simdOpcode(number), lane] });

/** a if the condition is not zero, else b; both are computed. */
export const select = <T extends 'i32' | 'f32'>(
  type: T,
  [a, b]: readonly [Operand<T>, Operand<T>],
  condition: Operand<'i32'>,
): Value<T> => ({
  type,
  code: [
    operand('select', type, a).code,
    operand('select', type, b).code,
    operand('select', 'i32', condition).code,
    0x1b,
  ],
});

const floatAlignment = 2; // promised alignment of every access: 2² bytes, all that a row inside a matrix can promise

/** 32-bit integers; also addresses and truth (0 or 1). Division and comparison are signed unless the name says otherwise. */
export const i32: {
  readonly load: Load<'i32'>;
  readonly add: Chain<'i32'>;
  readonly sub: Binary<'i32'>;
  readonly mul: Chain<'i32'>;
  readonly div: Binary<'i32'>;
  readonly remainder: Binary<'i32'>;
  readonly and: Binary<'i32'>;
  readonly or: Binary<'i32'>;
  readonly shiftLeft: Binary<'i32'>;
  readonly shiftRight: Binary<'i32'>;
  readonly shiftRightUnsigned: Binary<'i32'>;
  /** Zeros below the lowest 1; 32 where there is none. */
  readonly trailingZeros: Unary<'i32'>;
  readonly isZero: Unary<'i32'>;
  readonly equal: Binary<'i32'>;
  readonly less: Binary<'i32'>;
  /** Less, of unsigned numbers: of addresses, which may lie beyond 2³¹. */
  readonly below: Binary<'i32'>;
  readonly greater: Binary<'i32'>;
  readonly atMost: Binary<'i32'>;
  readonly atLeast: Binary<'i32'>;
  /** The lesser of two; both are evaluated twice, so give variables. */
  readonly min: Binary<'i32'>;
  /** The greater of two; both are evaluated twice, so give variables. */
  readonly max: Binary<'i32'>;
} = {
  load: load('i32.load', [0x28], 'i32'),
  add: chain(binary('i32.add', [0x6a], 'i32', 'i32')),
  sub: binary('i32.sub', [0x6b], 'i32', 'i32'),
  mul: chain(binary('i32.mul', [0x6c], 'i32', 'i32')),
  div: binary('i32.div_s', [0x6d], 'i32', 'i32'),
  remainder: binary('i32.rem_s', [0x6f], 'i32', 'i32'),
  and: binary('i32.and', [0x71], 'i32', 'i32'),
  or: binary('i32.or', [0x72], 'i32', 'i32'),
  shiftLeft: binary('i32.shl', [0x74], 'i32', 'i32'),
  shiftRight: binary('i32.shr_s', [0x75], 'i32', 'i32'),
  shiftRightUnsigned: binary('i32.shr_u', [0x76], 'i32', 'i32'),
  trailingZeros: unary('i32.ctz', [0x68], 'i32', 'i32'),
  isZero: unary('i32.eqz', [0x45], 'i32', 'i32'),
  equal: binary('i32.eq', [0x46], 'i32', 'i32'),
  less: binary('i32.lt_s', [0x48], 'i32', 'i32'),
  below: binary('i32.lt_u', [0x49], 'i32', 'i32'),
  greater: binary('i32.gt_s', [0x4a], 'i32', 'i32'),
  atMost: binary('i32.le_s', [0x4c], 'i32', 'i32'),
  atLeast: binary('i32.ge_s', [0x4e], 'i32', 'i32'),
  min: (a, b) => select('i32', [a, b], i32.less(a, b)),
  max: (a, b) => select('i32', [a, b], i32.greater(a, b)),
};

/** 32-bit floats. `max` and `min` give NaN where an operand is NaN. */
export const f32: {
  readonly load: Load<'f32'>;
  readonly add: Chain<'f32'>;
  readonly sub: Binary<'f32'>;
  readonly mul: Chain<'f32'>;
  readonly div: Binary<'f32'>;
  readonly max: Binary<'f32'>;
  readonly min: Binary<'f32'>;
  readonly nearest: Unary<'f32'>;
  readonly sqrt: Unary<'f32'>;
  readonly equal: Binary<'f32', 'i32'>;
  readonly fromI32: Unary<'i32', 'f32'>;
} = {
  load: load('f32.load', [0x2a], 'f32'),
  add: chain(binary('f32.add', [0x92], 'f32', 'f32')),
  sub: binary('f32.sub', [0x93], 'f32', 'f32'),
  mul: chain(binary('f32.mul', [0x94], 'f32', 'f32')),
  div: binary('f32.div', [0x95], 'f32', 'f32'),
  max: binary('f32.max', [0x97], 'f32', 'f32'),
  min: binary('f32.min', [0x96], 'f32', 'f32'),
  nearest: unary('f32.nearest', [0x90], 'f32', 'f32'),
  sqrt: unary('f32.sqrt', [0x91], 'f32', 'f32'),
  equal: binary('f32.eq', [0x5b], 'f32', 'i32'),
  fromI32: unary('f32.convert_i32_s', [0xb2], 'i32', 'f32'),
};

/** Memory, bits and lane moves of vectors, whatever is in the lanes. */
export const v128: {
  readonly load: Load<'v128'>;
  /** One 32-bit number of memory in all four lanes. */
  readonly loadSplat: Load<'v128'>;
  /** One 32-bit number of memory in lane 0, zero in the others. */
  readonly loadLow: Load<'v128'>;
  readonly and: Binary<'v128'>;
  readonly or: Binary<'v128'>;
  readonly xor: Binary<'v128'>;
  /** Bits of a where the mask has 1, of b elsewhere. */
  readonly choose: Ternary;
  readonly anyTrue: Unary<'v128', 'i32'>;
  /** Four lanes picked from the eight of a (0–3) and b (4–7). */
  readonly shuffle: (a: Operand<'v128'>, b: Operand<'v128'>, lanes: Four) => Value<'v128'>;
} = {
  load: load('v128.load', simdOpcode(0), 'v128'),
  loadSplat: load('v128.load32_splat', simdOpcode(9), 'v128'),
  loadLow: load('v128.load32_zero', simdOpcode(92), 'v128'),
  and: binary('v128.and', simdOpcode(78), 'i32x4', 'i32x4'),
  or: binary('v128.or', simdOpcode(80), 'i32x4', 'i32x4'),
  xor: binary('v128.xor', simdOpcode(81), 'i32x4', 'i32x4'),
  choose: ternary('v128.bitselect', 82, 'i32x4'),
  anyTrue: unary('v128.any_true', simdOpcode(83), 'i32x4', 'i32'),
  shuffle: (a, b, lanes) => ({
    type: 'v128',
    code: [
      operand('i8x16.shuffle', 'i32x4', a).code,
      operand('i8x16.shuffle', 'i32x4', b).code,
      ...simdOpcode(13),
      ...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
    ],
  }),
};

/** Four 32-bit integers. Comparisons give all ones or zeros a lane. */
export const i32x4: {
  readonly splat: Unary<'i32', 'v128'>;
  readonly add: Binary<'v128'>;
  readonly sub: Binary<'v128'>;
  readonly mul: Binary<'v128'>;
  readonly less: Binary<'v128'>;
  readonly greater: Binary<'v128'>;
  readonly atLeast: Binary<'v128'>;
  readonly shiftLeft: Shift;
  readonly shiftRight: Shift;
  readonly shiftRightUnsigned: Shift;
  readonly max: Binary<'v128'>;
  /** The constant vector with these lanes. */
  readonly of: (...lanes: Four) => Value<'v128'>;
  readonly lane: Lane<'i32'>;
} = {
  splat: unary('i32x4.splat', simdOpcode(17), 'i32', 'i32x4'),
  add: binary('i32x4.add', simdOpcode(174), 'i32x4', 'i32x4'),
  sub: binary('i32x4.sub', simdOpcode(177), 'i32x4', 'i32x4'),
  mul: binary('i32x4.mul', simdOpcode(181), 'i32x4', 'i32x4'),
  less: binary('i32x4.lt_s', simdOpcode(57), 'i32x4', 'i32x4'),
  greater: binary('i32x4.gt_s', simdOpcode(59), 'i32x4', 'i32x4'),
  atLeast: binary('i32x4.ge_s', simdOpcode(63), 'i32x4', 'i32x4'),
  shiftLeft: shift('i32x4.shl', 171),
  shiftRight: shift('i32x4.shr_s', 172),
  shiftRightUnsigned: shift('i32x4.shr_u', 173),
  max: binary('i32x4.max_s', simdOpcode(184), 'i32x4', 'i32x4'),
  of: (...lanes) => ({
    type: 'v128',
    code: [{ bytes: [...new Uint8Array(new Int32Array(lanes).buffer)] }],
  }),
  lane: extract('i32x4.extract_lane', 27, 'i32'),
};

/** Eight 16-bit integers. */
export const i16x8: {
  /** Eight signed bytes of memory, widened. */
  readonly loadBytes: Load<'v128'>;
  /** Lane i: a[2i] · b[2i] + a[2i + 1] · b[2i + 1] as a 32-bit integer, exact. */
  readonly dot: Binary<'v128'>;
  /** The four 32-bit lanes of a and then of b, each limited to 16 bits. */
  readonly narrow: Binary<'v128'>;
} = {
  loadBytes: load('v128.load8x8_s', simdOpcode(1), 'v128'),
  dot: binary('i32x4.dot_i16x8_s', simdOpcode(186), 'i32x4', 'i32x4'),
  narrow: binary('i16x8.narrow_i32x4_s', simdOpcode(133), 'i32x4', 'i32x4'),
};

/** Four 32-bit floats. */
export const f32x4: {
  readonly splat: Unary<'f32', 'v128'>;
  readonly add: Chain<'v128'>;
  readonly sub: Binary<'v128'>;
  readonly mul: Chain<'v128'>;
  readonly div: Binary<'v128'>;
  /** The lesser, NaN where a or b is NaN; several machine instructions. */
  readonly min: Binary<'v128'>;
  /** The greater, NaN where a or b is NaN; several machine instructions. */
  readonly max: Binary<'v128'>;
  /** b < a ? b : a, one machine instruction: a where b is NaN or a is NaN. */
  readonly pseudoMin: Binary<'v128'>;
  /** a < b ? b : a, one machine instruction: a where b is NaN or a is NaN. */
  readonly pseudoMax: Binary<'v128'>;
  readonly abs: Unary<'v128'>;
  readonly negate: Unary<'v128'>;
  readonly sqrt: Unary<'v128'>;
  readonly nearest: Unary<'v128'>;
  readonly equal: Binary<'v128'>;
  readonly notEqual: Binary<'v128'>;
  readonly less: Binary<'v128'>;
  readonly greater: Binary<'v128'>;
  readonly fromI32: Unary<'v128'>;
  readonly lane: Lane<'f32'>;
  /** a · b + c, rounded once or twice as the machine likes (relaxed SIMD). */
  readonly relaxedMultiplyAdd: Ternary;
} = {
  splat: unary('f32x4.splat', simdOpcode(19), 'f32', 'f32x4'),
  add: chain(binary('f32x4.add', simdOpcode(228), 'f32x4', 'f32x4')),
  sub: binary('f32x4.sub', simdOpcode(229), 'f32x4', 'f32x4'),
  mul: chain(binary('f32x4.mul', simdOpcode(230), 'f32x4', 'f32x4')),
  div: binary('f32x4.div', simdOpcode(231), 'f32x4', 'f32x4'),
  min: binary('f32x4.min', simdOpcode(232), 'f32x4', 'f32x4'),
  max: binary('f32x4.max', simdOpcode(233), 'f32x4', 'f32x4'),
  pseudoMin: binary('f32x4.pmin', simdOpcode(234), 'f32x4', 'f32x4'),
  pseudoMax: binary('f32x4.pmax', simdOpcode(235), 'f32x4', 'f32x4'),
  abs: unary('f32x4.abs', simdOpcode(224), 'f32x4', 'f32x4'),
  negate: unary('f32x4.neg', simdOpcode(225), 'f32x4', 'f32x4'),
  sqrt: unary('f32x4.sqrt', simdOpcode(227), 'f32x4', 'f32x4'),
  nearest: unary('f32x4.nearest', simdOpcode(106), 'f32x4', 'f32x4'),
  equal: binary('f32x4.eq', simdOpcode(65), 'f32x4', 'f32x4'),
  notEqual: binary('f32x4.ne', simdOpcode(66), 'f32x4', 'f32x4'),
  less: binary('f32x4.lt', simdOpcode(67), 'f32x4', 'f32x4'),
  greater: binary('f32x4.gt', simdOpcode(68), 'f32x4', 'f32x4'),
  fromI32: unary('f32x4.convert_i32x4_s', simdOpcode(250), 'i32x4', 'f32x4'),
  lane: extract('f32x4.extract_lane', 31, 'f32'),
  relaxedMultiplyAdd: ternary('f32x4.relaxed_madd', 0x105, 'f32x4'),
};
