// Scores by depth: variance 1 in both right ways and d in the wrong one, and what softmax's gradient makes of that.
import { attentionWeights, scaledDot, unscaled } from '@heed/attention';
import { backward, mul, reshape, softmax, sum, type Tensor, tensor, variable } from '@heed/tensor';
import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { drawScores, scalingPoint, scalingView } from '../../src/experiments/scaling.ts';
import { scalingWays, shownKeys, standardScaling } from '../../src/experiments/scalingOptions.ts';

const single = (x: Tensor): Tensor => reshape(x, [1, 1, ...x.shape]);

describe('scores by depth', () => {
  it.each([1, 2, 3])(
    'seed %i: their variance is 1 in both right ways, and d where nothing is done',
    (seed) => {
      for (const depth of [8, 64, 512]) {
        const of = (way: (typeof scalingWays)[number]) =>
          scalingPoint(way, depth, { keys: 64, seed }).variance;
        expect(Math.abs(of('scaled') - 1)).toBeLessThan(0.2);
        expect(Math.abs(of('t5') - 1)).toBeLessThan(0.2);
        expect(Math.abs(of('unscaled') / depth - 1)).toBeLessThan(0.2);
      }
    },
  );

  it.each([1, 2, 3])(
    'seed %i: unscaled, weights near one key; the gradient of the median query vanishes at its scores, and at its input too',
    (seed) => {
      const options = { keys: 64, seed };
      const [right, t5, wrong] = scalingWays.map((way) => scalingPoint(way, 1024, options));
      if (right === undefined || t5 === undefined || wrong === undefined) throw new Error('three ways');
      expect(right.entropy).toBeGreaterThan(5);
      expect(wrong.entropy).toBeLessThan(0.5);
      expect(wrong.largest).toBeGreaterThan(0.9);
      expect(right.largest).toBeLessThan(0.15);
      expect(wrong.atScores.median).toBeLessThan(right.atScores.median / 500);
      expect(wrong.atInput.median).toBeLessThan(right.atInput.median / 10);
      // The mean tells another story: a few queries between two keys get large gradients.
      expect(wrong.atInput.mean).toBeGreaterThan(right.atInput.mean);
      expect(t5.atInput.median / right.atInput.median).toBeCloseTo(1, 3);
      expect(t5.atScores.median / right.atScores.median).toBeCloseTo(1, 3);
    },
  );

  it('the notes’ range −3√d … 3√d holds nearly all unscaled scores', () => {
    for (const depth of [64, 256]) {
      const { withinNotesRange } = scalingPoint('unscaled', depth, standardScaling);
      expect(withinNotesRange).toBeGreaterThan(0.99);
      expect(withinNotesRange).toBeLessThanOrEqual(1);
    }
  });

  it('the library’s attention makes the same weights of the same queries and keys', () => {
    for (const way of scalingWays) {
      const { query, key, scores } = drawScores(way, 32, standardScaling);
      const options = { scores: way === 'scaled' ? scaledDot() : unscaled() };
      const weights = attentionWeights(single(query), single(key), options);
      expectClose(reshape(weights, scores.shape), softmax(scores), { absolute: 1e-6 });
    }
  });

  it('the Jacobian is that of backward, column by column', () => {
    const { weights, jacobian, scores } = scalingView('scaled', 64, { keys: 16, seed: 2 });
    const leaf = variable(tensor(Array.from(scores.subarray(0, shownKeys))));
    for (let i = 0; i < shownKeys; i++) {
      const one = tensor(Array.from({ length: shownKeys }, (_, j) => (i === j ? 1 : 0)));
      const row = backward(sum(mul(softmax(leaf), one))).get(leaf);
      const expected = Array.from(row?.data ?? [], Math.abs);
      expectClose(
        { shape: [shownKeys], data: jacobian.subarray(i * shownKeys, (i + 1) * shownKeys) },
        { shape: [shownKeys], data: expected },
        { absolute: 1e-6 },
      );
    }
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });
});
