// The requests of the kernel contract (cases.ts): sizes, masks, biases, sinks, dropout, with seeded numbers. Not how answers are checked.

import { type Random, random, type Tensor, tensorOf } from '@heed/tensor';
import { byDistance } from './bias.ts';
import type { AttentionRequest } from './kernel.ts';
import {
  and,
  blocks,
  causal,
  documents,
  global,
  hideWhere,
  keepWhere,
  type Mask,
  not,
  or,
  padding,
  where,
  window,
} from './mask.ts';
import { streaming } from './patterns.ts';

/** Sizes of a request; batch 2, four heads, depth 8 where nothing is said. */
export interface Sizes {
  readonly batch?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly queries: number;
  readonly keys: number;
  readonly depth?: number;
  readonly valueDepth?: number;
}

/** A request by its sizes and options. */
export interface Setting extends Sizes {
  readonly name: string;
  readonly mask?: (tensor: (bits: readonly number[], shape: readonly number[]) => Tensor<'bool'>) => Mask;
  readonly bias?: readonly number[];
  /** Shape of the table of a bias by distance, and its first distance. */
  readonly distances?: readonly [shape: readonly number[], first: number];
  readonly scale?: number;
  /** Deviation of queries and keys; default 1. */
  readonly spread?: number;
  readonly dropout?: number;
  readonly softcap?: number;
  readonly sinks?: boolean;
}

/** Normal numbers of a deviation. */
export const draw = (shape: readonly number[], source: Random, spread: number): Tensor =>
  tensorOf(
    'float32',
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => spread * source.normal()),
  );

const biasOf = ({ bias, distances }: Setting, source: Random): AttentionRequest['bias'] => {
  if (distances !== undefined) return byDistance(draw(distances[0], source, 1), { first: distances[1] });
  return bias === undefined ? undefined : draw(bias, source, 1);
};

/** The request of a setting, with seeded numbers. */
export const requestOf = (setting: Setting): AttentionRequest => {
  const {
    batch = 2,
    heads = 4,
    kvHeads = heads,
    queries,
    keys,
    depth = 8,
    valueDepth = depth,
    spread = 1,
  } = setting;
  const source = random(20_261);
  const bits = (values: readonly number[], shape: readonly number[]) =>
    tensorOf('bool', shape, Uint8Array.from(values));
  return {
    query: draw([batch, heads, queries, depth], source, spread),
    key: draw([batch, kvHeads, keys, depth], source, spread),
    value: draw([batch, kvHeads, keys, valueDepth], source, 1),
    scale: setting.scale ?? 1 / Math.sqrt(depth),
    softcap: setting.softcap,
    sinks: setting.sinks === true ? draw([heads], source, 1) : undefined,
    mask: setting.mask?.(bits),
    bias: biasOf(setting, source),
    dropout: setting.dropout === undefined ? undefined : { rate: setting.dropout, source: random(7) },
  };
};

const bitsOf = (count: number, seed: number): number[] => {
  const source = random(seed);
  return Array.from({ length: count }, () => (source.uniform() < 0.6 ? 1 : 0));
};

/** The requests that every kernel answers, or declines by name. */
export const settings: readonly Setting[] = [
  { name: 'self-attention without a mask', queries: 17, keys: 17 },
  { name: 'one query and one key', queries: 1, keys: 1 },
  {
    name: 'one query of grouped heads, over padded keys',
    queries: 1,
    keys: 300,
    kvHeads: 2,
    mask: () => padding([300, 7]),
  },
  {
    name: 'one query of batches that see the same',
    queries: 1,
    keys: 70,
    batch: 3,
    mask: () => window({ left: 40, right: 0 }),
  },
  { name: 'cross-attention: fewer queries than keys', queries: 5, keys: 37 },
  { name: 'cross-attention: more queries than keys', queries: 37, keys: 5 },
  { name: 'several tiles', queries: 150, keys: 140, batch: 1, heads: 2 },
  { name: 'values of another depth', queries: 9, keys: 11, depth: 6, valueDepth: 10 },
  { name: 'depth 1', queries: 9, keys: 11, depth: 1 },
  { name: 'grouped heads', queries: 13, keys: 15, heads: 6, kvHeads: 2 },
  { name: 'one key head for all', queries: 13, keys: 15, heads: 4, kvHeads: 1 },
  { name: 'a scale of one', queries: 13, keys: 15, scale: 1 },
  { name: 'causal', queries: 70, keys: 70, mask: causal },
  { name: 'causal, aligned at the lower right: fewer queries', queries: 3, keys: 9, mask: causal },
  {
    name: 'causal, aligned at the lower right: more queries, of which the first see nothing',
    queries: 9,
    keys: 3,
    mask: causal,
  },
  { name: 'padding', queries: 20, keys: 20, mask: () => padding([20, 7]) },
  { name: 'padding that hides a whole batch', queries: 6, keys: 6, mask: () => padding([0, 6]) },
  { name: 'window', queries: 130, keys: 130, batch: 1, mask: () => window({ left: 9, right: 3 }) },
  { name: 'causal and padding', queries: 33, keys: 33, mask: () => and(causal(), padding([33, 12])) },
  { name: 'documents', queries: 12, keys: 12, mask: () => documents([0, 0, 0, 1, 1, 1, 1, 2, 2, 0, 0, 3]) },
  {
    name: 'a boolean tensor to keep',
    queries: 12,
    keys: 14,
    mask: (bits) => keepWhere(bits(bitsOf(2 * 4 * 12 * 14, 5), [2, 4, 12, 14])),
  },
  {
    name: 'a boolean tensor to hide, broadcast',
    queries: 12,
    keys: 14,
    mask: (bits) => hideWhere(bits(bitsOf(12 * 14, 6), [12, 14])),
  },
  {
    name: 'a window and global tokens over several tiles',
    queries: 150,
    keys: 150,
    batch: 1,
    heads: 2,
    mask: () => or(window({ left: 9, right: 9 }), global([0, 70])),
  },
  {
    name: 'global tokens of each batch, fewer queries than keys, padding',
    queries: 30,
    keys: 70,
    mask: () => and(or(window({ left: 3, right: 0 }), global([[0, 55], [7]])), padding([70, 60])),
  },
  {
    name: 'a dilated window',
    queries: 90,
    keys: 100,
    batch: 1,
    mask: () => window({ left: 12, right: 4, dilation: 3 }),
  },
  {
    name: 'blocks, of which the last are short',
    queries: 90,
    keys: 100,
    batch: 1,
    mask: () =>
      blocks({
        size: 40,
        table: [
          [1, 0, 1],
          [0, 1, 0],
          [0, 0, 0],
        ],
      }),
  },
  {
    name: 'the first keys and the latest',
    queries: 80,
    keys: 80,
    mask: () => streaming({ window: 9, sinks: 2 }),
  },
  {
    name: 'a predicate',
    queries: 12,
    keys: 14,
    mask: () => where(({ head, query, key }) => (query + key + head) % 3 !== 0),
  },
  {
    name: 'or and not',
    queries: 40,
    keys: 40,
    mask: () => or(window({ left: 2, right: 2 }), not(or(causal(), padding([30, 40])))),
  },
  { name: 'scores of ±1e4', queries: 20, keys: 24, spread: 60 },
  {
    name: 'scores of ±1e4 under a window and global tokens',
    queries: 90,
    keys: 90,
    spread: 60,
    mask: () => or(window({ left: 9, right: 9 }), global([0, 70])),
  },
  { name: 'a bias for each head', queries: 20, keys: 24, bias: [1, 4, 20, 24] },
  {
    name: 'a bias by key, under a mask',
    queries: 20,
    keys: 24,
    bias: [1, 24],
    mask: () => window({ left: 8, right: 2 }),
  },
  { name: 'a bias by distance for each head', queries: 70, keys: 90, batch: 1, distances: [[4, 159], -89] },
  {
    name: 'a bias by few distances for all heads, causal, of grouped heads',
    queries: 70,
    keys: 70,
    kvHeads: 2,
    distances: [[1, 5], -4],
    mask: causal,
  },
  {
    name: 'a bias by distance of each query',
    queries: 70,
    keys: 90,
    batch: 2,
    distances: [[2, 4, 70, 9], -4],
  },
  { name: 'soft-capped scores, causal', queries: 20, keys: 24, softcap: 1.5, mask: causal },
  { name: 'sinks, more queries than keys, causal', queries: 24, keys: 20, sinks: true, mask: causal },
  {
    name: 'sinks of grouped heads, a window and global tokens',
    queries: 80,
    keys: 80,
    kvHeads: 2,
    sinks: true,
    mask: () => or(window({ left: 5, right: 5 }), global([30, 31])),
  },
  {
    name: 'sinks of grouped heads, with a bias and dropout',
    queries: 20,
    keys: 24,
    kvHeads: 2,
    sinks: true,
    bias: [1, 4, 20, 24],
    dropout: 0.2,
  },
  { name: 'dropout', queries: 70, keys: 70, batch: 1, dropout: 0.3 },
  {
    name: 'dropout of grouped heads under a mask',
    queries: 20,
    keys: 20,
    heads: 4,
    kvHeads: 2,
    dropout: 0.5,
    mask: causal,
  },
  { name: 'a bias by query, for all keys', queries: 20, keys: 24, bias: [20, 1], softcap: 3 },
  {
    name: 'a bias by distance, a bound and dropout of grouped heads, a window and global tokens',
    queries: 80,
    keys: 90,
    kvHeads: 2,
    distances: [[4, 21], -10],
    softcap: 2,
    dropout: 0.25,
    mask: () => or(window({ left: 9, right: 5 }), global([0, 55])),
  },
  {
    name: 'a bias, a bound, dropout and sinks over several tiles, causal',
    queries: 150,
    keys: 150,
    batch: 1,
    heads: 2,
    bias: [1, 2, 150, 150],
    softcap: 4,
    dropout: 0.1,
    sinks: true,
    mask: causal,
  },
  {
    name: 'a predicate, with a bias for each head, a bound and dropout',
    queries: 70,
    keys: 80,
    batch: 1,
    bias: [1, 4, 70, 80],
    softcap: 2,
    dropout: 0.2,
    mask: () => where(({ head, query, key }) => (query + key + head) % 3 !== 0),
  },
  {
    name: 'a predicate of numbers so short that the rows are read in several parts, with all terms and sinks',
    queries: 150,
    keys: 200,
    heads: 2,
    depth: 1,
    distances: [[2, 41], -20],
    softcap: 3,
    dropout: 0.2,
    sinks: true,
    mask: () => where(({ batch, head, query, key }) => (query + key * 3 + head + batch) % 4 === 0),
  },
  {
    name: 'the same for a bias of each head, query and key, of grouped heads',
    queries: 140,
    keys: 170,
    heads: 2,
    kvHeads: 1,
    depth: 1,
    bias: [2, 2, 140, 170],
    mask: () =>
      and(
        causal(),
        where(({ query, key }) => (query ^ key) % 3 !== 0),
      ),
  },
  {
    name: 'a dilated window of many keys, wider than a block of them',
    queries: 300,
    keys: 300,
    batch: 1,
    heads: 2,
    mask: () => window({ left: 40, right: 40, dilation: 4 }),
  },
  {
    name: 'a boolean tensor of stretches that differ by head, over several tiles',
    queries: 130,
    keys: 300,
    kvHeads: 2,
    mask: (bits) =>
      keepWhere(
        bits(
          Array.from({ length: 4 * 130 * 300 }, (_, i) =>
            ((i >> 5) + Math.floor(i / 39_000)) % 3 === 0 ? 1 : 0,
          ),
          [4, 130, 300],
        ),
      ),
  },
  {
    name: 'a predicate, with a bias by distance of grouped heads',
    queries: 70,
    keys: 70,
    kvHeads: 2,
    distances: [[1, 9], -4],
    mask: () => where(({ query, key }) => (query * key) % 5 !== 1),
  },
];
