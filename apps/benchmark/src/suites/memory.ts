// Most memory of a process that trains: the step of the suite `training`, an engine a process.

import { fork } from 'node:child_process';
import { jaxName, ours, tensorFlowName } from '../engines.ts';

/** What one engine's process needed. */
export interface MemoryResult {
  readonly name: string;
  /** Largest resident size; undefined where it did not come to an end. */
  readonly megabytes: number | undefined;
}

/** PyTorch 1.13 with the same step on this project's machine, resident MB: measured once, since it is not to be had from npm. */
export const pyTorchMegabytes = 541;

const steps = 3; // after the second nothing new is allocated

const measure = (name: string): Promise<MemoryResult> =>
  new Promise((resolve) => {
    const child = fork(new URL('../memoryChild.js', import.meta.url), [name, String(steps)]);
    let megabytes: number | undefined;
    child.on('message', (message: { readonly megabytes: number }) => {
      megabytes = message.megabytes;
    });
    child.on('exit', () => resolve({ name, megabytes }));
  });

/** Ours, and those of the peers that can train. */
export const measureMemory = async ({
  peers,
  progress,
}: {
  readonly peers: readonly string[];
  readonly progress: (text: string) => void;
}): Promise<MemoryResult[]> => {
  const results: MemoryResult[] = [];
  for (const name of [ours, ...[jaxName, tensorFlowName].filter((peer) => peers.includes(peer))]) {
    progress(`memory of a training step, ${name}`);
    results.push(await measure(name));
  }
  return results;
};
