// Walking along a row: four numbers at a time, then the rest one by one.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { Local, Value } from '../assembler/value.ts';
import { lowLane } from './lanes.ts';

/** What the body of the walk may do at its place in the row. */
export interface RowStep {
  /** The numbers of a row at this place; at the end of the row the one number, in all lanes. */
  load(row: Local<'i32'>): Value<'v128'>;
  /** Writes the numbers of a row at this place. */
  store(row: Local<'i32'>, value: Value<'v128'>): void;
  /** The vector with zeros in lanes that are not of the row: what may be added to a sum. */
  counted(value: Value<'v128'>): Value<'v128'>;
}

/** Writes the body twice: for four numbers, and for one. `width` counts the numbers of the row. */
export const alongRow = (f: FunctionBuilder, width: Local<'i32'>, body: (step: RowStep) => void): void => {
  const at = f.local('i32'); // bytes from the beginning of the row
  f.set(at, 0);
  const vectors = i32.shiftLeft(i32.and(width, -4), 2);
  f.while(i32.less(at, vectors), () => {
    body({
      load: (row) => v128.load(i32.add(row, at)),
      store: (row, value) => f.store(i32.add(row, at), value),
      counted: (value) => value,
    });
    f.set(at, i32.add(at, 16));
  });
  f.while(i32.less(at, i32.shiftLeft(width, 2)), () => {
    body({
      load: (row) => v128.loadSplat(i32.add(row, at)),
      store: (row, value) => f.store(i32.add(row, at), f32x4.lane(value, 0)),
      counted: (value) => lowLane(value),
    });
    f.set(at, i32.add(at, 4));
  });
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
