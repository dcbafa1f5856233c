// Walking along a row: four numbers at a time, then the rest one by one.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { Local, Value } from '../assembler/value.ts';
import { lowLane } from './lanes.ts';

/** What the body of the walk may do at its place in the row. */
export interface RowStep {
  /** Which of the vectors side by side this is, from 0: sums may be kept apart by it, so that one need not wait for the other. */
  readonly index: number;
  /** The numbers of a row at this place; at the end of the row the one number, in all lanes. */
  load(row: Local<'i32'>): Value<'v128'>;
  /** Writes the numbers of a row at this place. */
  store(row: Local<'i32'>, value: Value<'v128'>): void;
  /** The vector with zeros in lanes that are not of the row: what may be added to a sum. */
  counted(value: Value<'v128'>): Value<'v128'>;
}

/** The steps of `count` vectors side by side, at `at` bytes from the beginning of the row. */
const stepsAt = (f: FunctionBuilder, at: Local<'i32'>, count: number): readonly RowStep[] =>
  Array.from({ length: count }, (_, vector) => ({
    index: vector,
    load: (row) => v128.load(i32.add(row, at), 16 * vector),
    store: (row, value) => f.store(i32.add(row, at), value, 16 * vector),
    counted: (value) => value,
  }));

/** Calls `each` with the steps of `count` vectors while as many are left in the row. */
const whileVectors = (
  f: FunctionBuilder,
  { at, width, count }: { readonly at: Local<'i32'>; readonly width: Local<'i32'>; readonly count: number },
  each: (steps: readonly RowStep[]) => void,
): void =>
  f.while(i32.below(at, i32.shiftLeft(i32.and(width, -4 * count), 2)), () => {
    each(stepsAt(f, at, count));
    f.set(at, i32.add(at, 16 * count));
  });

/** Calls `each` for the numbers that are left, one by one. */
const whileNumbers = (
  f: FunctionBuilder,
  { at, width }: { readonly at: Local<'i32'>; readonly width: Local<'i32'> },
  each: (step: RowStep) => void,
): void =>
  f.while(i32.below(at, i32.shiftLeft(width, 2)), () => {
    each({
      index: 0,
      load: (row) => v128.loadSplat(i32.add(row, at)),
      store: (row, value) => f.store(i32.add(row, at), f32x4.lane(value, 0)),
      counted: (value) => lowLane(value),
    });
    f.set(at, i32.add(at, 4));
  });

/** Writes the body twice: for four numbers, and for one. `width` counts the numbers of the row. */
export const alongRow = (f: FunctionBuilder, width: Local<'i32'>, body: (step: RowStep) => void): void => {
  const at = f.local('i32'); // bytes from the beginning of the row
  f.set(at, 0);
  whileVectors(f, { at, width, count: 1 }, ([step]) => body(step as RowStep)); // one
  whileNumbers(f, { at, width }, body);
};

/** Vectors that `alongRowTogether` takes at a time. */
export const together = 4;

/**
 * `alongRow` for bodies that compute much: four vectors at a time where there are as many. The body loads and computes, and may return what
 * is written after the bodies of all four: across a store V8 does not mix them, and mixed they take a quarter less (exp, Zen 4).
 */
export const alongRowTogether = (
  f: FunctionBuilder,
  width: Local<'i32'>,
  body: (step: RowStep) => (() => void) | undefined,
): void => {
  const at = f.local('i32'); // bytes from the beginning of the row
  f.set(at, 0);
  for (const count of [together, 1])
    whileVectors(f, { at, width, count }, (steps) => {
      for (const rest of steps.map(body)) rest?.();
    });
  whileNumbers(f, { at, width }, (step) => body(step)?.());
};

/** Calls back for each row of a chunk with its number; `perChunk` rows are a chunk, of `rows` in all. */
export const eachRow = (
  f: FunctionBuilder,
  {
    chunk,
    perChunk,
    rows,
  }: { readonly chunk: Local<'i32'>; readonly perChunk: Local<'i32'>; readonly rows: Local<'i32'> },
  body: (row: Local<'i32'>) => void,
): void => {
  const first = f.let(i32.mul(chunk, perChunk));
  const end = f.let(i32.add(first, perChunk));
  f.set(end, i32.min(end, rows));
  f.for(first, end, 1, body);
};
