// What every attention kernel must pass, runnable: cases against a float64 reference of plain loops. Knows no test framework: a case
// throws an Error that says what was wrong. Which requests: caseSettings.ts.

import { backward, random, type Tensor, tensorOf, variable } from '@heed/tensor';
import { attentionWithLogSumExp } from './attention.ts';
import { biasTensor } from './bias.ts';
import { draw, requestOf, type Setting, settings } from './caseSettings.ts';
import { dense } from './dense.ts';
import type { AttentionKernel, AttentionRequest } from './kernel.ts';
import { UnsupportedError } from './kernel.ts';
import { causal, padding, where } from './mask.ts';
import { type Reference, referenceAttention } from './reference.ts';

/** One promise of the contract. `run` throws where the kernel breaks it; UnsupportedError means that it declines this request. */
export interface KernelCase {
  readonly name: string;
  run(kernel: AttentionKernel): void;
}

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
