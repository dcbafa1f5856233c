// Starts a measuring process and gathers its results. Flags of V8 are passed to that process only; ours never changes its own.

import { fork } from 'node:child_process';
import type { Job, Message } from './job.ts';
import type { CaseResult } from './result.ts';

/** The flag that Node 20 needs for relaxed SIMD; Node 22 and later have it without. */
const relaxedFlags = (): string[] =>
  Number(process.versions.node.split('.', 1)[0]) < 22 ? ['--experimental-wasm-relaxed-simd'] : [];

/** Runs a job in its own process. Rejects where the process ends with an error. */
export const spawnJob = (job: Job, progress: (text: string) => void): Promise<CaseResult[]> =>
  new Promise((resolve, reject) => {
    const execArgv = job.conditions.simd === 'relaxed' ? relaxedFlags() : [];
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
