// Element-wise functions over an array: out[i] = function(x[i]).

import type { UnaryKind } from '../../backend/backend.ts';
import { i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { chooseActivation } from './activation.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRowTogether } from './rowLoop.ts';
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
    chooseActivation(f, [kind, kinds], (apply) =>
      alongRowTogether(f, left, (step) => {
        const value = f.let(step.load(x));
        return () => step.store(out, apply(f, target, value));
      }),
    );
  });
};
