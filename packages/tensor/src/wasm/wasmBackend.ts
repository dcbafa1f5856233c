// The WebAssembly engine as a Backend: detects what the platform can do, starts the engine, checks for empty calls, forwards.

import type { Backend, EngineDescription } from '../backend/backend.ts';
import { jsBackend } from '../backend/js/jsBackend.ts';
import { attentionCall } from './attentionCall.ts';
import { type Engine, engine } from './engine.ts';
import { DisposedError } from './engineError.ts';
import { enableRelaxedSimd, hasRelaxedSimd, hasSimd } from './features.ts';
import { kernelModule, kernelNames } from './kernels/kernelModule.ts';
import type { Target } from './kernels/target.ts';
import { type LinearMemory, linearMemory } from './linearMemory.ts';
import { multiply } from './multiply.ts';
import { productOfLinear, productOfMatmul } from './productCall.ts';
import { layerNormCall, softmaxCall, unaryCall } from './rowCalls.ts';
import { builtinModule, type RunningWorker, startWorker } from './workers.ts';

/** Choices when starting the engine. */
export interface WasmBackendOptions {
  /** Threads, the caller included. Default: the processors that the platform names, at most 8. 1 where memory cannot be shared. */
  readonly threads?: number;
  /** 'auto': fused multiply-add where the platform has it; 'off': never. The last bits of results differ. Default 'auto'. */
  readonly relaxedSimd?: 'auto' | 'off';
  /** Bytes that the engine may use for packed weights, tensors in `inference`, and scratch. Default, and at most, 2 GiB. */
  readonly memoryLimit?: number;
  /**
   * Whether V8's flags may be set to switch on relaxed SIMD in Node 20 (a quarter faster). It changes the whole process, so it is
   * never done unasked. Default false.
   */
  readonly v8Flags?: boolean;
  /** Whether to use memory that can be shared. Without it there is one thread and tensors do not stay in the engine. Default true. */
  readonly sharedMemory?: boolean;
}

/** The WebAssembly engine. Hold it with `using`. */
export interface WasmBackend extends Backend, Disposable {}

/** Whether the engine runs here: WebAssembly with 128-bit SIMD. */
export const wasmSupported = (): boolean => hasSimd();

const defaultLimit = 2 ** 31;

interface Plan {
  readonly target: Target;
  readonly memory: LinearMemory;
  readonly notes: readonly string[];
}

const plan = (options: WasmBackendOptions): Plan => {
  if (!hasSimd())
    throw new Error('wasmBackend: this platform has no WebAssembly SIMD; use jsBackend instead.');
  const limit = options.memoryLimit ?? defaultLimit;
  if (!(limit >= 2 ** 20 && limit <= 2 ** 31))
    throw new RangeError(
      `wasmBackend: memoryLimit is ${limit} bytes; expected 1 MiB to 2 GiB, such as 2 ** 30.`,
    );
  const notes: string[] = [];
  let relaxed = false;
  if (options.relaxedSimd === 'off') notes.push('Plain SIMD, because relaxedSimd is off.');
  else if (hasRelaxedSimd()) relaxed = true;
  else if (options.v8Flags === true && enableRelaxedSimd()) relaxed = true;
  else
    notes.push(
      'Plain SIMD: relaxed SIMD is not enabled here. Node 22 has it; in Node 20 pass v8Flags: true.',
    );
  if (relaxed) notes.push('Relaxed SIMD: products and sums are fused.');
  const memory = linearMemory(limit, options.sharedMemory ?? true);
  if (memory.limit < limit - 2 ** 17)
    notes.push(`The platform grants ${memory.limit} bytes of memory at most; ${limit} were asked for.`);
  if (!memory.shared)
    notes.push(
      'Memory is not shared (no SharedArrayBuffer, or sharedMemory is off): one thread, operands are copied.',
    );
  return { target: { relaxed, wide: false }, memory, notes };
};

const imports = (memory: LinearMemory): WebAssembly.Imports => ({
  env: { memory: memory.memory, log: Math.log },
});

const backendOf = (core: Engine, { target, notes }: Plan): WasmBackend => {
  let disposed = false;
  const alive = (): void => {
    if (disposed) throw new DisposedError('wasmBackend');
  };
  const description: EngineDescription = {
    name: 'wasm',
    threads: core.threads,
    simd: target.relaxed ? 'relaxed' : 'plain',
    notes,
  };
  return {
    name: 'wasm',
    memory: core.memory.shared ? core.stack : undefined,
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
    [Symbol.dispose]: () => {
      disposed = true;
      core.dispose();
    },
  };
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
  const chosen = plan(options);
  const module = await WebAssembly.compile(kernelModule(chosen.target, chosen.memory.shared));
  const instance = await WebAssembly.instantiate(module, imports(chosen.memory));
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
  const chosen = plan(options);
  const module = new WebAssembly.Module(kernelModule(chosen.target, chosen.memory.shared));
  const instance = new WebAssembly.Instance(module, imports(chosen.memory));
  return backendOf(engine({ ...chosen, instance, workers: [] }), chosen);
};
