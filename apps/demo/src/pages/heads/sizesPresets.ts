// Published sizes of attention, by their configurations, and the notes' example.

import type { HeadsOptions } from '../../experiments/headCounts.ts';

/** Stacks that make a point in one click. */
export const sizesPresets = {
  llama3: { width: 4096, heads: 32, kvHeads: 8, layers: 32, context: 8192, bytes: 2 },
  llama2: { width: 4096, heads: 32, kvHeads: 32, layers: 32, context: 4096, bytes: 2 },
  starcoder: { width: 6144, heads: 48, kvHeads: 1, layers: 40, context: 8192, bytes: 2 },
  notes: { width: 512, heads: 8, kvHeads: 4, layers: 6, context: 1024, bytes: 4 },
} as const satisfies Record<string, HeadsOptions>;
