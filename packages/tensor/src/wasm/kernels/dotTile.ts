// The innermost loop where both operands lie with k contiguous and neither is packed: dot products of one or two rows with some stored
// columns, four k a step. Each sum is kept in four parts that are added at the end.

import type { Callable } from '../assembler/functionBuilder.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local, Value } from '../assembler/value.ts';
import { multiplyAdd, type Target } from './target.ts';
import { type Rows4, transpose } from './transpose.ts';

const parameters = {
  left: 'i32',
  leftRow: 'i32',
  right: 'i32',
  rightRow: 'i32',
  count: 'i32',
  depth: 'i32',
  out: 'i32',
  outRow: 'i32',
} as const;

/** The dot tile as a function of the module. */
export type DotTile = Callable<typeof parameters, undefined>;

/** Rows of a dot tile, and its columns, a multiple of 4. */
export interface DotTileSize {
  readonly rows: number;
  readonly columns: number;
}

/**
 * out[i][j] = Σ_k left[i][k] · right[j][k] for `rows` × `columns` sums; rows of `left` lie `leftRow`, of `right` `rightRow` bytes
 * apart. Of the right rows the first `count` ≥ 1 are read; the sums of the others are written too, and mean nothing.
 */
export const defineDotTile = (
  module: ModuleBuilder,
  target: Target,
  { rows, columns }: DotTileSize,
): DotTile =>
  module.define(
    'dotTile',
    { parameters },
    (f, { left, leftRow, right, rightRow, count, depth, out, outRow }) => {
      const lefts = Array.from({ length: rows }, (_, i) => f.let(i32.add(left, i32.mul(leftRow, i))));
      const rights = Array.from({ length: columns }, (_, j) => {
        const pointer = f.let(right);
        f.if(i32.less(j, count), () => f.set(pointer, i32.add(right, i32.mul(rightRow, j))));
        return pointer;
      });
      const grid = lefts.map(() => rights.map(() => f.local('v128')));
      const values = lefts.map(() => f.local('v128'));
      const across = f.local('v128');
      const lead = rights[0] as Local<'i32'>; // columns > 0
      const step = (load: (pointer: Local<'i32'>) => Value<'v128'>, bytes: number): void => {
        lefts.forEach((pointer, i) => f.set(values[i] as Local<'v128'>, load(pointer))); // one value a row
        rights.forEach((pointer, j) => {
          f.set(across, load(pointer));
          grid.forEach((sums, i) => {
            const sum = sums[j] as Local<'v128'>; // one sum a column
            f.set(sum, multiplyAdd(target, values[i] as Local<'v128'>, across, sum)); // one value a row
          });
        });
        for (const pointer of [...lefts, ...rights]) f.set(pointer, i32.add(pointer, bytes));
      };
      const stop = f.let(i32.add(lead, i32.shiftLeft(i32.and(depth, -4), 2)));
      f.while(i32.below(lead, stop), () => step((pointer) => v128.load(pointer), 16));
      f.set(stop, i32.add(stop, i32.shiftLeft(i32.and(depth, 3), 2)));
      f.while(i32.below(lead, stop), () => step((pointer) => v128.loadLow(pointer), 4));
      grid.forEach((sums, i) => {
        if (i > 0) f.set(out, i32.add(out, outRow));
        for (let j = 0; j < columns; j += 4) {
          const [a, b, c, d] = transpose(f, sums.slice(j, j + 4) as unknown as Rows4<Value<'v128'>>); // four of them
          f.store(out, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), 4 * j);
        }
      });
    },
  );
