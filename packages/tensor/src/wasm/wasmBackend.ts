// The WebAssembly engine as a Backend: starts the engine as planned, checks for empty calls, forwards.

import type { Backend, EngineDescription } from '../backend/backend.ts';
import { jsBackend } from '../backend/js/jsBackend.ts';
import { attentionCall } from './attentionCall.ts';
import { type Engine, engine, engineImports } from './engine.ts';
import { DisposedError } from './engineError.ts';
import { hasSimd } from './features.ts';
import { linearInt8Call } from './integerCall.ts';
import { moduleFor } from './kernels/emittedModules.ts';
import { kernelNames } from './kernels/kernelModule.ts';
import { multiply, multiplyAll } from './multiply.ts';
import { type EnginePlan, planEngine, simdOf, type WasmBackendOptions } from './planEngine.ts';
import { productOfLinear, productOfMatmul } from './productCall.ts';
import { recurrentBackend } from './recurrentBackend.ts';
import { layerNormCall, softmaxCall, unaryCall } from './rowCalls.ts';
import { trainingBackend } from './trainingBackend.ts';
import { builtinModule, type RunningWorker, startWorker } from './workers.ts';

export type { WasmBackendOptions };

/** The WebAssembly engine. Hold it with `using`. */
export interface WasmBackend extends Backend, Disposable {}

/** Whether the engine runs here: WebAssembly with 128-bit SIMD. */
export const wasmSupported = (): boolean => hasSimd();

const backendOf = (core: Engine, { target, notes }: EnginePlan): WasmBackend => {
  let disposed = false;
  const alive = (): void => {
    if (disposed) throw new DisposedError('wasmBackend');
  };
  const description: EngineDescription = {
    name: 'wasm',
    threads: core.threads,
    simd: simdOf(target),
    notes,
  };
  const backend: WasmBackend = {
    name: 'wasm',
    memory: core.memory.shared ? { ...core.stack, ...core.held } : undefined,
    describe: () => description,
    matmul: (call) => {
      alive();
      if (call.m * call.n * call.batches === 0) return;
      if (call.k === 0) jsBackend.matmul(call);
      else multiply(core, productOfMatmul(call));
    },
    linear: (call) => {
      alive();
      if (call.rows * call.outputs === 0) return;
      if (call.inputs === 0) jsBackend.linear(call);
      else multiply(core, productOfLinear(call));
    },
    linearAll: (calls) => {
      alive();
      const whole = calls.every(({ rows, outputs, inputs }) => rows * outputs * inputs > 0);
      if (whole) multiplyAll(core, calls.map(productOfLinear));
      else for (const call of calls) backend.linear(call);
    },
    linearInt8: (call) => {
      alive();
      if (call.rows * call.outputs === 0) return;
      if (call.inputs === 0) jsBackend.linearInt8(call);
      else linearInt8Call(core, call);
    },
    unary: (kind, x, out) => {
      alive();
      if (x.length > 0) unaryCall(core, kind, [x, out]);
    },
    softmax: (call) => {
      alive();
      if (call.rows * call.columns > 0) softmaxCall(core, call);
    },
    layerNorm: (call) => {
      alive();
      if (call.rows * call.width > 0) layerNormCall(core, call);
    },
    attention: (call) => {
      alive();
      if (call.heads > 0) attentionCall(core, call);
    },
    ...trainingBackend(core, alive),
    ...recurrentBackend(core, alive),
    [Symbol.dispose]: () => {
      disposed = true;
      core.dispose();
    },
  };
  return backend;
};

/** Processors, at most 8: beyond that memory is the limit. Node 20 has no navigator. */
const hardwareThreads = (): number => {
  const os = builtinModule<typeof import('node:os')>('node:os');
  return Math.min(8, os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1);
};

/**
 * Starts the WebAssembly engine with threads. Dispose it (`using`) to end its workers; they do not keep a process alive.
 *
 * @example
 * using engine = await wasmBackend({ threads: 2 });
 * engine.describe().threads; //=> 2
 */
export const wasmBackend = async (options: WasmBackendOptions = {}): Promise<WasmBackend> => {
  const threads = options.threads ?? hardwareThreads();
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new RangeError(`wasmBackend: threads is ${threads}; expected a whole number from 1 to 64.`);
  const chosen = planEngine(options);
  const module = await WebAssembly.compile(moduleFor(chosen.target, chosen.memory.shared));
  const instance = await WebAssembly.instantiate(module, engineImports(chosen.memory));
  const count = chosen.memory.shared ? threads - 1 : 0;
  const memory = chosen.memory.memory;
  const starts = Array.from(
    { length: count },
    (_, i): Promise<RunningWorker> => startWorker({ module, memory, thread: i + 1, kernels: kernelNames }),
  );
  return backendOf(engine({ ...chosen, instance, workers: await Promise.all(starts) }), chosen);
};

/**
 * Starts the engine with one thread, at once. The library does so by itself at the first kernel call.
 *
 * @example
 * using engine = wasmBackendSync();
 * engine.describe().threads; //=> 1
 */
export const wasmBackendSync = (options: Omit<WasmBackendOptions, 'threads'> = {}): WasmBackend => {
  const chosen = planEngine(options);
  const module = new WebAssembly.Module(moduleFor(chosen.target, chosen.memory.shared));
  const instance = new WebAssembly.Instance(module, engineImports(chosen.memory));
  return backendOf(engine({ ...chosen, instance, workers: [] }), chosen);
};
