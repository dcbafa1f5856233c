// What the command asks of a measuring process, and what comes back message by message.

import type { CaseResult, Conditions } from './result.ts';

/** Suites that are cases with contenders, measured in a process of their own for each kind of SIMD and count of threads. */
export const timedSuites = [
  'matmul',
  'attention',
  'encoder',
  'recurrent',
  'training',
  'layers',
  'tokenizers',
] as const;

/** One of them. */
export type TimedSuite = (typeof timedSuites)[number];

/** One measuring process. */
export interface Job {
  readonly suite: TimedSuite;
  readonly conditions: Conditions;
  readonly rounds: number;
  readonly peers: readonly string[];
  /** Folders. */
  readonly yardstick: string;
  readonly minilm: string;
  readonly shared: string;
  /** A Python with PyTorch; undefined: no row of it. */
  readonly python: string | undefined;
}

/** What a measuring process says: what it is doing, or a result. */
export type Message =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'result'; readonly result: CaseResult };
