// Signals and gradients by depth; each claim with its number, for more than one seed.
import { describe, expect, it } from 'vitest';
import { depthCurve, depthCurves, embeddingVariance } from '../../src/experiments/depthCurves.ts';
import {
  depthActivations,
  type depthLaws,
  depthNorms,
  standardDepth,
} from '../../src/experiments/depthOptions.ts';

describe('signals and gradients by depth', () => {
  it.each([1, 2, 3])(
    'seed %i: through 20 layers of ReLU, Kaiming keeps the variance within a factor of 4; 0.02 and half lose it, twice explodes',
    (seed) => {
      const at = { ...standardDepth, depth: 20, seed };
      const variance = (law: (typeof depthLaws)[number]): number =>
        (depthCurve(law, at).signal.at(-1) ?? Number.NaN) ** 2;
      expect(variance('kaiming')).toBeGreaterThan(0.25);
      expect(variance('kaiming')).toBeLessThan(4);
      expect(variance('bert')).toBeLessThan(1e-20);
      expect(variance('small')).toBeLessThan(1e-8);
      expect(variance('large')).toBeGreaterThan(1e8);
    },
  );

  it('Xavier keeps it without an activation, and halves it a layer with ReLU', () => {
    const plain = depthCurve('xavier', { ...standardDepth, activation: 'none' }).signal;
    expect(plain.at(-1)).toBeGreaterThan(0.7);
    expect(plain.at(-1)).toBeLessThan(1.4);
    const halved = depthCurve('xavier', standardDepth).signal;
    const rate = ((halved.at(-1) ?? 1) / (halved[0] ?? 1)) ** (2 / (standardDepth.depth - 1));
    expect(rate).toBeGreaterThan(0.4);
    expect(rate).toBeLessThan(0.6);
  });

  it('without the residual path gradients fade with depth under small weights; with it they arrive', () => {
    for (const law of ['xavier', 'bert', 'small'] as const) {
      const plain = depthCurve(law, standardDepth).gradient;
      expect(plain[0]).toBeLessThan(1e-3);
      for (let layer = 4; layer < plain.length; layer += 4)
        expect(plain[layer - 4]).toBeLessThan(plain[layer] ?? 0);
      const residual = depthCurve(law, { ...standardDepth, residual: true, norm: 'pre' }).gradient;
      expect(residual[0]).toBeGreaterThan(0.5);
      expect(residual[0]).toBeLessThan(10);
    }
  });

  it('every choice gives finite curves of one number a layer', () => {
    for (const activation of depthActivations)
      for (const norm of depthNorms)
        for (const residual of [false, true])
          for (const curve of depthCurves({ ...standardDepth, activation, norm, residual, depth: 8 })) {
            expect(curve.signal).toHaveLength(8);
            expect(curve.gradient).toHaveLength(8);
            expect(curve.gradient.at(-1)).toBe(1);
            for (const value of [...curve.signal, ...curve.gradient])
              expect(Number.isFinite(value) && value >= 0).toBe(true);
          }
  });

  it('an embedding under Xavier and the factor √width has variance 2·width/(vocabulary + width), and not 1', () => {
    const { xavier, xavierScaled, normalScaled } = embeddingVariance(2000, 64);
    expect(xavier).toBeCloseTo(2 / 2064, 4);
    expect(xavierScaled / ((2 * 64) / 2064)).toBeCloseTo(1, 1);
    expect(normalScaled).toBeCloseTo(1, 1);
  });
});
