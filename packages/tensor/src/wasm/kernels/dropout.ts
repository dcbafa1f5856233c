// Dropout: random numbers by place, four at a time; what they decide is done at once.

import { f32x4, i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Value } from '../assembler/value.ts';
import { randomBits, randomKey } from './randomBits.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRow } from './rowLoop.ts';

/**
 * Chunk = a run of `perChunk` numbers of the `count`. Number i draws number position + i of the key; below `threshold` of 2²⁴ it is 0, else
 * scale · x, or scale where x is 0 (not given). out may be x.
 */
const dropoutRecord = {
  x: 'i32',
  out: 'i32',
  count: 'i32',
  perChunk: 'i32',
  low: 'i32',
  high: 'i32',
  position: 'i32',
  threshold: 'i32',
  scale: 'f32',
} as const;

/** Dropout; see the fields above. */
export const dropoutKernel: KernelSpec<typeof dropoutRecord> = { name: 'dropout', layout: dropoutRecord };

/** Kernel 'dropout'. Reads and writes 4 bytes a number. */
export const defineDropout = (module: ModuleBuilder): void => {
  defineKernel(module, dropoutKernel, (f, fields, { chunk }) => {
    const { x, out, count, perChunk, position } = fields;
    const first = f.let(i32.mul(chunk, perChunk));
    const left = f.let(i32.sub(count, first));
    f.set(left, i32.min(left, perChunk));
    const from = f.let(i32.add(x, i32.shiftLeft(first, 2)));
    const to = f.let(i32.add(out, i32.shiftLeft(first, 2)));
    const key = randomKey(f, [fields.low, fields.high]);
    const threshold = f.let(i32x4.splat(fields.threshold));
    const scale = f.let(f32x4.splat(fields.scale));
    const counter = f.let(i32x4.add(i32x4.splat(i32.add(position, first)), i32x4.of(0, 1, 2, 3)));

    /** The factor 0 or `scale` of the numbers at the counter, which moves on. */
    const kept = (step: number): Value<'v128'> => {
      const bits = randomBits(f, key, counter);
      f.set(counter, i32x4.add(counter, step));
      return i32x4.atLeast(i32x4.shiftRightUnsigned(bits, 8), threshold);
    };
    const walk = (given: boolean): void => {
      const vectors = f.let(i32.and(left, -4));
      alongRow(f, vectors, (step) => {
        const mask = f.let(kept(4));
        step.store(to, v128.and(mask, given ? f32x4.mul(step.load(from), scale) : scale));
      });
      // The rest, one by one: lane 0 counts.
      const done = f.let(i32.shiftLeft(vectors, 2));
      f.set(from, i32.add(from, done));
      f.set(to, i32.add(to, done));
      alongRow(f, f.let(i32.and(left, 3)), (step) => {
        const mask = f.let(kept(1));
        step.store(to, v128.and(mask, given ? f32x4.mul(step.load(from), scale) : scale));
      });
    };
    f.if(
      x,
      () => walk(true),
      () => walk(false),
    );
  });
};
