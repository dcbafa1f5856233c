// Derivatives of what works on rows: softmax, its logarithm, and layer normalization.

import { f32, f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local } from '../assembler/value.ts';
import { sumOfLanes } from './lanes.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRow, eachRow, type RowStep } from './rowLoop.ts';
import { multiplyAdd, type Target } from './target.ts';
import { exp } from './vectorMath.ts';

/** Chunk = a run of rows. `logarithm` not 0: y is a log-softmax. out may be gradient. */
const softmaxGradientRecord = {
  gradient: 'i32',
  y: 'i32',
  out: 'i32',
  rows: 'i32',
  columns: 'i32',
  rowsPerChunk: 'i32',
  logarithm: 'i32',
} as const;

/** Gradient of a softmax of each row; see the fields above. */
export const softmaxGradientKernel: KernelSpec<typeof softmaxGradientRecord> = {
  name: 'softmaxGradient',
  layout: softmaxGradientRecord,
};

/** Kernel 'softmaxGradient'. Reads each number of both operands twice, the first time from memory, writes one. */
export const defineSoftmaxGradient = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, softmaxGradientKernel, (f, fields, { chunk }) => {
    const { gradient, y, out, rows, columns, rowsPerChunk, logarithm } = fields;
    const bytes = f.let(i32.shiftLeft(columns, 2));
    const [up, from, to] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const [sum, value, seen] = [f.local('v128'), f.local('v128'), f.local('v128')];
    eachRow(f, { chunk, perChunk: rowsPerChunk, rows }, (row) => {
      const start = f.let(i32.mul(row, bytes));
      f.set(up, i32.add(gradient, start));
      f.set(from, i32.add(y, start));
      f.set(to, i32.add(out, start));
      f.set(sum, 0);
      f.if(
        logarithm,
        () => {
          f.set(seen, 0);
          alongRow(f, columns, (step) => {
            f.set(value, step.load(from));
            f.set(seen, v128.or(seen, f32x4.notEqual(value, -Infinity)));
            f.set(sum, f32x4.add(sum, step.counted(step.load(up))));
          });
          const total = f.let(f32x4.splat(sumOfLanes(f, sum)));
          f.if(
            v128.anyTrue(seen),
            () =>
              alongRow(f, columns, (step) => {
                f.set(value, step.load(from));
                const power = f.let(exp(f, target, value));
                step.store(to, f32x4.sub(step.load(up), f32x4.mul(power, total)));
              }),
            () => alongRow(f, columns, (step) => step.store(to, constant('f32x4', 0))),
          );
        },
        () => {
          alongRow(f, columns, (step) => {
            f.set(value, step.counted(f32x4.mul(step.load(up), step.load(from))));
            f.set(sum, f32x4.add(sum, value));
          });
          const total = f.let(f32x4.splat(sumOfLanes(f, sum)));
          alongRow(f, columns, (step) =>
            step.store(to, f32x4.mul(step.load(from), f32x4.sub(step.load(up), total))),
          );
        },
      );
    });
  });
};

/**
 * Chunk = `normRowsPerChunk` rows, always so many that sums are added in the same order: the chunk's sums for scale and shift go to
 * `partial` + chunk · 2 · width, one behind the other. Address 0: not given. out may be gradient.
 */
const layerNormGradientRecord = {
  gradient: 'i32',
  x: 'i32',
  residual: 'i32',
  scale: 'i32',
  mean: 'i32',
  inverseDeviation: 'i32',
  out: 'i32',
  partial: 'i32',
  rows: 'i32',
  width: 'i32',
} as const;

/** Gradient of a layer normalization of each row; see the fields above. */
export const layerNormGradientKernel: KernelSpec<typeof layerNormGradientRecord> = {
  name: 'layerNormGradient',
  layout: layerNormGradientRecord,
};

/** Rows of a chunk. */
export const normRowsPerChunk = 32;

/** Kernel 'layerNormGradient'. Reads each number of the operands twice, the first time from memory, writes one. */
export const defineLayerNormGradient = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, layerNormGradientKernel, (f, fields, { chunk }) => {
    const { gradient, x, residual, scale, mean, inverseDeviation, out, partial, rows, width } = fields;
    const bytes = f.let(i32.shiftLeft(width, 2));
    const scaleSums = f.let(i32.add(partial, i32.mul(chunk, i32.shiftLeft(bytes, 1))));
    const shiftSums = f.let(i32.add(scaleSums, bytes));
    for (const sums of [scaleSums, shiftSums])
      alongRow(f, width, (step) => step.store(sums, constant('f32x4', 0)));
    const [up, from, added, to] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
    const [sum, dot, normal, upstream, scaled] = [
      f.local('v128'),
      f.local('v128'),
      f.local('v128'),
      f.local('v128'),
      f.local('v128'),
    ];
    const count = f.let(f32.fromI32(width));
    const perChunk = f.let(constant('i32', normRowsPerChunk));

    eachRow(f, { chunk, perChunk, rows }, (row) => {
      const start = f.let(i32.mul(row, bytes));
      f.set(up, i32.add(gradient, start));
      f.set(from, i32.add(x, start));
      f.set(added, i32.add(residual, start));
      f.set(to, i32.add(out, start));
      const place = f.let(i32.shiftLeft(row, 2));
      const center = f.let(v128.loadSplat(i32.add(mean, place)));
      const inverse = f.let(v128.loadSplat(i32.add(inverseDeviation, place)));

      /** The body once for each of given and not given. */
      const whether = (address: Local<'i32'>, body: (given: boolean) => void): void =>
        f.if(
          address,
          () => body(true),
          () => body(false),
        );
      const both = (body: (step: RowStep) => void): void =>
        whether(residual, (withResidual) =>
          whether(scale, (withScale) =>
            alongRow(f, width, (step) => {
              f.set(normal, withResidual ? f32x4.add(step.load(from), step.load(added)) : step.load(from));
              f.set(normal, f32x4.mul(f32x4.sub(normal, center), inverse));
              f.set(upstream, step.load(up));
              f.set(scaled, withScale ? f32x4.mul(upstream, step.load(scale)) : upstream);
              body(step);
            }),
          ),
        );

      f.set(sum, 0);
      f.set(dot, 0);
      both((step) => {
        step.store(scaleSums, multiplyAdd(target, upstream, normal, step.load(scaleSums)));
        step.store(shiftSums, f32x4.add(step.load(shiftSums), upstream));
        f.set(sum, f32x4.add(sum, step.counted(scaled)));
        f.set(dot, f32x4.add(dot, step.counted(f32x4.mul(scaled, normal))));
      });
      const meanOfScaled = f.let(f32x4.splat(f32.div(sumOfLanes(f, sum), count)));
      const meanOfDot = f.let(f32x4.splat(f32.div(sumOfLanes(f, dot), count)));
      both((step) => {
        f.set(scaled, f32x4.sub(f32x4.sub(scaled, meanOfScaled), f32x4.mul(normal, meanOfDot)));
        step.store(to, f32x4.mul(scaled, inverse));
      });
    });
  });
};
