// What this platform's WebAssembly can do, asked by validating the smallest module that needs it. Changes no flag of V8.

import { f32x4 } from './assembler/instructions.ts';
import { moduleBuilder } from './assembler/moduleBuilder.ts';
import type { Operand, Value } from './assembler/value.ts';
import { builtinModule } from './workers.ts';

const validates = (expression: (x: Operand<'v128'>) => Value<'v128'>): boolean => {
  if (typeof WebAssembly !== 'object') return false;
  const module = moduleBuilder({ shared: false, initial: 1, maximum: 1 });
  module.define('probe', { parameters: { x: 'v128' }, result: 'v128' }, (f, { x }) =>
    f.return(expression(x)),
  );
  return WebAssembly.validate(module.bytes());
};

/** 128-bit SIMD: what the engine cannot do without. */
export const hasSimd = (): boolean => validates((x) => f32x4.add(x, x));

/** Relaxed SIMD: fused multiply-add. On by default in Chrome 114 and Node 22, behind a flag in Node 20. */
export const hasRelaxedSimd = (): boolean => validates((x) => f32x4.relaxedMultiplyAdd(x, x, x));

/** Sets the V8 flag for relaxed SIMD in Node, for the whole process; says whether relaxed SIMD is there afterwards. */
export const enableRelaxedSimd = (): boolean => {
  builtinModule<typeof import('node:v8')>('node:v8')?.setFlagsFromString('--experimental-wasm-relaxed-simd');
  return hasRelaxedSimd();
};

const joiningFlag = '--experimental-wasm-revectorize';

interface NodeProcess {
  readonly execArgv: readonly string[];
  readonly versions: { readonly v8?: string };
}

const nodeProcess = (): NodeProcess | undefined => (globalThis as { process?: NodeProcess }).process;

/** Whether Node was started with V8's flag that joins pairs of vectors into one of twice the width. V8 itself does not tell its flags. */
export const joinsVectors = (): boolean =>
  nodeProcess()?.execArgv?.some((flag) => flag.replaceAll('_', '-') === joiningFlag) ?? false;

/** Sets that flag for the whole process where V8 has it and gains by it (Node 24, V8 13); says whether it did. */
export const enableJoining = (): boolean => {
  const v8 = builtinModule<typeof import('node:v8')>('node:v8');
  if (v8 === undefined || !(Number.parseInt(nodeProcess()?.versions.v8 ?? '', 10) >= 13)) return false;
  v8.setFlagsFromString(joiningFlag);
  return true;
};
