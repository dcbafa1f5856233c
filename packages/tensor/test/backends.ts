// The engines that every test of ops runs on.

import { type Backend, jsBackend } from '../src/index.ts';
import { wasmBackend, wasmBackendSync, wasmSupported } from '../src/wasm/wasmBackend.ts';

/** Name and backend; the WebAssembly engine with one thread and with two, and once more where the platform has fused multiply-add. */
export const backends: readonly { readonly name: string; readonly backend: Backend }[] = [
  { name: 'js', backend: jsBackend },
  ...(wasmSupported() ? [{ name: 'wasm', backend: wasmBackendSync() }] : []),
  ...(wasmSupported() ? [{ name: 'wasm, two threads', backend: await wasmBackend({ threads: 2 }) }] : []),
  ...(wasmSupported() && wasmBackendSync().describe().simd !== 'plain'
    ? [{ name: 'wasm without relaxed SIMD', backend: wasmBackendSync({ relaxedSimd: 'off' }) }]
    : []),
];
