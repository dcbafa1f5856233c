// Softmax and its logarithm along rows: greatest, exponentials and their sum, division. Milakov and Gimelshein 2018
// (arXiv:1805.02867), algorithm 2 ("safe softmax").

import type { Callable } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local } from '../assembler/value.ts';
import { maxOfLanes, overAll, sumOfLanes } from './lanes.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRow, alongRowTogether, eachRow, together } from './rowLoop.ts';
import type { Target } from './target.ts';
import { exp2OfNegative, maxFloat } from './vectorMath.ts';

/** Chunk = a run of rows. `logarithm` not 0: log-softmax. out may be x. */
const softmaxRecord = {
  x: 'i32',
  out: 'i32',
  rows: 'i32',
  columns: 'i32',
  rowsPerChunk: 'i32',
  logarithm: 'i32',
} as const;

/** Softmax of each row; see the fields above. */
export const softmaxKernel: KernelSpec<typeof softmaxRecord> = { name: 'softmax', layout: softmaxRecord };

/** Kernel 'softmax'. Reads each number three times, the first from memory, writes it once or twice. */
export const defineSoftmax = (
  module: ModuleBuilder,
  target: Target,
  log: Callable<{ x: 'f32' }, 'f32'>,
): void => {
  defineKernel(module, softmaxKernel, (f, { x, out, rows, columns, rowsPerChunk, logarithm }, { chunk }) => {
    const [from, to, bytes] = [f.local('i32'), f.local('i32'), f.let(i32.shiftLeft(columns, 2))];
    const maxima = Array.from({ length: together }, () => f.local('v128'));
    const sums = Array.from({ length: together }, () => f.local('v128'));
    const max = f.local('v128');
    const total = f.local('f32');

    const fill = (number: number): void =>
      alongRow(f, columns, (step) => step.store(to, constant('f32x4', number)));
    /** Sum of the exponentials of x − max. */
    const addExponentials = (alsoStore: boolean): void => {
      for (const sum of sums) f.set(sum, 0);
      alongRowTogether(f, columns, (step) => {
        const difference = f.let(f32x4.mul(f32x4.sub(step.load(from), max), Math.LOG2E));
        const power = f.let(exp2OfNegative(f, target, difference));
        const sum = sums[step.index] as Local<'v128'>; // one a vector
        return () => {
          if (alsoStore) step.store(to, power);
          f.set(sum, f32x4.add(sum, step.counted(power)));
        };
      });
      f.set(total, sumOfLanes(f, overAll(f, sums, f32x4.add)));
    };
    const whole = (number: Local<'f32'>): Local<'v128'> => f.let(f32x4.splat(number));

    eachRow(f, { chunk, perChunk: rowsPerChunk, rows }, (row) => {
      f.set(from, i32.add(x, i32.mul(row, bytes)));
      f.set(to, i32.add(out, i32.mul(row, bytes)));
      // Not less than the least float: where all is −∞ the differences stay −∞ and the sum is exactly 0. NaN reaches the sum.
      for (const one of maxima) f.set(one, -maxFloat);
      alongRowTogether(f, columns, (step) => {
        const one = maxima[step.index] as Local<'v128'>; // one a vector
        f.set(one, f32x4.pseudoMax(one, step.load(from)));
      });
      f.set(max, maxOfLanes(f, overAll(f, maxima, f32x4.pseudoMax)));
      f.if(
        logarithm,
        () => {
          addExponentials(false);
          f.if(
            f32.equal(total, 0),
            () => fill(-Infinity),
            () => {
              f.set(total, f.result(log, { x: total }));
              const shift = whole(total);
              alongRow(f, columns, (step) =>
                step.store(to, f32x4.sub(f32x4.sub(step.load(from), max), shift)),
              );
            },
          );
        },
        () => {
          addExponentials(true);
          f.if(
            f32.equal(total, 0),
            () => fill(0),
            () => {
              f.set(total, f32.div(1, total));
              const factor = whole(total);
              alongRowTogether(f, columns, (step) => {
                step.store(to, f32x4.mul(step.load(to), factor));
              });
            },
          );
        },
      );
    });
  });
};
