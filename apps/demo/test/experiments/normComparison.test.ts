// LayerNorm against BatchNorm: by batch size, by company, by padding; each claim with its number.
import { describe, expect, it } from 'vitest';
import { normCompany } from '../../src/experiments/normCompany.ts';
import { trainNormed } from '../../src/experiments/normComparison.ts';
import { batchSizes, type NormKind, type NormOutcome } from '../../src/experiments/normOptions.ts';

const minutes = 60_000;

describe('LayerNorm against BatchNorm', () => {
  const end = (norm: NormKind, batch: number, seed: number): NormOutcome => {
    const training = trainNormed({ norm, batch, rate: 3e-3, seed });
    for (;;) {
      const { done, value } = training.next();
      if (done) return value;
    }
  };

  it.each([1, 2])(
    'seed %i: with small batches BatchNorm learns worse than LayerNorm; with large ones both learn',
    { timeout: 3 * minutes },
    (seed) => {
      for (const batch of [2, 4]) {
        const [layer, batched] = [end('layer', batch, seed), end('batch', batch, seed)];
        expect(batched.loss).toBeGreaterThan(layer.loss + 0.1);
        expect(batched.accuracy).toBeLessThan(layer.accuracy);
      }
      const [layer, batched] = [end('layer', 128, seed), end('batch', 128, seed)];
      expect(layer.accuracy).toBeGreaterThan(0.97);
      expect(batched.accuracy).toBeGreaterThan(0.97);
    },
  );

  it('with batches of four, running statistics judge better than those of the batch; LayerNorm has no such gap', {
    timeout: 2 * minutes,
  }, () => {
    const batched = end('batch', 4, 1);
    expect(batched.accuracy).toBeGreaterThan(batched.batchAccuracy);
    const layer = end('layer', 4, 1);
    expect(layer.accuracy).toBe(layer.batchAccuracy);
  });

  it.each([1, 2, 3])(
    'seed %i: company and padding change a sequence under BatchNorm, never under LayerNorm',
    (seed) => {
      const { byCompany, byPadding } = normCompany(seed);
      for (const { layer } of [...byCompany, ...byPadding]) expect(layer).toBeLessThan(1e-6);
      const changes = byCompany.map(({ batch }) => batch);
      expect(changes[0]).toBeGreaterThan(0.1);
      expect(changes).toEqual([...changes].sort((a, b) => b - a));
      // About 1/√(numbers in the statistics): 64 times as many make it 8 times smaller.
      expect((changes[0] ?? 0) / (changes.at(-1) ?? 1)).toBeGreaterThan(batchSizes.length - 1);
      expect(byPadding[0]?.batch).toBe(0);
      expect(byPadding.at(-1)?.batch).toBeGreaterThan(0.3);
    },
  );
});
