// The engines that every kernel is tried on: each way of the engine to differ from another.

import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import { type WasmBackend, wasmBackend, wasmBackendSync } from '../../src/wasm/wasmBackend.ts';

/** An engine and what is special about it. */
export interface NamedEngine {
  readonly name: string;
  readonly engine: WasmBackend;
}

/** An engine whose first 2 GiB are taken (nobody writes there, so that they cost nothing): what it allocates begins just below 2³¹. */
const beyondTwoGiB = (): WasmBackend => {
  const engine = wasmBackendSync({ memoryLimit: 2 ** 32, relaxedSimd: 'off' });
  engine.memory?.floats((2 ** 31 - 2 ** 14) / 4);
  return engine;
};

/**
 * The reference itself, where a test has another one; plain SIMD on one thread, unshared memory, fused multiply-add where it can be had, on one
 * thread and on two, wide tiles (slow where V8 does not
 * join vectors, but right), addresses on both sides of 2³¹, hardly any memory.
 */
export const startEngines = async (): Promise<readonly NamedEngine[]> => [
  { name: 'plain TypeScript', engine: { ...jsBackend, [Symbol.dispose]: () => undefined } },
  { name: 'plain', engine: wasmBackendSync({ relaxedSimd: 'off' }) },
  { name: 'unshared', engine: wasmBackendSync({ sharedMemory: false, relaxedSimd: 'off' }) },
  { name: 'relaxed', engine: wasmBackendSync({ v8Flags: true, wide: 'off' }) },
  { name: 'two threads, relaxed', engine: await wasmBackend({ threads: 2, v8Flags: true, wide: 'off' }) },
  { name: 'wide', engine: wasmBackendSync({ wide: 'on', relaxedSimd: 'off' }) },
  { name: 'beyond 2 GiB', engine: beyondTwoGiB() },
  { name: 'little memory', engine: wasmBackendSync({ memoryLimit: 2 ** 21, relaxedSimd: 'off' }) },
];

/** An array like the given one inside the engine's memory. */
export const resident = (engine: WasmBackend, array: Float32Array): Float32Array => {
  const memory = engine.memory;
  if (memory === undefined) throw new Error('this engine has no memory for tensors');
  const copy = memory.floats(array.length);
  copy.set(array);
  return copy;
};

/** Calls back for every engine with a way to place an array: outside, and, where the engine has memory, inside. */
export const everywhereOn = (
  engines: readonly NamedEngine[],
  body: (engine: WasmBackend, place: (x: Float32Array) => Float32Array, name: string) => void,
): void => {
  for (const { name, engine } of engines) {
    body(engine, (x) => x.slice(), name);
    if (engine.memory === undefined) continue;
    const mark = engine.memory.mark();
    body(engine, (x) => resident(engine, x), `${name}, resident`);
    engine.memory.release(mark);
  }
};

/** Throws unless the arrays hold the same bits. (Comparing a million numbers by `toEqual` takes seconds.) */
export const expectSameBits = (actual: Float32Array, expected: Float32Array, name = ''): void => {
  if (actual.length !== expected.length)
    throw new Error(`${name}: ${actual.length} numbers; expected ${expected.length}`);
  for (let i = 0; i < actual.length; i++)
    if (!Object.is(actual[i], expected[i]))
      throw new Error(`${name}: ${actual[i]} at ${i}; expected ${expected[i]}`);
};
