// One step of AdamW: weight and both averages changed in one pass. Loshchilov and Hutter 2019 (arXiv:1711.05101), algorithm 2.

import { f32x4, i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local, Value } from '../assembler/value.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRow } from './rowLoop.ts';
import { multiplyAdd, type Target } from './target.ts';

/** Chunk = a run of `perChunk` numbers of the `count`; the real numbers as in AdamWCall. */
const adamWRecord = {
  weight: 'i32',
  gradient: 'i32',
  first: 'i32',
  second: 'i32',
  count: 'i32',
  perChunk: 'i32',
  gradientScale: 'f32',
  beta1: 'f32',
  oneMinusBeta1: 'f32',
  beta2: 'f32',
  oneMinusBeta2: 'f32',
  epsilon: 'f32',
  rate: 'f32',
  secondScale: 'f32',
  shrink: 'f32',
} as const;

/** AdamW in place; see the fields above. */
export const adamWKernel: KernelSpec<typeof adamWRecord> = { name: 'adamW', layout: adamWRecord };

/** Kernel 'adamW'. Reads 16 bytes a number, writes 12. */
export const defineAdamW = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, adamWKernel, (f, fields, { chunk }) => {
    const start = f.let(i32.mul(chunk, fields.perChunk));
    const left = f.let(i32.sub(fields.count, start));
    f.set(left, i32.min(left, fields.perChunk));
    const place = (array: Local<'i32'>): Local<'i32'> => f.let(i32.add(array, i32.shiftLeft(start, 2)));
    const [weight, gradient] = [place(fields.weight), place(fields.gradient)];
    const [first, second] = [place(fields.first), place(fields.second)];
    const whole = (number: Local<'f32'>): Local<'v128'> => f.let(f32x4.splat(number));
    const scale = whole(fields.gradientScale);
    const [beta1, rest1] = [whole(fields.beta1), whole(fields.oneMinusBeta1)];
    const [beta2, rest2] = [whole(fields.beta2), whole(fields.oneMinusBeta2)];
    const [epsilon, rate] = [whole(fields.epsilon), whole(fields.rate)];
    const [secondScale, shrink] = [whole(fields.secondScale), whole(fields.shrink)];
    const [g, m, v] = [f.local('v128'), f.local('v128'), f.local('v128')];
    const average = (old: Value<'v128'>, keeps: Local<'v128'>, adds: Value<'v128'>): Value<'v128'> =>
      multiplyAdd(target, old, keeps, adds);
    alongRow(f, left, (step) => {
      f.set(g, f32x4.mul(step.load(gradient), scale));
      f.set(m, average(step.load(first), beta1, f32x4.mul(g, rest1)));
      f.set(v, average(step.load(second), beta2, f32x4.mul(f32x4.mul(g, g), rest2)));
      step.store(first, m);
      step.store(second, v);
      const divisor = multiplyAdd(target, f32x4.sqrt(v), secondScale, epsilon);
      const change = f32x4.div(f32x4.mul(m, rate), divisor);
      step.store(weight, f32x4.sub(f32x4.mul(step.load(weight), shrink), change));
    });
  });
};
