// The data of the attention gradient's kernel: its record, its tasks, and how a thread's scratch is divided.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local, Operand, Value } from '../assembler/value.ts';
import { type AttentionSizes, panelState, wordKeys } from './attentionRecord.ts';
import type { KernelSpec } from './record.ts';
import { tileRows } from './tile.ts';

/** Addresses and strides (bytes) of the operands and of their gradients; `tasks` is a table of taskFields numbers a chunk; `visible` 0: every key. */
const attentionGradientRecord = {
  q: 'i32',
  k: 'i32',
  v: 'i32',
  out: 'i32',
  gradient: 'i32',
  qGradient: 'i32',
  kGradient: 'i32',
  vGradient: 'i32',
  qRow: 'i32',
  qHead: 'i32',
  kRow: 'i32',
  kHead: 'i32',
  vRow: 'i32',
  vHead: 'i32',
  outRow: 'i32',
  outHead: 'i32',
  gradientRow: 'i32',
  gradientHead: 'i32',
  qGradientRow: 'i32',
  qGradientHead: 'i32',
  kGradientRow: 'i32',
  kGradientHead: 'i32',
  vGradientRow: 'i32',
  vGradientHead: 'i32',
  group: 'i32',
  depth: 'i32',
  valueDepth: 'i32',
  scale: 'f32',
  tasks: 'i32',
  visible: 'i32',
} as const;

/** Chunk = one task. */
export const attentionGradientKernel: KernelSpec<typeof attentionGradientRecord> = {
  name: 'attentionGradient',
  layout: attentionGradientRecord,
};

/** One task: a sequence and a key head, with all query heads that read it: nobody else adds to its keys and values. */
export const gradientTaskFields = {
  firstQuery: 'i32',
  queries: 'i32',
  firstKey: 'i32',
  keys: 'i32',
  firstVisible: 'i32',
  kvHead: 'i32',
} as const;

/** Bytes of a task. */
export const gradientTaskBytes: number = 4 * Object.keys(gradientTaskFields).length;

/** Query rows of a block: as many as the products that sum over them need to run at full speed. */
export const gradientRows = 64;
/** Keys that a block of query rows meets at once: 64 × 64 weights are 16 KB, half of a first-level cache. */
export const gradientKeys = 64;

const weightsBytes = 4 * gradientRows * gradientKeys;

/** The parts of scratch in order, and bytes of each: a sum of products of sizes. `wide` and `wideValue` are the depths, padded to panels. */
const parts = {
  /** Keys and values as left operands, [tile of 4 keys][depth][4]. */
  packedKeys: { keys: 4, of: 'depth' },
  packedValues: { keys: 4, of: 'valueDepth' },
  /** Keys as a right operand, rows of padded depth. */
  keyRows: { keys: 4, of: 'wide' },
  /** Sums of the gradients of keys and values, rows of padded depth. */
  keySums: { keys: 4, of: 'wide' },
  valueSums: { keys: 4, of: 'wideValue' },
  /** Of a block of query rows: queries and upstream gradients, as rows and as panels [depth][across]; gradients of the queries. */
  queryRows: { keys: 0, of: 'wide' },
  upstreamRows: { keys: 0, of: 'wideValue' },
  queryPanels: { keys: 0, of: 'wide' },
  upstreamPanels: { keys: 0, of: 'wideValue' },
  querySums: { keys: 0, of: 'wide' },
} as const;

/** Names of the parts whose size depends on the depth. */
export type GradientPart = keyof typeof parts;

/**
 * Scores of a block of rows against all keys, [block of keys][panel][key][lane], with terms their slopes likewise, and the panels' maxima then; with
 * bits the words of the panels, [block of keys][panel][32 keys][lane], and whether any of them has a bit that is 1.
 */
type BlockPart = 'blockScores' | 'blockSlopes' | 'blockTops' | 'blockWords' | 'blockSeen';

/** Which kernel scratch is for. */
export interface GradientWays {
  readonly withTerms: boolean;
  readonly withBits: boolean;
}

type FixedPart = 'weightGradients' | 'factors' | 'weights' | 'scoreGradients' | 'scoreRows' | 'panels';

/**
 * Bytes of the parts whose size does not: weight gradients of a panel (with terms the factors of its weights too), and the weights as left operands
 * of three products.
 */
const fixed = (across: number): Readonly<Record<FixedPart, number>> => {
  const panel = 4 * gradientKeys * across;
  const panels = (gradientRows / across) * panelState(across).queries;
  return {
    weightGradients: panel,
    factors: panel,
    weights: weightsBytes,
    scoreGradients: weightsBytes,
    scoreRows: weightsBytes,
    panels,
  };
};

/** Names of all parts. */
export type GradientScratch = Readonly<Record<GradientPart | FixedPart | BlockPart, Local<'i32'>>>;

const names = Object.keys(parts) as readonly GradientPart[];

/** Bytes that say whether anybody sees any of a block of keys: a vector, so that what follows stays in line. */
export const seenBytes = 16;

/** Bytes of the parts of a block of rows, for each block of keys. */
const ofBlock = ({ withTerms, withBits }: GradientWays): Readonly<Record<BlockPart, number>> => ({
  blockScores: weightsBytes,
  blockSlopes: withTerms ? weightsBytes : 0,
  blockTops: 4 * gradientRows,
  blockWords: withBits ? 4 * gradientRows * (gradientKeys / wordKeys) : 0,
  blockSeen: withBits ? seenBytes : 0,
});

/** Bytes of a thread's scratch for tasks of so many keys. */
export const attentionGradientScratch = (
  { across, depth, valueDepth }: AttentionSizes,
  { keys, ...ways }: { readonly keys: number } & GradientWays,
): number => {
  const padded = (width: number): number => Math.ceil(width / across) * across;
  const widths = { depth, valueDepth, wide: padded(depth), wideValue: padded(valueDepth) };
  const rows = Math.ceil(keys / tileRows) * tileRows;
  return (
    Object.values(fixed(across)).reduce((sum, bytes) => sum + bytes, 0) +
    Object.values(ofBlock(ways)).reduce((sum, bytes) => sum + bytes, 0) * Math.ceil(keys / gradientKeys) +
    names.reduce(
      (sum, name) => sum + 4 * widths[parts[name].of] * (parts[name].keys > 0 ? rows : gradientRows),
      0,
    )
  );
};

/** The addresses of the parts, as `attentionGradientScratch` counts them. */
export const divideScratch = (
  f: FunctionBuilder,
  scratch: Local<'i32'>,
  {
    across,
    keys,
    withTerms,
    withBits,
    ...widths
  }: { readonly across: number; readonly keys: Local<'i32'> } & GradientWays &
    Readonly<Record<'depth' | 'valueDepth' | 'wide' | 'wideValue', Local<'i32'>>>,
): GradientScratch => {
  const at = f.let(scratch);
  const found: [string, Local<'i32'>][] = [];
  const take = (name: string, bytes: Operand<'i32'>): void => {
    found.push([name, f.let(at)]);
    f.set(at, i32.add(at, bytes));
  };
  for (const [name, bytes] of Object.entries(fixed(across))) take(name, bytes);
  const blocks = f.let(i32.div(i32.add(keys, gradientKeys - 1), gradientKeys));
  for (const [name, bytes] of Object.entries(ofBlock({ withTerms, withBits })))
    take(name, i32.mul(blocks, bytes));
  const rows = f.let(i32.and(i32.add(keys, tileRows - 1), -tileRows));
  const times = (width: Local<'i32'>, count: Operand<'i32'>): Value<'i32'> =>
    i32.shiftLeft(i32.mul(width, count), 2);
  for (const name of names)
    take(name, times(widths[parts[name].of], parts[name].keys > 0 ? rows : gradientRows));
  return Object.fromEntries(found) as unknown as GradientScratch; // one local a part
};
