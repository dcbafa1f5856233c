// The flash kernel with and without a mask, timed in turns in the Worker; and whether the masked output is the dense kernel's.

import { attention, dense, maskFromJson } from '@heed/attention';
import { normal, random, type Tensor } from '@heed/tensor';
import type { Calls, MaskTiming } from '../protocol.ts';
import { nextTurn } from './nextTurn.ts';

const largestDifference = (a: Tensor, b: Tensor): number =>
  a.data.reduce((most, value, index) => Math.max(most, Math.abs(value - (b.data[index] ?? 0))), 0);

/** Runs both in turns, `repeats` times after one that does not count; each pair is told. */
export const timeMask = async (
  { mask: json, length, heads, depth, repeats }: Calls['maskTime']['input'],
  { signal, tell }: { readonly signal: AbortSignal; tell(event: MaskTiming): void },
): Promise<number> => {
  const mask = maskFromJson(json);
  const noise = random(1);
  const shape = [1, heads, length, depth];
  const [q, k, v] = [normal(shape, noise), normal(shape, noise), normal(shape, noise)];
  const timed = async (run: () => Tensor): Promise<number> => {
    await nextTurn();
    signal.throwIfAborted();
    const begin = performance.now();
    run();
    return performance.now() - begin;
  };
  const [full, masked] = [() => attention(q, k, v), () => attention(q, k, v, { mask })];
  for (let turn = 0; turn <= repeats; turn++) {
    const times = { full: await timed(full), masked: await timed(masked) };
    if (turn > 0) tell(times);
  }
  await nextTurn();
  signal.throwIfAborted();
  return largestDifference(masked(), attention(q, k, v, { mask, kernel: dense }));
};
