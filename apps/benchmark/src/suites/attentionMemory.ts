// Memory of one call of attention beyond its inputs and output, each in a process of its own: ours, and PyTorch's softmax(Q·Kᵀ)·V where a Python with it
// was given.

import { fork, spawnSync } from 'node:child_process';
import { ours } from '../engines.ts';
import { pyTorchAttentionName } from '../peers/pyTorchAttention.ts';
import type { MemoryResult } from './memory.ts';

/** One call and what it took. */
export interface AttentionMemory {
  readonly name: string;
  readonly results: readonly MemoryResult[];
}

interface Shape {
  readonly name: string;
  readonly heads: number;
  readonly length: number;
  readonly causal: boolean;
}

/** One head of 32 768 tokens, causal: its matrix of weights would be 4 GB. */
export const longShape: Shape = {
  ...{ name: '32768 tokens, 1 head, causal', heads: 1, length: 32_768, causal: true },
};
/** What PyTorch is compared at: two matrices of 512 MB. */
export const explicitShape: Shape = {
  ...{ name: '4096 tokens, 8 heads', heads: 8, length: 4096, causal: false },
};

/** Most megabytes that the long one may take. */
export const longMegabytes = 64;

const measureOurs = ({ heads, length, causal }: Shape): Promise<MemoryResult> =>
  new Promise((resolve) => {
    const given = [heads, length, Number(causal)].map(String);
    const child = fork(new URL('../attentionMemoryChild.js', import.meta.url), given);
    let megabytes: number | undefined;
    child.on('message', (message: { readonly megabytes: number }) => {
      megabytes = message.megabytes;
    });
    child.on('exit', () => resolve({ name: ours, megabytes }));
  });

const program = `
import resource, sys, torch
heads, length, depth = map(int, sys.argv[1:4])
torch.set_num_threads(1)
def run(rows):
    q, k, v = (torch.randn(heads, rows, depth) for _ in range(3))
    before = int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize()
    with torch.no_grad():
        out = torch.softmax((q @ k.transpose(-2, -1)) * depth ** -0.5, -1) @ v
    return before, out.numel() * 4
run(64)
before, output = run(length)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before - output) / 2 ** 20)
`;

const measurePyTorch = (python: string, { heads, length }: Shape): MemoryResult => {
  const { stdout } = spawnSync(python, ['-c', program, ...[heads, length, 64].map(String)], {
    encoding: 'utf8',
  });
  const megabytes = Number.parseFloat(stdout ?? '');
  return { name: pyTorchAttentionName, megabytes: Number.isFinite(megabytes) ? megabytes : undefined };
};

/** Both calls. */
export const measureAttentionMemory = async ({
  python,
  progress,
}: {
  readonly python: string | undefined;
  readonly progress: (text: string) => void;
}): Promise<AttentionMemory[]> => {
  const found: AttentionMemory[] = [];
  for (const shape of [longShape, explicitShape]) {
    progress(`memory of attention, ${shape.name}`);
    const results = [await measureOurs(shape)];
    if (python !== undefined && shape === explicitShape) results.push(measurePyTorch(python, shape));
    found.push({ name: shape.name, results });
  }
  return found;
};
