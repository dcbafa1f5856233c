// Most memory of a process that trains: the step of the suite `training`, an engine a process.

import { fork } from 'node:child_process';
import { jaxName, ours, tensorFlowName } from '../engines.ts';
import { pyTorchName, pyTorchTraining } from '../peers/pyTorchTraining.ts';
import { trainingProblem } from '../trainingModel.ts';
import { trainingShape } from './training.ts';

/** What one engine's process needed. */
export interface MemoryResult {
  readonly name: string;
  /** Largest resident size; undefined where it did not come to an end. */
  readonly megabytes: number | undefined;
}

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

const measurePyTorch = async (python: string): Promise<MemoryResult> => {
  const { step, megabytes, end } = pyTorchTraining(python, 1, trainingProblem(trainingShape));
  try {
    for (let done = 0; done < steps; done++) await step();
    return { name: pyTorchName, megabytes: await megabytes() };
  } catch {
    return { name: pyTorchName, megabytes: undefined };
  } finally {
    end();
  }
};

/** Ours, those of the peers that can train, and PyTorch where a Python with it is given. */
export const measureMemory = async ({
  peers,
  python,
  progress,
}: {
  readonly peers: readonly string[];
  readonly python: string | undefined;
  readonly progress: (text: string) => void;
}): Promise<MemoryResult[]> => {
  const results: MemoryResult[] = [];
  for (const name of [ours, ...[jaxName, tensorFlowName].filter((peer) => peers.includes(peer))]) {
    progress(`memory of a training step, ${name}`);
    results.push(await measure(name));
  }
  if (python !== undefined) {
    progress(`memory of a training step, ${pyTorchName}`);
    results.push(await measurePyTorch(python));
  }
  return results;
};
