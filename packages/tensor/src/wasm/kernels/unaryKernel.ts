// Element-wise functions over an array: out[i] = function(x[i]).

import type { UnaryKind } from '../../backend/backend.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { chooseActivation } from './activation.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import type { Target } from './target.ts';

/** Chunk = a run of `perChunk` numbers of the `count`. `kind` as `activationNumber` gives it. */
const unaryRecord = { x: 'i32', out: 'i32', count: 'i32', perChunk: 'i32', kind: 'i32' } as const;

/** out[i] = function(x[i]); see the fields above. */
export const unaryKernel: KernelSpec<typeof unaryRecord> = { name: 'unary', layout: unaryRecord };

const kinds: readonly UnaryKind[] = ['exp', 'erf', 'sigmoid', 'relu', 'gelu', 'geluTanh', 'silu', 'tanh'];

/** Kernel 'unary'. Reads and writes 4 bytes a number; out may be x. */
export const defineUnary = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, unaryKernel, (f, { x, out, count, perChunk, kind }, { chunk }) => {
    const first = f.let(i32.mul(chunk, perChunk));
    const left = f.let(i32.sub(count, first));
    f.set(left, i32.min(left, perChunk));
    f.set(x, i32.add(x, i32.shiftLeft(first, 2)));
    f.set(out, i32.add(out, i32.shiftLeft(first, 2)));
    const value = f.local('v128');
    chooseActivation(f, [kind, kinds], (apply) => {
      f.while(i32.atLeast(left, 4), () => {
        f.set(value, v128.load(x));
        f.store(out, apply(f, target, value));
        f.set(x, i32.add(x, 16));
        f.set(out, i32.add(out, 16));
        f.set(left, i32.sub(left, 4));
      });
      f.while(i32.greater(left, 0), () => {
        f.set(value, v128.loadLow(x));
        f.store(out, f32x4.lane(apply(f, target, value), 0));
        f.set(x, i32.add(x, 4));
        f.set(out, i32.add(out, 4));
        f.set(left, i32.sub(left, 1));
      });
    });
  });
};
