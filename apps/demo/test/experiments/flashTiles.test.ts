// FlashAttention tile by tile: exact at the end, every byte counted as the library counts, and the notes' block sum wrong.
import { causal, tile, traffic } from '@heed/attention';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOnChip } from '../../src/experiments/flashBytes.ts';
import {
  type FlashOptions,
  flashChoices,
  flashOrders,
  standardFlash,
} from '../../src/experiments/flashOptions.ts';
import { flashTiles } from '../../src/experiments/flashTiles.ts';

/** softmax(q·kᵀ · scale) · v of whole rows, float64 loops. */
const reference = ({ query, key, value, options }: ReturnType<typeof flashTiles>): Float64Array => {
  const { length, depth, spread, causal: hides } = options;
  const output = new Float64Array(length * depth);
  for (let i = 0; i < length; i++) {
    const scores = Array.from({ length: hides ? i + 1 : length }, (_, j) => {
      let product = 0;
      for (let c = 0; c < depth; c++) product += (query[i * depth + c] ?? 0) * (key[j * depth + c] ?? 0);
      return (product * spread) / Math.sqrt(depth);
    });
    const top = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - top));
    const sum = weights.reduce((a, b) => a + b, 0);
    for (const [j, weight] of weights.entries())
      for (let c = 0; c < depth; c++)
        output[i * depth + c] = (output[i * depth + c] ?? 0) + (weight / sum) * (value[j * depth + c] ?? 0);
  }
  return output;
};

const anyOptions: fc.Arbitrary<FlashOptions> = fc.record({
  length: fc.constantFrom(...flashChoices.length),
  depth: fc.constantFrom(...flashChoices.depth),
  blockQueries: fc.constantFrom(...flashChoices.blockQueries, 64),
  blockKeys: fc.constantFrom(...flashChoices.blockKeys, 64),
  causal: fc.boolean(),
  order: fc.constantFrom(...flashOrders),
  spread: fc.constantFrom(1, 3, 10),
  seed: fc.nat(1000),
});

describe('FlashAttention tile by tile', () => {
  it('ends at the softmax of whole rows, in either order, with any blocks, causal or not', () => {
    forAll([anyOptions], (options) => {
      const run = flashTiles(options);
      const last = run.steps.at(-1);
      const expected = reference(run);
      expect(last?.output).toHaveLength(expected.length);
      const most = Math.max(...expected.map((x, i) => Math.abs(x - (last?.output[i] ?? Number.NaN))));
      expect(most).toBeLessThan(options.spread * 2e-6);
      expect(run.errors.at(-1)?.largest).toBeLessThan(options.spread * 2e-6);
    });
  });

  it('the opening view ends within 1e-6, the notes’ sum far away, and dividing that by the blocks does not mend it', () => {
    for (const seed of flashChoices.seed) {
      const { errors, blockSumErrors, meanError } = flashTiles({ ...standardFlash, seed });
      expect(errors.at(-1)?.largest).toBeLessThan(1e-6);
      expect(blockSumErrors.at(-1)?.largest).toBeGreaterThan(0.5);
      expect(meanError).toBeGreaterThan(0.05);
    }
  });

  it('the notes’ sum is right where one block holds all keys, and only there', () => {
    const one = flashTiles({ ...standardFlash, length: 16, blockKeys: 16 });
    expect(one.blockSumErrors.at(-1)?.largest).toBeLessThan(1e-6);
    const two = flashTiles({ ...standardFlash, length: 16, blockKeys: 8 });
    expect(two.blockSumErrors.at(-1)?.largest).toBeGreaterThan(0.1);
  });

  it('moves, in the order by keys, the bytes that `traffic` counts: main memory always, on chip where blocks divide the length', () => {
    forAll([anyOptions], (drawn) => {
      const options = { ...drawn, order: 'keys' as const };
      const { length, depth, blockKeys, blockQueries } = options;
      const { steps } = flashTiles(options);
      const rows = steps.filter(({ skipped }) => !skipped).map(({ queries: [start, end] }) => end - start);
      const keyBlocks = Math.ceil(length / blockKeys);
      const visited = rows.reduce((a, b) => a + b, 0) / (length * keyBlocks);
      const problem = { batch: 1, heads: 1, queries: length, depth, bytesPerElement: 4, visited };
      const hardware = { onChipBytes: bytesOnChip(options), blockKeys, blockQueries };
      const { mainBytes, onChipBytes } = traffic(problem, hardware).flash.forward;
      const moved = steps.at(-1)?.moved;
      expect(moved?.main).toBeCloseTo(mainBytes, 3);
      if (length % blockKeys === 0 && length % blockQueries === 0)
        expect(moved?.onChip).toBeCloseTo(onChipBytes, 3);
    });
  });

  it('the order by queries moves less: output, maxima and sums never return to main memory', () => {
    const of = (order: FlashOptions['order']) =>
      flashTiles({ ...standardFlash, order }).steps.at(-1)?.moved.main ?? 0;
    expect(of('queries')).toBeLessThan(of('keys'));
    // Q and O once, K and V once for each of 4 blocks of queries, a log-sum-exp a row: 4 bytes each.
    expect(of('queries')).toBe(4 * (2 * 32 * 4 + 4 * 2 * 32 * 4 + 32));
  });

  it('skips the tiles that a causal mask leaves empty, and a skipped tile changes nothing', () => {
    const { steps } = flashTiles({ ...standardFlash, causal: true });
    const sizes = { batch: 1, heads: 1, queries: 32, keys: 32 };
    expect(steps.filter(({ skipped }) => skipped)).toHaveLength(6);
    for (const [index, { skipped, queries, keys, moved }] of steps.entries()) {
      const place = {
        batch: 0,
        queryStart: queries[0],
        queryEnd: queries[1],
        keyStart: keys[0],
        keyEnd: keys[1],
      };
      expect(skipped).toBe(tile(causal(), place, sizes) === 0);
      if (skipped && index > 0) expect(moved).toEqual(steps[index - 1]?.moved);
    }
  });

  it('a maximum never falls, and what was gathered is multiplied by exp(old − new)', () => {
    const { steps } = flashTiles({ ...standardFlash, spread: 3 });
    for (const [index, { queries, max, sum, weights, rescale, keys }] of steps.entries()) {
      const before = steps[index - 1];
      for (let row = queries[0]; row < queries[1]; row++) {
        const old = before?.max[row] ?? Number.NEGATIVE_INFINITY;
        expect(max[row]).toBeGreaterThanOrEqual(old);
        const width = keys[1] - keys[0];
        const at = (row - queries[0]) * width;
        const added = weights.slice(at, at + width).reduce((a, b) => a + b, 0);
        expect(sum[row]).toBeCloseTo((before?.sum[row] ?? 0) * (rescale[row - queries[0]] || 0) + added, 4);
      }
    }
  });

  it('large scores overflow a softmax without its maximum, and not the states', () => {
    const { overflowing, steps } = flashTiles({ ...standardFlash, spread: 100 });
    expect(overflowing).toBeGreaterThan(16);
    expect(steps.every(({ output }) => output.every(Number.isFinite))).toBe(true);
    expect(flashTiles(standardFlash).overflowing).toBe(0);
  });
});
