// A gradient through an element-wise function: out[i] = gradient[i] · f′.

import type { UnaryKind } from '../../backend/backend.ts';
import { f32x4, i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { activationNumber } from './activation.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { alongRowTogether } from './rowLoop.ts';
import { vectorSlopes } from './slopes.ts';
import type { Target } from './target.ts';

/** Chunk = a run of `perChunk` numbers of the `count`. `kind` as `activationNumber` gives it. out may be gradient or from. */
const slopeRecord = {
  from: 'i32',
  gradient: 'i32',
  out: 'i32',
  count: 'i32',
  perChunk: 'i32',
  kind: 'i32',
} as const;

/** out[i] = gradient[i] · f′; see the fields above. */
export const slopeKernel: KernelSpec<typeof slopeRecord> = { name: 'slope', layout: slopeRecord };

/** Kernel 'slope'. Reads 8 bytes a number, writes 4. */
export const defineSlope = (module: ModuleBuilder, target: Target): void => {
  defineKernel(module, slopeKernel, (f, { from, gradient, out, count, perChunk, kind }, { chunk }) => {
    const first = f.let(i32.mul(chunk, perChunk));
    const left = f.let(i32.sub(count, first));
    f.set(left, i32.min(left, perChunk));
    const [x, up, to] = [from, gradient, out].map((array) =>
      f.let(i32.add(array, i32.shiftLeft(first, 2))),
    ) as [typeof from, typeof from, typeof from]; // three
    for (const name of Object.keys(vectorSlopes) as UnaryKind[])
      f.if(i32.equal(kind, activationNumber(name)), () =>
        alongRowTogether(f, left, (step) => {
          const slope = f.let(vectorSlopes[name](f, target, f.let(step.load(x))));
          const product = f.let(f32x4.mul(slope, step.load(up)));
          return () => step.store(to, product);
        }),
      );
  });
};
