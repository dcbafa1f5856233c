// The data of the attention kernel: its record, its tasks, and how a thread's scratch is divided.

import type { KernelSpec } from './record.ts';
import { tileColumns, tileRows } from './tile.ts';

/**
 * Addresses and strides (bytes) of the operands; `tasks` is a table of taskFields numbers a chunk; `visible` 0: every key;
 * `logSumExp` 0: not wanted. `group` query heads share a key head. `scale` includes log₂ e, because weights are powers of 2.
 */
const attentionRecord = {
  q: 'i32',
  k: 'i32',
  v: 'i32',
  out: 'i32',
  logSumExp: 'i32',
  qRow: 'i32',
  qHead: 'i32',
  kRow: 'i32',
  kHead: 'i32',
  vRow: 'i32',
  vHead: 'i32',
  outRow: 'i32',
  outHead: 'i32',
  logSumExpRow: 'i32',
  logSumExpHead: 'i32',
  group: 'i32',
  depth: 'i32',
  valueDepth: 'i32',
  scale: 'f32',
  tasks: 'i32',
  visible: 'i32',
} as const;

/** The fields, as a layout. */
export type AttentionRecord = typeof attentionRecord;

/** Chunk = one task. */
export const attentionKernel: KernelSpec<AttentionRecord> = { name: 'attention', layout: attentionRecord };

/**
 * One task: some query columns of one sequence and one key head. Columns number the pairs (query head of the group, query row):
 * column c is row c mod `queries` of head ⌊c / queries⌋.
 */
export const taskFields = {
  firstQuery: 'i32',
  queries: 'i32',
  firstKey: 'i32',
  keys: 'i32',
  firstVisible: 'i32',
  kvHead: 'i32',
  firstColumn: 'i32',
  columns: 'i32',
} as const;

/** Bytes of a task. */
export const taskBytes: number = 4 * Object.keys(taskFields).length;

/** Keys of a block: its keys and values, packed, and 8 columns of its scores stay in cache. */
export const keyBlock = 256;

/** Most columns of a task: while a block of keys is packed, this many columns use it. */
export const maxColumns = 256;

/**
 * What a thread remembers of a panel of 8 columns, by offset in bytes; vectors of 8 lanes, then single numbers. The packed
 * queries follow at `queries`, then the sums of values.
 */
export const panelState = {
  /** Greatest score so far (in powers of 2); −∞ before the first. */
  max: 0,
  /** Sum of weights so far. */
  sum: 32,
  /** First key and end of the keys that the lane sees. */
  first: 64,
  end: 96,
  /** Addresses that the lane's results go to. */
  out: 128,
  logSumExp: 160,
  /** Least `first`, greatest `end`, greatest `first`, least `end` of the lanes. */
  low: 192,
  high: 196,
  greatestFirst: 200,
  leastEnd: 204,
  /** Whether the sums of values hold anything yet. */
  started: 208,
  queries: 256,
} as const;

/** Bytes of a panel's state. */
export const panelBytes = (depth: number, valueDepth: number): number =>
  panelState.queries + 4 * tileColumns * (depth + Math.ceil(valueDepth / tileRows) * tileRows);

/** Bytes of a thread's scratch: packed keys, packed values, scores, where missing lanes write, states of the panels. */
export const attentionScratch = (depth: number, valueDepth: number, columns: number): number => {
  const paddedValues = Math.ceil(valueDepth / tileRows) * tileRows;
  const block = 4 * keyBlock * (depth + paddedValues + tileColumns);
  return block + 4 * paddedValues + Math.ceil(columns / tileColumns) * panelBytes(depth, valueDepth);
};
