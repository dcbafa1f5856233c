// PyTorch, where a Python with it was given: softmax(Q·Kᵀ)·V as a user writes it, in a process that waits for a word to compute. Never needed
// and never installed by us.

import { spawn } from 'node:child_process';
import type { Contender } from '../contender.ts';

/** Name of PyTorch's rows. */
export const pyTorchName = 'PyTorch, explicit';

/** Reads q, k, v [heads, length, depth]; then for each byte r it computes and answers a byte, for o it writes the result. */
const program = `
import sys, torch
heads, length, depth, threads = map(int, sys.argv[1:5])
torch.set_num_threads(threads)
size = heads * length * depth
read = lambda: torch.frombuffer(bytearray(sys.stdin.buffer.read(4 * size)), dtype=torch.float32).view(heads, length, depth)
q, k, v = read(), read(), read()
out = None
while True:
    word = sys.stdin.buffer.read(1)
    if word == b'r':
        with torch.no_grad():
            out = torch.softmax((q @ k.transpose(-2, -1)) * depth ** -0.5, -1) @ v
        sys.stdout.buffer.write(b'd')
    elif word == b'o':
        sys.stdout.buffer.write(out.contiguous().numpy().tobytes())
    else:
        break
    sys.stdout.buffer.flush()
`;

/** Operands, each [1, heads, length, depth]. */
export interface PyTorchOperands {
  readonly heads: number;
  readonly length: number;
  readonly depth: number;
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
}

const bytesOf = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);

/** Starts the process and gives it the operands. A Python that cannot do it drops out of the case with its own message. */
export const pyTorchAttention = async (
  python: string,
  threads: number,
  { heads, length, depth, q, k, v }: PyTorchOperands,
): Promise<Contender> => {
  const child = spawn(python, ['-c', program, ...[heads, length, depth, threads].map(String)]);
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${python}: ${said.trim().split('\n').at(-1) ?? 'ended'}`)));
  });
  ended.catch(() => undefined); // told by whoever waits
  child.stdin.on('error', () => undefined); // its end is told by `ended`
  const received: Buffer[] = [];
  let wake = (): void => undefined;
  child.stdout.on('data', (part: Buffer) => {
    received.push(part);
    wake();
  });
  const take = async (bytes: number): Promise<Buffer> => {
    while (received.reduce((sum, part) => sum + part.length, 0) < bytes)
      await Promise.race([ended, new Promise<void>((resolve) => (wake = resolve))]);
    return Buffer.concat(received.splice(0));
  };
  for (const x of [q, k, v]) child.stdin.write(bytesOf(x));
  let result: Float32Array = new Float32Array();
  let first = true;
  return {
    name: pyTorchName,
    run: async () => {
      child.stdin.write('r');
      await take(1);
      if (!first) return;
      first = false;
      child.stdin.write('o');
      result = new Float32Array(Uint8Array.from(await take(4 * heads * length * depth)).buffer);
    },
    output: () => result,
    dispose: () => {
      child.stdin.end();
    },
  };
};
