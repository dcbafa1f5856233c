// What every attention kernel must pass, runnable: cases against a float64 reference of plain loops. Knows no test framework: a case
// throws an Error that says what was wrong.

import { backward, type Random, random, type Tensor, tensorOf, variable } from '@heed/tensor';
import { attentionWithLogSumExp } from './attention.ts';
import { biasTensor, byDistance } from './bias.ts';
import { dense } from './dense.ts';
import type { AttentionKernel, AttentionRequest } from './kernel.ts';
import { UnsupportedError } from './kernel.ts';
import {
  and,
  blocks,
  causal,
  documents,
  firstKeys,
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
import { type Reference, referenceAttention } from './reference.ts';

/** One promise of the contract. `run` throws where the kernel breaks it; UnsupportedError means that it declines this request. */
export interface KernelCase {
  readonly name: string;
  run(kernel: AttentionKernel): void;
}

interface Sizes {
  readonly batch?: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly queries: number;
  readonly keys: number;
  readonly depth?: number;
  readonly valueDepth?: number;
}

interface Setting extends Sizes {
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

const draw = (shape: readonly number[], source: Random, spread: number): Tensor =>
  tensorOf(
    'float32',
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => spread * source.normal()),
  );

const biasOf = ({ bias, distances }: Setting, source: Random): AttentionRequest['bias'] => {
  if (distances !== undefined) return byDistance(draw(distances[0], source, 1), { first: distances[1] });
  return bias === undefined ? undefined : draw(bias, source, 1);
};

const requestOf = (setting: Setting): AttentionRequest => {
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

const worst = (given: ArrayLike<number>, expected: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [given[i] as number, expected[i] as number]; // lengths compared before
    if (Number.isNaN(a)) return Number.POSITIVE_INFINITY;
    if (a !== b) most = Math.max(most, Math.abs(a - b));
  }
  return most;
};

/** Twice the error of the dense float32 kernel, and never asked to be below rounding: one part in 2^20 of the largest number. */
const allowance = (plain: ArrayLike<number>, reference: ArrayLike<number>): number => {
  let largest = 1;
  for (let i = 0; i < reference.length; i++) {
    const size = Math.abs(reference[i] as number); // i < length
    if (Number.isFinite(size)) largest = Math.max(largest, size);
  }
  return Math.max(2 * worst(plain, reference), largest * 2 ** -20);
};

const compare = (what: string, given: Tensor, plain: Tensor, reference: Float64Array): void => {
  if (given.size !== reference.length)
    throw new Error(`${what}: ${given} has ${given.size} elements; expected ${reference.length}.`);
  const error = worst(given.data, reference);
  const limit = allowance(plain.data, reference);
  if (error > limit) throw new Error(`${what}: differs from float64 by ${error}; allowed ${limit}.`);
};

const forwardCase = (setting: Setting): KernelCase => ({
  name: setting.name,
  run(kernel) {
    const request = requestOf(setting);
    const expected: Reference = referenceAttention(request);
    const given = kernel.run(request);
    const plain = dense.run(request);
    compare('output', given.output, plain.output, expected.output);
    compare('logSumExp', given.logSumExp, plain.logSumExp, expected.logSumExp);
    if (given.output.shape.join() !== plain.output.shape.join())
      throw new Error(`output: ${given.output}; expected ${plain.output}.`);
  },
});

/** Gradients of Σ output·upstream, against those of the dense kernel, which finite differences prove. */
const gradientCase = (setting: Setting): KernelCase => ({
  name: `gradients: ${setting.name}`,
  run(kernel) {
    const gradientsBy = (one: AttentionKernel) => {
      const given = requestOf(setting);
      const [query, key, value] = [variable(given.query), variable(given.key), variable(given.value)];
      const table = given.bias === undefined ? undefined : variable(biasTensor(given.bias));
      const byTable = given.bias !== undefined && 'table' in given.bias ? given.bias : undefined;
      const bias = table === undefined || byTable === undefined ? table : { ...byTable, table };
      const sinks = given.sinks && variable(given.sinks);
      const leaves = [query, key, value, table, sinks].filter((leaf) => leaf !== undefined);
      const { output } = one.run({ ...given, query, key, value, bias, sinks });
      const gradients = backward(output, draw(output.shape, random(3), 1));
      return leaves.map((leaf) => gradients.get(leaf)?.data ?? new Float32Array(leaf.size));
    };
    const expected = gradientsBy(dense);
    for (const [index, given] of gradientsBy(kernel).entries()) {
      const reference = expected[index] as Float32Array; // one a leaf in both
      const error = worst(given, reference);
      // Two products deeper than the output: 2^4 roundings more, each in proportion to the queries and keys that go in.
      const limit = 16 * Math.max(1, setting.spread ?? 1) * allowance(reference, reference);
      if (error > limit)
        throw new Error(
          `gradient of ${['query', 'key', 'value', setting.sinks === true ? 'sinks' : 'bias'][index]}: differs from dense by ${error}; allowed ${limit}.`,
        );
    }
  },
});

const bitsOf = (count: number, seed: number): number[] => {
  const source = random(seed);
  return Array.from({ length: count }, () => (source.uniform() < 0.6 ? 1 : 0));
};

const settings: readonly Setting[] = [
  { name: 'self-attention without a mask', queries: 17, keys: 17 },
  { name: 'one query and one key', queries: 1, keys: 1 },
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
    name: 'a prefix and the latest keys',
    queries: 80,
    keys: 80,
    mask: () => and(causal(), or(firstKeys(2), window({ left: 9, right: 0 }))),
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
];

/** Whether a kernel declines a request by name. */
export const declines = (kernel: AttentionKernel, request: AttentionRequest): boolean => {
  try {
    kernel.run(request);
    return false;
  } catch (error) {
    if (error instanceof UnsupportedError) return true;
    throw error;
  }
};

const promises: readonly KernelCase[] = [
  {
    name: 'a row that sees nothing gives zeros and −∞, never NaN',
    run(kernel) {
      const { query, key, value } = requestOf({ name: '', queries: 4, keys: 5 });
      const { output, logSumExp } = attentionWithLogSumExp(query, key, value, {
        kernel,
        mask: where(({ query: row }) => row !== 2),
      });
      const row = (b: number, h: number) =>
        output.data.subarray(((b * 4 + h) * 4 + 2) * 8, ((b * 4 + h) * 4 + 3) * 8);
      for (let b = 0; b < 2; b++)
        for (let h = 0; h < 4; h++) {
          if (!row(b, h).every((x) => x === 0)) throw new Error(`output of the empty row is ${row(b, h)}.`);
          if (logSumExp.data[(b * 4 + h) * 4 + 2] !== -Infinity)
            throw new Error('logSumExp of the empty row is not −∞.');
        }
    },
  },
  {
    name: 'changing a future token changes no earlier output',
    run(kernel) {
      const { query, key, value } = requestOf({ name: '', queries: 12, keys: 12, batch: 1 });
      const run = (k: Tensor, v: Tensor) =>
        attentionWithLogSumExp(query, k, v, { kernel, mask: causal() }).output.data;
      const change = (x: Tensor) =>
        tensorOf(
          'float32',
          x.shape,
          x.data.map((number, index) => (Math.floor(index / 8) % 12 === 9 ? number + 5 : number)),
        );
      const [before, after] = [run(key, value), run(change(key), change(value))];
      for (const [index, number] of before.entries())
        if (Math.floor(index / 8) % 12 < 9 && number !== after[index])
          throw new Error(`row ${Math.floor(index / 8) % 12} changed with token 9.`);
    },
  },
  {
    name: 'each batch row gives exactly what it gives alone',
    run(kernel) {
      const { query, key, value } = requestOf({ name: '', queries: 11, keys: 11 });
      const both = attentionWithLogSumExp(query, key, value, { kernel, mask: padding([11, 6]) }).output.data;
      const second = (x: Tensor) => tensorOf('float32', [1, ...x.shape.slice(1)], x.data.slice(x.size / 2));
      const alone = attentionWithLogSumExp(second(query), second(key), second(value), {
        kernel,
        mask: padding([6]),
      }).output.data;
      if (worst(alone, both.slice(both.length / 2)) !== 0)
        throw new Error('the second batch row differs from the same row alone.');
    },
  },
];

/** All cases of the contract. */
export const attentionKernelCases: readonly KernelCase[] = [
  ...settings.map(forwardCase),
  ...settings.map(gradientCase),
  ...promises,
];
