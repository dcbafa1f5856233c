// Starts a measuring process and gathers its results. Flags of V8 are passed to that process only; ours never changes its own.

import { fork } from 'node:child_process';
import type { Job, Message } from './job.ts';
import type { CaseResult, Simd } from './result.ts';

const nodeVersion = Number(process.versions.node.split('.', 1)[0]);

/** Why this Node has no such SIMD; undefined where it has. */
export const withoutSimd = (simd: Simd): string | undefined =>
  simd === 'wide' && nodeVersion < 24
    ? `Node ${process.versions.node} does not join vectors (--experimental-wasm-revectorize); Node 24 does`
    : undefined;

/** The flags of V8 that a kind of SIMD needs in this Node. */
const flagsFor = (simd: Simd): string[] => {
  switch (simd) {
    case 'plain':
      return [];
    case 'relaxed':
      return nodeVersion < 22 ? ['--experimental-wasm-relaxed-simd'] : []; // later ones have it without
    case 'wide':
      return ['--experimental-wasm-revectorize'];
    default:
      return simd satisfies never;
  }
};

/** Runs a job in its own process. Rejects where the process ends with an error. */
export const spawnJob = (job: Job, progress: (text: string) => void): Promise<CaseResult[]> =>
  new Promise((resolve, reject) => {
    const execArgv = flagsFor(job.conditions.simd);
    const child = fork(new URL('./child.js', import.meta.url), [JSON.stringify(job)], {
      execArgv,
      serialization: 'advanced',
    });
    const results: CaseResult[] = [];
    child.on('message', (message: Message) => {
      if (message.kind === 'result') results.push(message.result);
      else progress(message.text);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve(results);
      else reject(new Error(`${job.suite}: its process ended with ${signal ?? `code ${code}`}.`));
    });
  });
