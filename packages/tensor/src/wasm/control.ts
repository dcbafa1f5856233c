// The control block at the bottom of the engine's memory: how the caller and its workers share out the chunks of a job.
// Words that different threads write lie on cache lines of their own.

import { maxFields } from './kernels/record.ts';

/** Index (in 32-bit words) of each word of the control block. */
export const control: {
  /** Counts jobs; workers sleep on it. */
  readonly job: number;
  /** Chunks that nobody has taken yet; who subtracts 1 and saw n > 0 has taken chunk n − 1. */
  readonly remaining: number;
  /** Chunks that are done. */
  readonly finished: number;
  /** Not 0 once a worker has failed. */
  readonly failed: number;
  /** The number of the kernel, and of the module that holds it. */
  readonly kernel: number;
  readonly group: number;
  /** Address and length of that module's bytes; not read for module 0, which workers start with. */
  readonly module: number;
  readonly moduleBytes: number;
  /** Address of the first thread's scratch, and bytes from one thread's to the next. */
  readonly scratch: number;
  readonly scratchStride: number;
  /** Up to which chunk each of the records counts: chunk c is of the first one whose number here is above c. */
  readonly ends: number;
  /** The kernel's records, `maxFields` words each. */
  readonly record: number;
} = {
  job: 16,
  remaining: 32,
  finished: 48,
  failed: 64,
  kernel: 65,
  scratch: 66,
  scratchStride: 67,
  group: 68,
  module: 69,
  moduleBytes: 70,
  ends: 71,
  record: 80,
};

/** Records that one job may have. */
export const mostRecords = 4;

/** Bytes of the control block; address 0 lies in it, so that 0 can stand for "none". */
export const controlBytes: number = 4 * (control.record + mostRecords * maxFields);
