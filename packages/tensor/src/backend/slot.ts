// Which backend is current: the one bit of process-wide state beside recording. The default starts at the first kernel call:
// the WebAssembly engine with one thread, or plain TypeScript where WebAssembly SIMD is missing.

import { wasmBackendSync, wasmSupported } from '../wasm/wasmBackend.ts';
import type { Backend } from './backend.ts';
import { jsBackend } from './js/jsBackend.ts';

let current: Backend | undefined;

/** The backend in use. */
export const currentBackend = (): Backend => {
  current ??= wasmSupported() ? wasmBackendSync() : jsBackend;
  return current;
};

/**
 * Makes a backend current until the returned handle is disposed, which restores the one before.
 *
 * @example
 * using engine = await wasmBackend({ threads: 4 });
 * using _ = useBackend(engine);
 */
export const useBackend = (backend: Backend): Disposable => {
  const before = current;
  current = backend;
  let restored = false;
  return {
    [Symbol.dispose]() {
      if (restored) return;
      restored = true;
      current = before;
    },
  };
};
