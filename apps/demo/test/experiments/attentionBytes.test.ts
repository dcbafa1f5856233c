// The counts that the page shows of big problems: the paper's figures, the causal share, the sweeps.
import { causal, tile } from '@heed/attention';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bothPasses,
  bytesByLength,
  bytesByTile,
  bytesOf,
  causalShare,
  lengths,
  type MachineName,
  machines,
  paperFigures,
  paperProblem,
} from '../../src/experiments/attentionBytes.ts';

describe('bytes of attention', () => {
  it('meets the bytes of the FlashAttention paper within 15 %, and not its operations', () => {
    const { standard, flash } = bytesOf(paperProblem);
    expect(Math.abs(bothPasses(standard).mainBytes / paperFigures.standardBytes - 1)).toBeLessThan(0.15);
    expect(Math.abs(bothPasses(flash).mainBytes / paperFigures.flashBytes - 1)).toBeLessThan(0.15);
    expect(bothPasses(standard).productFlops / paperFigures.standardFlops).toBeGreaterThan(12);
    expect(bothPasses(flash).productFlops / bothPasses(standard).productFlops).toBeCloseTo(7 / 6, 10);
  });

  it('the causal share is that of the tiles which the library’s mask does not leave empty', () => {
    const size = fc.integer({ min: 1, max: 40 });
    forAll([fc.integer({ min: 1, max: 120 }), size, size], (length, blockQueries, blockKeys) => {
      const sizes = { batch: 1, heads: 1, queries: length, keys: length };
      let [seen, all] = [0, 0];
      for (let queryStart = 0; queryStart < length; queryStart += blockQueries)
        for (let keyStart = 0; keyStart < length; keyStart += blockKeys) {
          const queryEnd = Math.min(length, queryStart + blockQueries);
          const keyEnd = Math.min(length, keyStart + blockKeys);
          all += queryEnd - queryStart;
          if (tile(causal(), { batch: 0, queryStart, queryEnd, keyStart, keyEnd }, sizes) !== 0)
            seen += queryEnd - queryStart;
        }
      expect(causalShare(length, { blockQueries, blockKeys })).toBeCloseTo(seen / all, 10);
    });
  });

  it('standard attention grows fourfold a doubling; flash moves less than it from 1024 on, on every machine', () => {
    for (const machine of Object.keys(machines) as MachineName[]) {
      const rows = bytesByLength({ ...paperProblem, machine });
      expect(rows.map(({ length }) => length)).toEqual([...lengths]);
      expect((rows.at(-1)?.standard ?? 0) / (rows.at(-2)?.standard ?? 1)).toBeCloseTo(4, 1);
      for (const { length, standard, flash } of rows)
        if (length >= 1024) expect(flash).toBeLessThan(standard);
    }
  });

  it('larger tiles move less, and the tile of the algorithm is the largest that fits', () => {
    const rows = bytesByTile(paperProblem);
    for (const [index, { flash }] of rows.entries())
      if (index > 0) expect(flash).toBeLessThanOrEqual(rows[index - 1]?.flash ?? 0);
    expect(rows.filter(({ fits }) => fits).at(-1)?.blockKeys).toBe(384); // ⌈196 608 / 2 / (4 · 64)⌉
    expect(bytesOf(paperProblem).blockKeys).toBe(384);
  });

  it('a causal mask about halves the work of flash, and saves standard attention nothing', () => {
    const options = { ...paperProblem, length: 8192, dropout: false };
    const [all, half] = [bytesOf(options), bytesOf({ ...options, mask: 'causal' as const })];
    expect(bothPasses(half.flash).productFlops / bothPasses(all.flash).productFlops).toBeLessThan(0.55);
    expect(bothPasses(half.standard).productFlops).toBe(bothPasses(all.standard).productFlops);
  });

  it('the least time follows the slower of memory and arithmetic, and flash is never slower', () => {
    for (const machine of Object.keys(machines) as MachineName[]) {
      const { standard, flash } = bytesOf({ ...paperProblem, machine });
      const [slow, fast] = [bothPasses(standard).seconds ?? 0, bothPasses(flash).seconds ?? 0];
      expect(fast).toBeGreaterThan(0);
      expect(fast).toBeLessThanOrEqual(slow * 1.17); // on the laptop arithmetic decides, of which flash has 7/6
    }
  });
});
