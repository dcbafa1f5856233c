// The yardstick's fused attention, not causal, one thread: head by head over q, k, v [heads, length, depth].

import type { Contender } from '../contender.ts';
import { type Yardstick, yardstickExports, yardstickMemory } from './yardstick.ts';

/** Operands, each [heads, length, depth]. */
export interface AttentionOperands {
  readonly heads: number;
  readonly length: number;
  readonly depth: number;
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
}

/** Prepares the case. */
export const yardstickAttention = (
  yardstick: Yardstick,
  name: string,
  { heads, length, depth, ...operands }: AttentionOperands,
): Contender => {
  const scratch = 3 * length * depth + 2 ** 16;
  const size = heads * length * depth;
  const memory = yardstickMemory(4 * size + scratch);
  const { attn } = yardstickExports(yardstick.encoder, memory);
  const [q, k, v] = [operands.q, operands.k, operands.v].map(memory.put) as [number, number, number]; // three operands
  const out = memory.room(size);
  const work = memory.room(scratch);
  const bytes = 4 * length * depth; // of one head
  return {
    name,
    run: () => {
      for (let head = 0; head < heads; head++)
        attn(
          q + head * bytes,
          k + head * bytes,
          v + head * bytes,
          depth,
          out + head * bytes,
          depth,
          length,
          length,
          0,
          length,
          depth,
          work,
        );
    },
    output: () => memory.take(out, size),
  };
};
