// Layer normalization along rows, with the residual sum before it. Two passes for the variance, around a mean that the second
// pass corrects: E[x²] − E[x]² would lose all digits where the mean is large (Chan, Golub and LeVeque 1983, equation 1.7).

import { f32, f32x4, i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local } from '../assembler/value.ts';
import { sumOfLanes } from './lanes.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRow, eachRow, type RowStep } from './rowLoop.ts';
import { multiplyAdd, type Target } from './target.ts';

/** Chunk = a run of rows. Address 0: not given, not wanted. out may be x or residual. */
const layerNormRecord = {
  x: 'i32',
  residual: 'i32',
  scale: 'i32',
  shift: 'i32',
  out: 'i32',
  mean: 'i32',
  inverseDeviation: 'i32',
  rows: 'i32',
  width: 'i32',
  rowsPerChunk: 'i32',
  epsilon: 'f32',
} as const;

/** Layer normalization of each row; see the fields above. */
export const layerNormKernel: KernelSpec<typeof layerNormRecord> = {
  name: 'layerNorm',
  layout: layerNormRecord,
};

/** Kernel 'layerNorm'. Reads each number three times, the first from memory, writes it once or twice. */
export const defineLayerNorm = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, layerNormKernel, (f, fields, { chunk }) => {
    const { x, residual, scale, shift, out, rows, width, rowsPerChunk, epsilon } = fields;
    const [from, to, bytes] = [f.local('i32'), f.local('i32'), f.let(i32.shiftLeft(width, 2))];
    const [sum, squares, value] = [f.local('v128'), f.local('v128'), f.local('v128')];
    const count = f.let(f32.fromI32(width));
    const pointer = f.local('i32');

    /** The body once for each of given and not given. */
    const whether = (address: Local<'i32'>, body: (given: boolean) => void): void =>
      f.if(
        address,
        () => body(true),
        () => body(false),
      );

    eachRow(f, { chunk, perChunk: rowsPerChunk, rows }, (row) => {
      f.set(from, i32.add(x, i32.mul(row, bytes)));
      f.set(to, i32.add(out, i32.mul(row, bytes)));
      f.set(sum, 0);
      whether(residual, (given) => {
        if (given) f.set(pointer, i32.add(residual, i32.mul(row, bytes)));
        alongRow(f, width, (step) => {
          f.set(value, given ? f32x4.add(step.load(from), step.load(pointer)) : step.load(from));
          if (given) step.store(to, value);
          f.set(sum, f32x4.add(sum, step.counted(value)));
        });
        if (given) f.set(from, to); // from here on the sum of both
      });
      const mean = f.let(f32.div(sumOfLanes(f, sum), count));
      const center = f.let(f32x4.splat(mean));
      f.set(sum, 0);
      f.set(squares, 0);
      alongRow(f, width, (step) => {
        f.set(value, step.counted(f32x4.sub(step.load(from), center)));
        f.set(sum, f32x4.add(sum, value));
        f.set(squares, multiplyAdd(target, value, value, squares));
      });
      // What rounding left over in the mean; the variance is taken around the corrected one.
      const correction = f.let(f32.div(sumOfLanes(f, sum), count));
      const variance = f.let(
        f32.sub(f32.div(sumOfLanes(f, squares), count), f32.mul(correction, correction)),
      );
      const inverse = f.let(f32.div(1, f32.sqrt(f32.add(f32.max(variance, 0), epsilon))));
      const address = (array: Local<'i32'>) => i32.add(array, i32.shiftLeft(row, 2));
      f.if(fields.mean, () => f.store(address(fields.mean), f32.add(mean, correction)));
      f.if(fields.inverseDeviation, () => f.store(address(fields.inverseDeviation), inverse));

      const [rest, factor] = [f.let(f32x4.splat(correction)), f.let(f32x4.splat(inverse))];
      const normal = (step: RowStep) =>
        f32x4.mul(f32x4.sub(f32x4.sub(step.load(from), center), rest), factor);
      whether(scale, (scaled) =>
        whether(shift, (shifted) =>
          alongRow(f, width, (step) => {
            const result = scaled ? f32x4.mul(normal(step), step.load(scale)) : normal(step);
            step.store(to, shifted ? f32x4.add(result, step.load(shift)) : result);
          }),
        ),
      );
    });
  });
};
