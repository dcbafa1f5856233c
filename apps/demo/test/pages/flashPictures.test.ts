// What the Flash and Scaling pages compute for their pictures and sentences, without a browser.
import { describe, expect, it } from 'vitest';
import { presetOf } from '../../src/components/presetOf.ts';
import { standardFlash } from '../../src/experiments/flashOptions.ts';
import { flashTiles } from '../../src/experiments/flashTiles.ts';
import { scalingPoint } from '../../src/experiments/scaling.ts';
import { scalingDepths, scalingWays, standardScaling } from '../../src/experiments/scalingOptions.ts';
import { flashEn } from '../../src/i18n/flashEn.ts';
import { flashZh } from '../../src/i18n/flashZh.ts';
import { scalingEn } from '../../src/i18n/scalingEn.ts';
import { scalingZh } from '../../src/i18n/scalingZh.ts';
import { tilesFindings } from '../../src/pages/flash/tilesFindings.ts';
import { tilesFormulas } from '../../src/pages/flash/tilesFormulas.ts';
import { tilesGeometry } from '../../src/pages/flash/tilesGeometry.ts';
import { tilesSentence } from '../../src/pages/flash/tilesSentence.ts';
import { densityOf } from '../../src/pages/scaling/densityOf.ts';
import { scalingFindings } from '../../src/pages/scaling/scalingFindings.ts';

describe('the picture of tiles', () => {
  it('fits its width wherever numbers can be four pixels wide, and scores stand beneath their keys', () => {
    for (const width of [300, 340, 560, 900])
      for (const length of [8, 16, 32])
        for (const depth of [2, 4, 8]) {
          const place = tilesGeometry({ length, depth, width });
          expect(place.width).toBeLessThanOrEqual(width);
          expect(place.key.x).toBe(place.scores.x);
          expect(place.query.y).toBe(place.scores.y);
          expect(place.output.x + place.output.width).toBeLessThanOrEqual(place.width);
        }
  });

  it('the formulas hold: the new sum is the old one rescaled, and what the tile adds', () => {
    const run = flashTiles(standardFlash);
    for (const [index, step] of run.steps.entries()) {
      const { formulas, row = 0 } = tilesFormulas(run, index + 1);
      expect(formulas.join()).toContain((step.sum[row] ?? 0).toFixed(2));
      const [, factor = '0', old = '0', added = '0', sum = '0'] =
        /&= (?:([\d.]+) \\cdot ([\d.]+) \+ )?([\d.]+) = ([\d.]+) /.exec(formulas[1] ?? '') ?? [];
      expect(Math.abs(Number(factor) * Number(old) + Number(added) - Number(sum))).toBeLessThan(0.1);
    }
  });

  it('sentences name the rows that find a larger score, and say when a tile is skipped', () => {
    const { steps } = flashTiles({ ...standardFlash, causal: true, order: 'queries' });
    expect(tilesSentence(flashEn, undefined)).toContain('Nothing is read yet');
    expect(tilesSentence(flashEn, steps[0])).toBe(
      'Queries 0–7 meet keys 0–7. For these rows it is the first tile.',
    );
    expect(tilesSentence(flashEn, steps[1])).toContain('Skipped');
    expect(tilesSentence(flashZh, steps[5])).toMatch(/8 行中有 [1-8] 行遇到更大的得分/);
  });

  it('findings say when tiles do not pay, and when one block makes the notes’ sum right', () => {
    const texts = (changes: object): string =>
      tilesFindings(flashEn, flashTiles({ ...standardFlash, ...changes }))
        .map(({ text }) => text)
        .join(' ');
    expect(texts({ length: 8, blockKeys: 16, depth: 2 })).toContain('One block holds all keys');
    expect(texts({ length: 8, blockKeys: 2, blockQueries: 2, depth: 8 })).toContain('do not pay');
    expect(texts({ spread: 100 })).toMatch(/softmax of \d+ of 32 rows leaves float32/);
    expect(tilesFindings(flashEn, undefined)).toEqual([]);
  });
});

describe('the Scaling page', () => {
  it('a density has an area of 1 over an axis that holds the sample, and begins and ends at 0', () => {
    const values = Float32Array.from({ length: 4000 }, (_, index) => Math.sin(index) + Math.sin(1.3 * index));
    const points = densityOf(values, 20);
    let area = 0;
    for (const [index, point] of points.entries()) {
      const before = points[index - 1];
      if (before !== undefined) area += ((point.x - before.x) * (point.y + before.y)) / 2;
    }
    expect(area).toBeGreaterThan(0.95);
    expect(area).toBeLessThan(1.05);
    expect([points[0], points.at(-1)]).toEqual([
      { x: -20, y: 0 },
      { x: 20, y: 0 },
    ]);
    expect(densityOf(values, 0.5)).toHaveLength(32);
  });

  it('has findings at every depth in both languages once all is measured, and none before', () => {
    const points = scalingDepths.flatMap((depth) =>
      scalingWays.map((way) => scalingPoint(way, depth, { ...standardScaling, keys: 16 })),
    );
    for (const words of [scalingEn, scalingZh])
      for (const depth of scalingDepths) {
        const findings = scalingFindings(words, points, depth);
        expect(findings).toHaveLength(5);
        expect(findings.map(({ text }) => text).join()).not.toMatch(/NaN|undefined|∞/);
      }
    expect(scalingFindings(scalingEn, points.slice(0, 3), 8)).toEqual([]);
  });

  it('the preset is the one of which every value is the present one', () => {
    const presets = { a: { x: 1 }, b: { x: 2, y: 3 } };
    expect(presetOf(presets, { x: 1, y: 9 })).toBe('a');
    expect(presetOf(presets, { x: 2, y: 3 })).toBe('b');
    expect(presetOf(presets, { x: 2, y: 4 })).toBeUndefined();
  });
});
