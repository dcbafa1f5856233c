// The data of the attention kernel: its record, its tasks, and how a thread's scratch is divided.

import type { KernelSpec } from './record.ts';
import { tileRows } from './tile.ts';

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

/** Keys of a block: its keys and values, packed, and one panel of its scores stay in cache. */
export const keyBlock = 256;

/** Keys that a word of bits tells of. */
export const wordKeys = 32;

/** Most columns of a task: while a block of keys is packed, this many columns use it. Half as many are 3 % slower, their state is 256 KB. */
export const maxColumns = 512;

/** What a thread remembers of a panel of queries, one a lane, by offset in bytes. */
export interface PanelState {
  /** Greatest score so far (in powers of 2); −∞ before the first. A number a lane, as are the next five. */
  readonly max: number;
  /** Sum of weights so far. */
  readonly sum: number;
  /** First key and end of the keys that the lane sees. */
  readonly first: number;
  readonly end: number;
  /** Addresses that the lane's results go to. */
  readonly out: number;
  readonly logSumExp: number;
  /** Least `first`, greatest `end`, greatest `first`, least `end` of the lanes. */
  readonly low: number;
  readonly high: number;
  readonly greatestFirst: number;
  readonly leastEnd: number;
  /** Whether the sums of values hold anything yet. */
  readonly started: number;
  /** With bits: address of the words of the keys that are met now. */
  readonly met: number;
  /** With terms, a lane each: address of the query's bias, column of key 0 with its sign turned, first random number. */
  readonly biasRow: number;
  readonly biasShift: number;
  readonly position: number;
  /** With bits, a lane each: address of the word that holds key 0. */
  readonly words: number;
  /** The packed queries; the sums of values follow them. */
  readonly queries: number;
}

/** The state of a panel of `across` columns, which are lanes. */
export const panelState = (across: number): PanelState => {
  const lanes = 4 * across;
  const single = 6 * lanes;
  return {
    ...{ max: 0, sum: lanes, first: 2 * lanes, end: 3 * lanes, out: 4 * lanes, logSumExp: 5 * lanes },
    ...{ low: single, high: single + 4, greatestFirst: single + 8, leastEnd: single + 12 },
    ...{ started: single + 16, met: single + 20, biasRow: single + 64, biasShift: single + 64 + lanes },
    ...{ position: single + 64 + 2 * lanes, words: single + 64 + 3 * lanes },
    ...{ queries: single + 64 + 4 * lanes }, // on a cache line of its own
  };
};

/** Depths of an attention, and the columns of its panels. */
export interface AttentionSizes {
  readonly across: number;
  readonly depth: number;
  readonly valueDepth: number;
}

/** Bytes of a panel's state. */
export const panelBytes = ({ across, depth, valueDepth }: AttentionSizes): number =>
  panelState(across).queries + 4 * across * (depth + Math.ceil(valueDepth / tileRows) * tileRows);

/** Bytes of a thread's scratch: packed keys, packed values, scores, where missing lanes write, states of the panels. */
export const attentionScratch = (sizes: AttentionSizes, columns: number): number => {
  const { across, depth, valueDepth } = sizes;
  const paddedValues = Math.ceil(valueDepth / tileRows) * tileRows;
  const block = 4 * keyBlock * (depth + paddedValues + across);
  return block + 4 * paddedValues + Math.ceil(columns / across) * panelBytes(sizes);
};
