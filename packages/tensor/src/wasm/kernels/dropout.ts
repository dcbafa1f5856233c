// Dropout: the random numbers of `Random` by place, four at a time, with the same bits; what they decide is done at once.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32x4, i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local, Operand, Value } from '../assembler/value.ts';
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

/** murmur3's fmix32 in each lane, as random.ts has it. */
const mix = (f: FunctionBuilder, value: Operand<'v128'>): Local<'v128'> => {
  const h = f.local('v128');
  f.set(h, value);
  const fold = (bits: number): Value<'v128'> => v128.xor(h, i32x4.shiftRightUnsigned(h, bits));
  f.set(h, i32x4.mul(fold(16), 0x85ebca6b | 0));
  f.set(h, i32x4.mul(fold(13), 0xc2b2ae35 | 0));
  f.set(h, fold(16));
  return h;
};

/** Kernel 'dropout'. Reads and writes 4 bytes a number. */
export const defineDropout = (module: ModuleBuilder): void => {
  defineKernel(module, dropoutKernel, (f, fields, { chunk }) => {
    const { x, out, count, perChunk, position } = fields;
    const first = f.let(i32.mul(chunk, perChunk));
    const left = f.let(i32.sub(count, first));
    f.set(left, i32.min(left, perChunk));
    const from = f.let(i32.add(x, i32.shiftLeft(first, 2)));
    const to = f.let(i32.add(out, i32.shiftLeft(first, 2)));
    const [low, high] = [f.let(i32x4.splat(fields.low)), f.let(i32x4.splat(fields.high))];
    const last = f.let(i32x4.mul(low, 0x27d4eb2f));
    const threshold = f.let(i32x4.splat(fields.threshold));
    const scale = f.let(f32x4.splat(fields.scale));
    const counter = f.let(i32x4.add(i32x4.splat(i32.add(position, first)), i32x4.of(0, 1, 2, 3)));

    /** The factor 0 or `scale` of the numbers at the counter, which moves on. */
    const kept = (step: number): Value<'v128'> => {
      const a = mix(f, v128.xor(counter, low));
      const b = mix(f, v128.xor(i32x4.add(a, i32x4.mul(counter, 0x9e3779b9 | 0)), high));
      const bits = mix(f, v128.xor(v128.xor(b, last), a));
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
