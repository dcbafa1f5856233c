// The engine: one memory, modules of kernels, workers that share both. Runs a kernel's chunks on all threads; how a call of
// the Backend becomes records and chunks is the business of the files beside this one.

import { control, controlBytes } from './control.ts';
import { DisposedError, EngineMemoryError } from './engineError.ts';
import { heap } from './heap.ts';
import { type HeldArrays, heldArrays } from './heldArrays.ts';
import { moduleFor } from './kernels/emittedModules.ts';
import { groupOf, kernelNames } from './kernels/kernelModule.ts';
import {
  type KernelSpec,
  maxFields,
  type RecordLayout,
  type RecordValues,
  writeRecord,
} from './kernels/record.ts';
import type { Target } from './kernels/target.ts';
import { panelColumns } from './kernels/tile.ts';
import type { LinearMemory } from './linearMemory.ts';
import { type PackedWeights, packedWeights } from './packedWeights.ts';
import { type Stack, stack } from './stack.ts';
import type { RunningWorker } from './workers.ts';

/** One kernel over all of its chunks. */
export interface Job<L extends RecordLayout> {
  readonly kernel: KernelSpec<L>;
  readonly values: RecordValues<L>;
  readonly chunks: number;
  /** Bytes of scratch that each thread needs. */
  readonly scratch: number;
  /** Rough number of multiplications: small jobs do not leave the caller. */
  readonly work: number;
}

const kernelNumbers: ReadonlyMap<string, number> = new Map(kernelNames.map((name, number) => [name, number]));

const total = (
  jobs: readonly { readonly chunks: number; readonly work: number }[],
  what: 'chunks' | 'work',
): number => jobs.reduce((sum, job) => sum + job[what], 0);

/** What the calls of a backend are made of. */
export interface Engine {
  readonly memory: LinearMemory;
  readonly stack: Stack;
  readonly weights: PackedWeights;
  readonly held: HeldArrays;
  readonly threads: number;
  /** Columns of a panel of packed right operands: what the module's product kernels were emitted for. */
  readonly panelColumns: number;
  run<L extends RecordLayout>(job: Job<L>): void;
  /** Runs several jobs of one kernel that do not need each other's results, at most `mostRecords`, as one. */
  runAll<L extends RecordLayout>(jobs: readonly Job<L>[]): void;
  dispose(): void;
}

// A round trip to the workers takes about 10 µs, in which one thread multiplies some 200 000 times; below this it does not pay.
const workForWorkers = 500_000;

type Kernel = (record: number, chunk: number, scratch: number) => void;

/** A module that is linked, and where its bytes lie for workers. */
interface LoadedModule {
  readonly exports: WebAssembly.Exports;
  readonly bytes: { readonly address: number; readonly length: number } | undefined;
}

/** What every module is linked with. */
export const engineImports = ({ memory }: LinearMemory): WebAssembly.Imports => ({
  env: { memory, log: Math.log },
});

/** What an engine is made of: a memory, an instance of the target's first module linked to it, workers that run the same on the same. */
export interface EngineParts {
  readonly memory: LinearMemory;
  readonly instance: WebAssembly.Instance;
  readonly workers: readonly RunningWorker[];
  readonly target: Target;
}

/** An engine of these parts. */
export const engine = ({ memory, instance, workers, target }: EngineParts): Engine => {
  const blocks = heap(memory, controlBytes);
  const weights = packedWeights(blocks, memory.limit / 2);
  const scratchStack = stack(memory, blocks, weights.evict);
  const loaded: LoadedModule[] = [{ exports: instance.exports, bytes: undefined }];
  const words = new Int32Array(memory.memory.buffer, 0, control.record); // only used with workers, and shared memory keeps its views
  const recordOf = (job: number): number => 4 * (control.record + job * maxFields);
  let disposed = false;

  const alone = (kernel: Kernel, jobs: readonly Job<RecordLayout>[], scratch: number): void => {
    for (const [job, { chunks }] of jobs.entries())
      for (let chunk = 0; chunk < chunks; chunk++) kernel(recordOf(job), chunk, scratch);
  };

  /** Where workers find the bytes of a module: they cannot be sent anything while they wait for jobs. */
  const leave = (code: Uint8Array): LoadedModule['bytes'] => {
    let block = blocks.allocate(code.length);
    while (block === undefined && weights.evict()) block = blocks.allocate(code.length);
    if (block === undefined) throw new EngineMemoryError(code.length, memory.limit);
    new Uint8Array(memory.views().f32.buffer, block.address, code.length).set(code);
    return { address: block.address, length: code.length };
  };

  /** A module, made now if it is not here yet. */
  const load = (group: number): LoadedModule => {
    const found = loaded[group];
    if (found !== undefined) return found;
    const code = moduleFor(target, memory.shared, group);
    const bytes = workers.length === 0 ? undefined : leave(code);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), engineImports(memory));
    const made = { exports, bytes };
    loaded[group] = made;
    return made;
  };

  const together = (
    kernel: Kernel,
    number: number,
    { jobs, scratch }: { readonly jobs: readonly Job<RecordLayout>[]; readonly scratch: number },
  ): void => {
    const ends: number[] = [];
    for (const { chunks } of jobs) ends.push((ends.at(-1) ?? 0) + chunks);
    const chunks = ends.at(-1) ?? 0;
    const stride = Math.ceil(scratch / 64) * 64;
    const base = scratchStack.allocate(stride * (workers.length + 1));
    const group = groupOf(number);
    const { bytes } = load(group);
    words[control.kernel] = number;
    words[control.group] = group;
    words[control.module] = bytes?.address ?? 0;
    words[control.moduleBytes] = bytes?.length ?? 0;
    words[control.scratch] = base;
    words[control.scratchStride] = stride;
    words.set(ends, control.ends);
    Atomics.store(words, control.finished, 0);
    Atomics.store(words, control.remaining, chunks);
    Atomics.add(words, control.job, 1);
    Atomics.notify(words, control.job);
    try {
      for (;;) {
        const chunk = Atomics.sub(words, control.remaining, 1) - 1;
        if (chunk < 0) break;
        Atomics.add(words, control.finished, 1); // ours is done before we look
        const job = ends.findIndex((end) => chunk < end);
        kernel(recordOf(job), chunk - (ends[job - 1] ?? 0), base);
      }
    } finally {
      Atomics.add(words, control.finished, Math.max(0, Atomics.exchange(words, control.remaining, 0)));
      while (Atomics.load(words, control.finished) < chunks); // workers are at their last chunks; waiting is not allowed on a page's main thread
    }
    if (Atomics.exchange(words, control.failed, 0) !== 0)
      throw new Error(
        `wasm engine: kernel ${kernelNames[number]} failed in a worker; this is a defect of the engine.`,
      );
  };

  const runAll = <L extends RecordLayout>(jobs: readonly Job<L>[]): void => {
    if (disposed) throw new DisposedError('wasmBackend');
    const [{ kernel }] = jobs as readonly [Job<L>]; // at least one
    const number = kernelNumbers.get(kernel.name) as number; // every kernel has one
    const mark = scratchStack.mark();
    try {
      for (const [job, { values }] of jobs.entries())
        writeRecord(memory.views(), recordOf(job), { layout: kernel.layout, values });
      const compute = load(groupOf(number)).exports[kernel.name] as Kernel; // its module exports every kernel
      const [chunks, work] = [total(jobs, 'chunks'), total(jobs, 'work')];
      const scratch = Math.max(...jobs.map((job) => job.scratch));
      if (workers.length === 0 || chunks < 2 || work < workForWorkers)
        alone(compute, jobs, scratchStack.allocate(scratch));
      else together(compute, number, { jobs, scratch });
    } finally {
      scratchStack.release(mark);
    }
  };

  return {
    memory,
    stack: scratchStack,
    weights,
    held: heldArrays(memory, blocks, weights.evict),
    threads: workers.length + 1,
    panelColumns: panelColumns(target),
    run: (job) => runAll([job]),
    runAll,
    dispose: () => {
      disposed = true;
      for (const worker of workers) worker.terminate();
    },
  };
};
