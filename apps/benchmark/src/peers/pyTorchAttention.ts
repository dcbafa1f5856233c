// PyTorch, where a Python with it was given: softmax(Q·Kᵀ)·V as a user writes it.

import type { Contender } from '../contender.ts';
import { pythonPeer } from './pythonPeer.ts';

/** Name of its rows. */
export const pyTorchAttentionName = 'PyTorch, explicit';

/** Reads q, k, v [heads, length, depth]; then for each r it computes and answers a byte, for o it writes the result. */
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

/** Starts the process and gives it the operands. A Python that cannot do it drops out of the case with its own message. */
export const pyTorchAttention = (
  python: string,
  threads: number,
  { heads, length, depth, q, k, v }: PyTorchOperands,
): Contender => {
  const peer = pythonPeer(python, program, {
    numbers: [heads, length, depth, threads],
    arrays: [q, k, v],
  });
  let result: Float32Array | undefined;
  return {
    name: pyTorchAttentionName,
    run: async () => {
      await peer.ask('r', 1);
      result ??= new Float32Array((await peer.ask('o', 4 * heads * length * depth)).buffer);
    },
    output: () => result ?? new Float32Array(),
    dispose: () => peer.end(),
  };
};
