// What a suite hands to the clock: cases, each with its contenders. Not here: how they are timed (measure.ts) and compared (compare.ts).

/** One engine, ready to compute one case. */
export interface Contender {
  readonly name: string;
  /** Computes the case once, tensors in and out. */
  run(): void | Promise<void>;
  /** What the last run gave, in the order that all contenders of the case agree on. */
  output(): Float32Array;
  /** Frees what the case held. */
  dispose?(): void | Promise<void>;
}

/** A contender that takes no part, and why. */
export interface Absence {
  readonly name: string;
  readonly reason: string;
}

/** One case: what is computed, and who computes it. The first contender is ours, all others are compared with it. */
export interface BenchmarkCase {
  readonly name: string;
  /** Floating-point operations of one run, where the rate is worth printing. */
  readonly operations?: number;
  /** Largest allowed difference from ours, as a part of our largest absolute value. */
  readonly tolerance: number;
  readonly absences: readonly Absence[];
  /** Most rounds, for cases that take seconds. Default: as many as asked for. */
  readonly rounds?: number;
  /** Prepares all contenders: weights packed, sessions made. */
  prepare(): Promise<readonly Contender[]>;
}
