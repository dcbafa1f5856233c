import { jsBackend, useBackend, type WasmBackend, wasmBackend, wasmBackendSync } from '@heed/tensor';
import { afterAll, describe, expect, it } from 'vitest';
import { attentionKernelCases } from '../src/cases.ts';
import { dense, flash } from '../src/index.ts';

describe.each([dense, flash])('the kernel contract: $name', (kernel) => {
  it.each(attentionKernelCases)('$name', ({ run }) => {
    expect(() => run(kernel)).not.toThrow();
  });
});

describe('the kernel contract on the plain TypeScript engine', () => {
  it.each(attentionKernelCases)('$name', ({ run }) => {
    using _ = useBackend(jsBackend);
    expect(() => run(flash)).not.toThrow();
  });
});

const engines: readonly (readonly [string, WasmBackend])[] = [
  ['with fused multiply-add', wasmBackendSync({ v8Flags: true, wide: 'off' })],
  ['with two threads', await wasmBackend({ threads: 2, relaxedSimd: 'off' })],
  ['with wide tiles', wasmBackendSync({ wide: 'on', relaxedSimd: 'off' })],
  ['in memory that is not shared', wasmBackendSync({ sharedMemory: false })],
  ['with hardly any memory', wasmBackendSync({ memoryLimit: 2 ** 21 })],
];
afterAll(() => {
  for (const [, engine] of engines) engine[Symbol.dispose]();
});

describe.each(engines)('the kernel contract on the engine %s', (_name, engine) => {
  it.each(attentionKernelCases)('$name', ({ run }) => {
    using _ = useBackend(engine);
    expect(() => run(flash)).not.toThrow();
  });
});
