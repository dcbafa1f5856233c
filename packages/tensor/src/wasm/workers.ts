// Starting and ending workers, in Node and in browsers. Nothing here knows what they compute.

import { workerSource } from './workerSource.ts';

/** What a worker is given when it starts. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Number of the thread: 0 is the caller, the first worker is 1. */
  readonly thread: number;
  /** Names of the kernels, by number. */
  readonly kernels: readonly string[];
}

/** A running worker. */
export interface RunningWorker {
  terminate(): void;
}

type NodeWorkers = typeof import('node:worker_threads');

/** Node's modules without an import, so that bundlers for browsers have nothing to resolve. */
export const builtinModule = <T>(name: string): T | undefined => {
  const host = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process;
  return host?.getBuiltinModule?.(name) as T | undefined;
};

const startInNode = ({ Worker }: NodeWorkers, start: WorkerStart): Promise<RunningWorker> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(workerSource, { eval: true, workerData: start });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`wasm engine: a worker ended (exit code ${code}) before it was ready.`)),
    );
    worker.once('message', () => {
      worker.unref(); // a process ends when its own work is done
      resolve({ terminate: () => void worker.terminate() });
    });
  });

const startInBrowser = (start: WorkerStart): Promise<RunningWorker> =>
  new Promise((resolve, reject) => {
    const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
    const worker = new Worker(address);
    worker.onerror = (event) => reject(new Error(`wasm engine: a worker did not start: ${event.message}`));
    worker.onmessage = () => {
      URL.revokeObjectURL(address);
      resolve({ terminate: () => worker.terminate() });
    };
    worker.postMessage(start);
  });

/** Starts a worker and waits until it is ready for jobs. */
export const startWorker = (start: WorkerStart): Promise<RunningWorker> => {
  const node = builtinModule<NodeWorkers>('node:worker_threads');
  return node === undefined ? startInBrowser(start) : startInNode(node, start);
};
