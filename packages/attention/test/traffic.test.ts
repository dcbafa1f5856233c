// The counts of data/golden/traffic: formulas read from the algorithms, and the one figure of the paper.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expectClose, forAll, shared, skipReason } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { a100, type TrafficProblem, traffic } from '../src/index.ts';

const gpt2Medium = { batch: 64, heads: 16, queries: 1024, depth: 64, mask: true, dropout: true };

describe('traffic', () => {
  it('meets the main memory column of the FlashAttention paper within 15 %: GPT-2 medium on an A100, 40.3 GB against 4.4 GB', () => {
    const { standard, flash } = traffic(gpt2Medium, a100);
    const gigabytes = ({ forward, backward }: typeof standard) =>
      (forward.mainBytes + backward.mainBytes) / 1e9;
    expect(gigabytes(standard)).toBeCloseTo(40.265, 3); // 18 passes over the scores, 12 over operands
    expect(Math.abs(gigabytes(standard) / 40.3 - 1)).toBeLessThan(0.15);
    expect(gigabytes(flash)).toBeCloseTo(4.647, 3);
    expect(Math.abs(gigabytes(flash) / 4.4 - 1)).toBeLessThan(0.15);
  });
  it('counts the true operations: 6 products of attention against 7, not the 66.6 and 75.2 GFLOP of the paper', () => {
    const { standard, flash } = traffic(gpt2Medium, a100);
    const product = 2 * 1024 ** 2 * 64 * 64 * 16;
    const products = ({ forward, backward }: typeof standard) => forward.productFlops + backward.productFlops;
    expect(products(standard)).toBe(6 * product);
    expect(products(flash)).toBe(7 * product);
    expect(products(standard) / 66.6e9).toBeGreaterThan(12);
  });
  it('grows with the square of the length: standard in bytes, flash with the square over on-chip memory', () => {
    const at = (queries: number, onChipBytes = a100.onChipBytes) =>
      traffic({ ...gpt2Medium, queries }, { ...a100, onChipBytes });
    const [short, long] = [at(8192), at(16_384)];
    expect(long.standard.forward.mainBytes / short.standard.forward.mainBytes).toBeCloseTo(4, 1);
    expect(long.flash.forward.mainBytes / short.flash.forward.mainBytes).toBeCloseTo(4, 0);
    // Theorem 2: Θ(N² d² / M).
    expect(
      at(16_384, a100.onChipBytes / 2).flash.forward.mainBytes / long.flash.forward.mainBytes,
    ).toBeCloseTo(2, 1);
  });
  it('adds up: totals are those of the steps, a mask that hides half halves the products, fewer key heads move fewer keys', () => {
    const size = fc.integer({ min: 1, max: 300 });
    forAll(
      [size, size, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.boolean()],
      (queries, keys, depth, valueDepth, dropout) => {
        const problem: TrafficProblem = { batch: 2, heads: 4, queries, keys, depth, valueDepth, dropout };
        const hardware = { ...a100, onChipBytes: 4096 };
        const whole = traffic(problem, hardware);
        for (const { forward, backward } of [whole.standard, whole.flash])
          for (const pass of [forward, backward])
            for (const part of ['mainBytes', 'onChipBytes', 'productFlops', 'elementFlops'] as const) {
              const total = pass.steps.reduce((sum, step) => sum + step[part], 0);
              expectClose(
                { shape: [1], data: [pass[part]] },
                { shape: [1], data: [total] },
                { relative: 1e-12 },
              );
              expect(total).toBeGreaterThanOrEqual(0);
            }
        const half = traffic({ ...problem, visited: 0.5 }, hardware);
        expect(half.flash.forward.productFlops).toBe(whole.flash.forward.productFlops / 2);
        expect(half.standard).toEqual(whole.standard);
        const grouped = traffic({ ...problem, kvHeads: 1 }, hardware);
        const saved = 2 * 3 * keys * (depth + valueDepth) * 2; // batches, heads, bytes
        expect(whole.flash.forward.mainBytes - grouped.flash.forward.mainBytes).toBe(saved);
        expect(whole.standard.forward.mainBytes - grouped.standard.forward.mainBytes).toBe(saved);
      },
    );
  });
  it('bounds the time by the slowest of main memory, on-chip memory and arithmetic', () => {
    const { standard, flash } = traffic(gpt2Medium, a100);
    expect(standard.forward.seconds).toBeGreaterThanOrEqual(standard.forward.mainBytes / 1.555e12);
    expect(flash.forward.seconds).toBeLessThan(standard.forward.seconds as number);
    expect(traffic(gpt2Medium, { onChipBytes: 65_536 }).flash.forward.seconds).toBeUndefined();
  });
  it('refuses sizes that are no counts, by name', () => {
    expect(() => traffic({ ...gpt2Medium, queries: 0 }, a100)).toThrow(/queries is 0/);
    expect(() => traffic({ ...gpt2Medium, kvHeads: 3 }, a100)).toThrow(/heads \/ kvHeads/);
    expect(() => traffic({ ...gpt2Medium, visited: 2 }, a100)).toThrow(/visited is 2/);
    expect(() => traffic(gpt2Medium, { onChipBytes: Number.NaN })).toThrow(/NaN/);
  });
});

interface Case {
  readonly name: string;
  readonly op: string;
  readonly options: {
    readonly batch: number;
    readonly heads: number;
    readonly length: number;
    readonly head_dim: number;
    readonly bytes_per_element?: number;
    readonly sram_bytes?: number;
    readonly mask?: boolean;
    readonly dropout?: boolean;
  };
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

const whole = shared('data/golden/traffic');
describe.skipIf(whole === undefined)(`all golden counts${skipReason('data/golden/traffic')}`, () => {
  const cases =
    whole === undefined ? [] : (JSON.parse(readFileSync(path.join(whole, 'cases.json'), 'utf8')) as Case[]);
  it.each(cases)('$name', ({ op, options, expected, tolerance }) => {
    const found = traffic(
      {
        ...{ batch: options.batch, heads: options.heads, queries: options.length, depth: options.head_dim },
        ...{
          bytesPerElement: options.bytes_per_element ?? 2,
          mask: options.mask ?? op === 'flops',
          dropout: options.dropout ?? op === 'flops',
        },
      },
      { onChipBytes: options.sram_bytes ?? a100.onChipBytes },
    );
    const { standard, flash } = found;
    const gigabytes = (one: typeof standard) => (one.forward.mainBytes + one.backward.mainBytes) / 1e9;
    const own = op === 'traffic_standard' ? standard : flash;
    const counts: Record<string, unknown> = {
      ...{ forward_bytes: own.forward.mainBytes, backward_bytes: own.backward.mainBytes },
      ...{ block_keys: found.blockKeys, block_queries: found.blockQueries, key_blocks: found.keyBlocks },
      ...{
        standard_forward: standard.forward.productFlops,
        standard_backward: standard.backward.productFlops,
      },
      ...{ flash_forward: flash.forward.productFlops, flash_backward: flash.backward.productFlops },
      elementwise_with_mask_and_dropout: standard.forward.elementFlops + standard.backward.elementFlops,
    };
    if (op === 'paper_figure')
      for (const [name, one] of Object.entries({ standard, flash })) {
        const { gigabytes: bytes } = expected[name] as { readonly gigabytes: number };
        expectClose(
          { shape: [1], data: [gigabytes(one)] },
          { shape: [1], data: [bytes] },
          { ...tolerance, name },
        );
      }
    else
      for (const [name, value] of Object.entries(expected))
        expectClose(
          { shape: [1], data: [Number(counts[name])] },
          { shape: [1], data: [Number(value)] },
          { ...tolerance, name },
        );
    expect(Object.keys(expected).length).toBeGreaterThan(1);
  });
});
