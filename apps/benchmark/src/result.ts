// Results as they go from the measuring processes to the report: plain data, so that they survive the way between processes.

import type { Absence } from './contender.ts';

/** Flavours of SIMD that a measuring process may run with; 'wide' needs V8's joining of vectors. */
export const simdFlavours = ['plain', 'relaxed', 'wide'] as const;

/** One of them. */
export type Simd = (typeof simdFlavours)[number];

/** How a measuring process is set up. */
export interface Conditions {
  readonly simd: Simd;
  readonly threads: number;
}

/** Times of one contender. */
export interface ContenderResult {
  readonly name: string;
  /** Milliseconds of one run, a number a round. Empty where nothing was timed. */
  readonly times: readonly number[];
  /** Largest difference from ours, as a part of our largest absolute value; 0 for ours. */
  readonly error: number;
}

/** What became of one case. */
export interface CaseResult {
  readonly suite: string;
  readonly name: string;
  readonly conditions: Conditions;
  readonly operations: number | undefined;
  readonly contenders: readonly ContenderResult[];
  readonly absences: readonly Absence[];
  /** Why there are no times: outputs differ, or ours broke. */
  readonly failure: string | undefined;
}
