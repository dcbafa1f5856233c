// Sums over rows, column by column, and sums of squares: reductions in an order of their own, whatever the number of threads.

import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local } from '../assembler/value.ts';
import { sumOfLanes } from './lanes.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { multiplyAdd, type Target } from './target.ts';

/** Chunk = 16 columns (a cache line of each row). out[j] = Σ_i x[i][j], rows of x `row` bytes apart. */
const sumColumnsRecord = { x: 'i32', out: 'i32', rows: 'i32', columns: 'i32', row: 'i32' } as const;

/** Sums of columns; see the fields above. */
export const sumColumnsKernel: KernelSpec<typeof sumColumnsRecord> = {
  name: 'sumColumns',
  layout: sumColumnsRecord,
};

/** Columns of a chunk. */
export const columnsPerChunk = 16;
/** Rows that are summed before they join the total: sums of sums keep the digits that one long sum would lose. */
const rowsTogether = 64;

/** Kernel 'sumColumns'. Reads 4 bytes a number. */
export const defineSumColumns = (module: ModuleBuilder): void => {
  defineKernel(module, sumColumnsKernel, (f, { x, out, rows, columns, row }, { chunk }) => {
    const column = f.let(i32.mul(chunk, columnsPerChunk));
    const left = f.let(i32.sub(columns, column));
    const source = f.let(i32.add(x, i32.shiftLeft(column, 2)));
    const to = f.let(i32.add(out, i32.shiftLeft(column, 2)));
    const [at, done, stop] = [f.local('i32'), f.local('i32'), f.local('i32')];

    /** Sums of what `read` finds in each row, one variable a vector. */
    const sums = (reads: readonly number[], low: boolean): readonly Local<'v128'>[] => {
      const [parts, totals] = [reads.map(() => f.local('v128')), reads.map(() => f.local('v128'))];
      for (const total of totals) f.set(total, 0);
      f.set(at, source);
      f.set(done, 0);
      f.while(i32.less(done, rows), () => {
        f.set(stop, i32.add(done, rowsTogether));
        f.set(stop, i32.min(stop, rows));
        for (const part of parts) f.set(part, 0);
        f.while(i32.less(done, stop), () => {
          reads.forEach((offset, i) => {
            const part = parts[i] as Local<'v128'>; // one a read, here and below
            f.set(part, f32x4.add(part, low ? v128.loadLow(at, offset) : v128.load(at, offset)));
          });
          f.set(at, i32.add(at, row));
          f.set(done, i32.add(done, 1));
        });
        parts.forEach((part, i) => {
          const total = totals[i] as Local<'v128'>;
          f.set(total, f32x4.add(total, part));
        });
      });
      return totals;
    };

    f.if(
      i32.atLeast(left, columnsPerChunk),
      () => sums([0, 16, 32, 48], false).forEach((total, i) => f.store(to, total, 16 * i)),
      () =>
        f.while(i32.greater(left, 0), () => {
          const [total] = sums([0], true) as [Local<'v128'>];
          f.store(to, f32x4.lane(total, 0));
          f.set(source, i32.add(source, 4));
          f.set(to, i32.add(to, 4));
          f.set(left, i32.sub(left, 1));
        }),
    );
  });
};

/** Chunk = a run of `squaresPerChunk` numbers; its sum goes to out[chunk]. */
const sumOfSquaresRecord = { x: 'i32', out: 'i32', count: 'i32' } as const;

/** Sums of squares of runs; see the fields above. */
export const sumOfSquaresKernel: KernelSpec<typeof sumOfSquaresRecord> = {
  name: 'sumOfSquares',
  layout: sumOfSquaresRecord,
};

/** Numbers of a run: 1024 squares a sum in float32, the runs' sums are added in float64. */
export const squaresPerChunk: number = 2 ** 14;

/** Kernel 'sumOfSquares'. Reads 4 bytes a number. */
export const defineSumOfSquares = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, sumOfSquaresKernel, (f, { x, out, count }, { chunk }) => {
    const first = f.let(i32.mul(chunk, squaresPerChunk));
    const left = f.let(i32.sub(count, first));
    f.if(i32.greater(left, squaresPerChunk), () => f.set(left, squaresPerChunk));
    const at = f.let(i32.add(x, i32.shiftLeft(first, 2)));
    const value = f.local('v128');
    const sums = [0, 1, 2, 3].map(() => f.local('v128'));
    for (const sum of sums) f.set(sum, 0);
    f.while(i32.atLeast(left, 16), () => {
      sums.forEach((sum, i) => {
        f.set(value, v128.load(at, 16 * i));
        f.set(sum, multiplyAdd(target, value, value, sum));
      });
      f.set(at, i32.add(at, 64));
      f.set(left, i32.sub(left, 16));
    });
    const [sum, second, third, fourth] = sums as [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>]; // four
    f.while(i32.greater(left, 0), () => {
      f.set(value, v128.loadLow(at));
      f.set(sum, multiplyAdd(target, value, value, sum));
      f.set(at, i32.add(at, 4));
      f.set(left, i32.sub(left, 1));
    });
    f.set(sum, f32x4.add(f32x4.add(sum, second), f32x4.add(third, fourth)));
    f.store(i32.add(out, i32.shiftLeft(chunk, 2)), sumOfLanes(f, sum));
  });
};
