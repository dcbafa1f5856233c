import { describe, expect, it } from 'vitest';
import { rampOffset, rampTable, textOnRamp } from '../../src/components/colorRamp.ts';

/** Relative luminance, WCAG 2.2. */
const luminance = (rgb: ArrayLike<number>): number => {
  const linear = (channel: number): number =>
    channel <= 10.31475 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(rgb[0] ?? 0) + 0.7152 * linear(rgb[1] ?? 0) + 0.0722 * linear(rgb[2] ?? 0);
};
const contrast = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

describe.each(['light', 'dark'] as const)('the ramp in %s colours', (theme) => {
  const table = rampTable(theme);
  const steps = Array.from({ length: 256 }, (_, index) => table.subarray(4 * index, 4 * index + 3));
  it('changes its lightness in one direction only, so that it reads without colour', () => {
    const values = steps.map(luminance);
    const direction = theme === 'light' ? -1 : 1;
    for (let i = 1; i < values.length; i++)
      expect(direction * ((values[i] ?? 0) - (values[i - 1] ?? 0))).toBeGreaterThanOrEqual(-1e-3);
    expect(contrast(values[0] ?? 0, values[255] ?? 0)).toBeGreaterThan(9);
  });
  it('has a readable text colour on every step', () => {
    for (const [index, step] of steps.entries()) {
      const text = textOnRamp(theme, index / 255) === 'black' ? 0 : 1;
      expect(contrast(luminance(step), text), `step ${index}`).toBeGreaterThanOrEqual(4.5);
    }
  });
  it('clips what lies outside 0 … 1', () => {
    expect(rampOffset(-3)).toBe(0);
    expect(rampOffset(7)).toBe(4 * 255);
  });
});
