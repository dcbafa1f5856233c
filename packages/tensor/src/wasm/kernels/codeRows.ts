// Rows of floats become rows of small integers with one scale a row, so that a product with 8-bit weights can be exact. The rule, in
// float32 throughout, is in backend/js/int8.ts; NaN and infinities make the scale NaN, and with it the row of the product.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i16x8, i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { overAll } from './lanes.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRow, alongRowTogether, eachRow, together } from './rowLoop.ts';
import { rounder, rounderBits } from './vectorMath.ts';

/**
 * Chunk = a run of `rowsPerChunk` of `rows` rows. `x` [rows, width] floats; `codes` 16-bit integers, rows `codesRow` bytes apart and
 * filled up with zeros to an even number; `scales` [rows]. `asymmetric`: 255 steps from the least to the greatest, else ±`limit`.
 */
const codeRowsRecord = {
  x: 'i32',
  codes: 'i32',
  codesRow: 'i32',
  scales: 'i32',
  rows: 'i32',
  width: 'i32',
  rowsPerChunk: 'i32',
  asymmetric: 'i32',
  limit: 'f32',
} as const;

/** See the fields above. */
export const codeRowsKernel: KernelSpec<typeof codeRowsRecord> = { name: 'codeRows', layout: codeRowsRecord };

/** The least or the greatest of the lanes, as `pick` has it; NaN if one of them is NaN. */
const ofLanes = (
  f: FunctionBuilder,
  vector: Local<'v128'>,
  pick: (a: Value<'v128'>, b: Value<'v128'>) => Value<'v128'>,
): Value<'f32'> => {
  f.set(vector, pick(vector, v128.shuffle(vector, vector, [2, 3, 0, 1])));
  return f32x4.lane(pick(vector, v128.shuffle(vector, vector, [1, 0, 3, 2])), 0);
};

/** Kernel 'codeRows'. Reads 4 bytes a number twice, writes 2. */
export const defineCodeRows = (module: ModuleBuilder): void => {
  defineKernel(module, codeRowsKernel, (f, fields, { chunk }) => {
    const { x, codes, codesRow, scales, rows, width, rowsPerChunk, asymmetric, limit } = fields;
    const [from, to] = [f.local('i32'), f.local('i32')];
    const vector = (): Local<'v128'> => f.local('v128');
    const [low, high, step, least, most] = [vector(), vector(), vector(), vector(), vector()];
    const number = (): Local<'f32'> => f.local('f32');
    const [bottom, top, scale, zero] = [number(), number(), number(), number()];
    /** The integers nearest to value / step, from the middle to the even ones. */
    const code = (value: Value<'v128'>): Value<'v128'> => {
      const clamped = f32x4.pseudoMin(f32x4.pseudoMax(f32x4.div(value, step), least), most);
      return i32x4.sub(f32x4.add(clamped, rounder), rounderBits);
    };
    const largest = Array.from({ length: together }, vector);

    eachRow(f, { chunk, perChunk: rowsPerChunk, rows }, (row) => {
      f.set(from, i32.add(x, i32.mul(row, i32.shiftLeft(width, 2))));
      f.set(to, i32.add(codes, i32.mul(row, codesRow)));
      f.if(
        asymmetric,
        () => {
          f.set(low, 0);
          f.set(high, 0);
          alongRow(f, width, ({ load }) => {
            f.set(low, f32x4.min(low, load(from)));
            f.set(high, f32x4.max(high, load(from)));
          });
          f.set(bottom, ofLanes(f, low, f32x4.min));
          f.set(top, ofLanes(f, high, f32x4.max));
          // Halves, because the difference itself may be infinite.
          f.set(scale, f32.div(f32.sub(f32.mul(top, 0.5), f32.mul(bottom, 0.5)), 127.5));
        },
        () => {
          // Magnitudes are ordered as their bits are, those of infinities and NaN above all others.
          for (const one of largest) f.set(one, 0);
          alongRowTogether(f, width, ({ index, load }) => {
            const one = largest[index] as Local<'v128'>; // one a vector
            f.set(one, i32x4.max(one, f32x4.abs(load(from))));
          });
          f.set(high, overAll(f, largest, i32x4.max));
          f.set(bottom, 0);
          f.set(top, ofLanes(f, high, i32x4.max));
          f.set(scale, f32.div(top, limit));
        },
      );
      f.if(f32.equal(scale, 0), () => f.set(scale, 1));
      f.set(step, f32x4.splat(scale));
      f.set(most, f32x4.splat(limit));
      f.set(least, f32x4.negate(most));
      f.if(asymmetric, () => {
        f.set(zero, f32.nearest(f32.sub(-128, f32.div(bottom, scale))));
        f.set(zero, f32.min(f32.max(zero, -128), 127));
        f.set(least, f32x4.splat(f32.sub(-128, zero)));
        f.set(most, f32x4.splat(f32.sub(127, zero)));
      });
      // An infinite scale times a sum of zeros would be NaN too; said here, so that it does not depend on the sums.
      f.store(
        i32.add(scales, i32.shiftLeft(row, 2)),
        f32.add(scale, f32.sub(f32.sub(top, top), f32.sub(bottom, bottom))),
      );
      const end = f.let(i32.add(from, i32.shiftLeft(i32.and(width, -8), 2)));
      f.while(i32.below(from, end), () => {
        f.store(to, i16x8.narrow(code(v128.load(from)), code(v128.load(from, 16))));
        f.set(from, i32.add(from, 32));
        f.set(to, i32.add(to, 16));
      });
      // The rest in pairs, as 32 bits; where there is no second number it is 0.
      const rest = f.let(i32.and(width, 7));
      const single = f.local('i32');
      f.while(i32.greater(rest, 0), () => {
        f.set(single, i32.and(i32x4.lane(code(v128.loadLow(from)), 0), 0xffff));
        f.if(i32.greater(rest, 1), () =>
          f.set(
            single,
            i32.or(single, i32.shiftLeft(i32x4.lane(code(v128.loadLow(from, 4)), 0), constant('i32', 16))),
          ),
        );
        f.store(to, single);
        f.set(from, i32.add(from, 8));
        f.set(to, i32.add(to, 4));
        f.set(rest, i32.sub(rest, 2));
      });
    });
  });
};
