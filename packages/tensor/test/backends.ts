// The engines that every test of ops runs on.

import { type Backend, jsBackend } from '../src/index.ts';
import { wasmBackendSync, wasmSupported } from '../src/wasm/wasmBackend.ts';

/** Name and backend; the WebAssembly engine twice where the platform has fused multiply-add. */
export const backends: readonly { readonly name: string; readonly backend: Backend }[] = [
  { name: 'js', backend: jsBackend },
  ...(wasmSupported() ? [{ name: 'wasm', backend: wasmBackendSync() }] : []),
  ...(wasmSupported() && wasmBackendSync().describe().simd !== 'plain'
    ? [{ name: 'wasm without relaxed SIMD', backend: wasmBackendSync({ relaxedSimd: 'off' }) }]
    : []),
];
