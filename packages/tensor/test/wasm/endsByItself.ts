// Run in a process of its own by wasmBackend.test.ts: starts workers, computes, and forgets to dispose.

import { wasmBackend } from '../../src/wasm/wasmBackend.ts';

const engine = await wasmBackend({ threads: 2 });
const x = new Float32Array(1_000_000).fill(0.5);
engine.unary('gelu', x, x);
process.stdout.write(`computed with ${engine.describe().threads} threads\n`);
