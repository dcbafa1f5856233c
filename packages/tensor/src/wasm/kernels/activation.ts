// Activations by number, as records carry them, and the choice of one inside a kernel.

import type { UnaryKind } from '../../backend/backend.ts';
import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local } from '../assembler/value.ts';
import { erf, exp, gelu, geluTanh, relu, sigmoid, silu, tanh, type VectorFunction } from './vectorMath.ts';

const functions: Readonly<Record<UnaryKind, VectorFunction>> = {
  exp,
  erf,
  sigmoid,
  relu,
  gelu,
  geluTanh,
  silu,
  tanh,
};
const kinds = Object.keys(functions) as readonly UnaryKind[];

/** The number of a function in a record; 'none' is 0. */
export const activationNumber = (kind: UnaryKind | 'none'): number =>
  kind === 'none' ? 0 : kinds.indexOf(kind) + 1;

/** Writes the body once for every kind in the list; the one whose number `selected` holds runs. 0 runs the body with the identity. */
export const chooseActivation = (
  f: FunctionBuilder,
  [selected, among]: readonly [Local<'i32'>, readonly (UnaryKind | 'none')[]],
  body: (apply: VectorFunction) => void,
): void => {
  for (const kind of among)
    f.if(i32.equal(selected, activationNumber(kind)), () =>
      body(kind === 'none' ? (_f, _target, x) => x : functions[kind]),
    );
};
