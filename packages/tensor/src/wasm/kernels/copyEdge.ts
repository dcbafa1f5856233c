// Copies the part of a tile that lies inside the matrix, where the tile itself would stand over its edge.

import type { Callable } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Arithmetic } from './tileArithmetic.ts';

const parameters = {
  from: 'i32',
  fromRow: 'i32',
  out: 'i32',
  outRow: 'i32',
  rows: 'i32',
  columns: 'i32',
  accumulate: 'i32',
} as const;

/** The function that copies edges. */
export type CopyEdge = Callable<typeof parameters, undefined>;

/** Copies, or adds if `accumulate` is not zero, `rows` × `columns` numbers; rows lie `fromRow` and `outRow` bytes apart. */
export const defineCopyEdge = (module: ModuleBuilder, arithmetic: Arithmetic): CopyEdge =>
  module.define(
    'copyEdge',
    { parameters },
    (f, { from, fromRow, out, outRow, rows, columns, accumulate }) => {
      f.for(0, rows, 1, () => {
        f.for(0, i32.shiftLeft(columns, 2), 4, (j) => {
          const to = f.let(i32.add(out, j));
          const at = f.let(i32.add(from, j));
          f.if(
            accumulate,
            () => f.store(to, arithmetic.added(at, to)),
            () => f.store(to, arithmetic.copied(at)),
          );
        });
        f.set(from, i32.add(from, fromRow));
        f.set(out, i32.add(out, outRow));
      });
    },
  );
