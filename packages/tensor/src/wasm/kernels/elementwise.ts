// Sums, differences, products and quotients of two operands, of which either may repeat along rows or columns.

import type { ArithmeticKind } from '../../backend/trainingKernels.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local, Operand, Value } from '../assembler/value.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRow, type RowStep } from './rowLoop.ts';

/**
 * Chunk = (run of rows, run of columns). Rows of a and b lie the given bytes apart; `aColumn` and `bColumn` are 0 where one number stands for a
 * whole row. `kind` as `elementwiseNumber` gives it. out may be a or b.
 */
const elementwiseRecord = {
  a: 'i32',
  b: 'i32',
  out: 'i32',
  rows: 'i32',
  columns: 'i32',
  aRow: 'i32',
  aColumn: 'i32',
  bRow: 'i32',
  bColumn: 'i32',
  kind: 'i32',
  rowsPerChunk: 'i32',
  columnsPerChunk: 'i32',
  columnChunks: 'i32',
} as const;

/** out = a ∘ b; see the fields above. */
export const elementwiseKernel: KernelSpec<typeof elementwiseRecord> = {
  name: 'elementwise',
  layout: elementwiseRecord,
};

const operations: Readonly<
  Record<ArithmeticKind, (a: Operand<'v128'>, b: Operand<'v128'>) => Value<'v128'>>
> = {
  add: f32x4.add,
  sub: f32x4.sub,
  mul: f32x4.mul,
  div: f32x4.div,
};
const kinds = Object.keys(operations) as readonly ArithmeticKind[];

/** The number of an operation in a record. */
export const elementwiseNumber = (kind: ArithmeticKind): number => kinds.indexOf(kind);

/** Kernel 'elementwise'. Reads 8 bytes a number at most, writes 4. */
export const defineElementwise = (module: ModuleBuilder): void => {
  defineKernel(module, elementwiseKernel, (f, fields, { chunk }) => {
    const { a, b, out, rows, columns, aRow, bRow, kind, rowsPerChunk, columnsPerChunk } = fields;
    const row = f.let(i32.mul(i32.div(chunk, fields.columnChunks), rowsPerChunk));
    const column = f.let(i32.mul(i32.remainder(chunk, fields.columnChunks), columnsPerChunk));
    const end = f.let(i32.add(row, rowsPerChunk));
    f.set(end, i32.min(end, rows));
    const width = f.let(i32.sub(columns, column));
    f.set(width, i32.min(width, columnsPerChunk));
    const from = f.let(i32.add(a, i32.mul(row, aRow), i32.shiftLeft(i32.mul(column, fields.aColumn), 2)));
    const other = f.let(i32.add(b, i32.mul(row, bRow), i32.shiftLeft(i32.mul(column, fields.bColumn), 2)));
    const to = f.let(i32.add(out, i32.shiftLeft(i32.add(i32.mul(row, columns), column), 2)));
    const [left, right] = [f.local('v128'), f.local('v128')];

    const eachRow = (body: () => void): void =>
      f.while(i32.less(row, end), () => {
        body();
        f.set(from, i32.add(from, aRow));
        f.set(other, i32.add(other, bRow));
        f.set(to, i32.add(to, i32.shiftLeft(columns, 2)));
        f.set(row, i32.add(row, 1));
      });
    const alongBoth = (apply: (step: RowStep) => Value<'v128'>, before: () => void = () => {}): void =>
      eachRow(() => {
        before();
        alongRow(f, width, (step) => step.store(to, apply(step)));
      });
    const splat = (target: Local<'v128'>, address: Local<'i32'>) => (): void =>
      f.set(target, v128.loadSplat(address));

    for (const name of kinds) {
      const apply = operations[name];
      f.if(i32.equal(kind, elementwiseNumber(name)), () =>
        f.if(
          i32.isZero(fields.aColumn),
          () => alongBoth((step) => apply(left, step.load(other)), splat(left, from)),
          () =>
            f.if(
              i32.isZero(fields.bColumn),
              () => alongBoth((step) => apply(step.load(from), right), splat(right, other)),
              () => alongBoth((step) => apply(step.load(from), step.load(other))),
            ),
        ),
      );
    }
  });
};
