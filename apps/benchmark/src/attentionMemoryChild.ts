// Entry of a process of the suite `attention`: one call of ours; what comes back is the most memory that the process had in it, beyond what it had
// before and beyond the output.

import { attention, causal } from '@heed/attention';
import { inference, Tensor, useBackend, wasmBackend } from '@heed/tensor';
import { noise } from './noise.ts';

const depth = 64;
const [, , heads = 0, length = 0, masked = 0] = process.argv.map(Number);

const operandsOf = (rows: number): readonly [Tensor, Tensor, Tensor] =>
  [1, 2, 3].map(
    (seed) => new Tensor('float32', [1, heads, rows, depth], noise(heads * rows * depth, seed)),
  ) as unknown as readonly [Tensor, Tensor, Tensor]; // three

const run = (operands: readonly [Tensor, Tensor, Tensor]): Tensor =>
  inference(() => attention(...operands, masked === 1 ? { mask: causal() } : {}));

useBackend(await wasmBackend({ threads: 1 }));
run(operandsOf(64)); // compiled
const operands = operandsOf(length);
const before = process.memoryUsage.rss();
const { size } = run(operands);
const bytes = process.resourceUsage().maxRSS * 1024 - before - 4 * size; // maxRSS is in KiB
process.send?.({ megabytes: bytes / 2 ** 20 }, () => process.exit(0));
