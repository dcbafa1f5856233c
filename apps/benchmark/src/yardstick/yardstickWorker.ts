// A thread of the yardstick's encoder: waits for the counter in shared memory to move, then does its share of the forward pass.

import { parentPort, workerData } from 'node:worker_threads';
import type { YardstickExports } from './yardstick.ts';

/** What a thread is started with; addresses are bytes in the memory. */
export interface YardstickWorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly config: number;
  /** The counter of runs. */
  readonly control: number;
  readonly thread: number;
  readonly threads: number;
  /** Scratch memory of each thread. */
  readonly works: readonly number[];
}

/** Turns in which it looks before it sleeps, as in the yardstick's driver. */
const spins = 20000;
/** Bytes between the C stacks of two threads. */
const stackDistance = 8192;

const { module, memory, config, control, thread, threads, works } = workerData as YardstickWorkerData;
const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as YardstickExports;
exports.__stack_pointer.value -= stackDistance * thread;
const counter = new Int32Array(memory.buffer);
let seen = 0;
parentPort?.postMessage('ready');
for (;;) {
  for (let spin = 0; Atomics.load(counter, control / 4) === seen; spin++)
    if (spin > spins) Atomics.wait(counter, control / 4, seen);
  seen++;
  exports.forward(config, thread, threads, works[thread] as number); // one a thread
}
