import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arcLayout, arcPath } from '../../src/components/arcGeometry.ts';
import { cellAt, cellBeside, matrixGeometry } from '../../src/components/matrixGeometry.ts';

const count = fc.integer({ min: 1, max: 60 });

describe('matrixGeometry', () => {
  it('every cell is found again at its middle, for any size and width', () => {
    forAll([count, count, fc.integer({ min: 120, max: 1200 })], (rows, columns, width) => {
      const geometry = matrixGeometry({ rows, columns, width, rowLabel: 70, columnLabel: 50 });
      const { cell, left, top } = geometry;
      expect(Number.isInteger(cell)).toBe(true);
      const size = { rows, columns };
      for (const place of [
        { row: 0, column: 0 },
        { row: rows - 1, column: columns - 1 },
      ])
        expect(
          cellAt(
            geometry,
            { x: left + (place.column + 0.5) * cell, y: top + (place.row + 0.5) * cell },
            size,
          ),
        ).toEqual(place);
      expect(cellAt(geometry, { x: left - 1, y: top + 1 }, size)).toBeUndefined();
      expect(cellAt(geometry, { x: left + columns * cell, y: top + 1 }, size)).toBeUndefined();
    });
  });
  it('makes cells as small as asked, so that more of them fit', () => {
    forAll([fc.integer({ min: 1, max: 150 }), fc.integer({ min: 1, max: 6 })], (n, least) => {
      const { cell, width } = matrixGeometry({
        ...{ rows: n, columns: n, width: 340, rowLabel: 20, columnLabel: 20, least },
      });
      expect(cell).toBeGreaterThanOrEqual(least);
      if (n * least <= 300) expect(width).toBeLessThanOrEqual(340);
    });
  });
  it('fits into its width as long as cells of four pixels do', () => {
    forAll([count, fc.integer({ min: 400, max: 1200 })], (n, width) => {
      expect(
        matrixGeometry({ rows: n, columns: n, width, rowLabel: 90, columnLabel: 50 }).width,
      ).toBeLessThanOrEqual(width);
    });
  });
});

describe('cellBeside', () => {
  it('stays inside, whatever the keys', () => {
    const keys = fc.constantFrom('ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End');
    forAll([fc.array(keys, { maxLength: 40 }), count, count], (pressed, rows, columns) => {
      let cell = { row: 0, column: 0 };
      for (const key of pressed) cell = cellBeside(cell, key, { rows, columns }) ?? cell;
      expect(cell.row).toBeGreaterThanOrEqual(0);
      expect(cell.row).toBeLessThan(rows);
      expect(cell.column).toBeGreaterThanOrEqual(0);
      expect(cell.column).toBeLessThan(columns);
    });
  });
  it('does not answer to other keys', () => {
    expect(cellBeside({ row: 1, column: 1 }, 'a', { rows: 3, columns: 3 })).toBeUndefined();
  });
});

describe('arcLayout', () => {
  it('places tokens one after the other without overlap, inside the picture', () => {
    forAll(
      [
        fc.array(fc.integer({ min: 5, max: 140 }), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.integer({ min: 300, max: 1000 }),
      ],
      (widths, standing, width) => {
        const { places, ...layout } = arcLayout({ widths, width, standing });
        let end = 0;
        for (const { middle, length } of places) {
          expect(middle - length / 2).toBeGreaterThanOrEqual(end - 1e-6);
          end = middle + length / 2;
        }
        expect(end).toBeLessThanOrEqual((standing ? layout.height : layout.width) + 1e-6);
      },
    );
  });
  it('no arc leaves the picture', () => {
    forAll([fc.integer({ min: 2, max: 30 }), fc.boolean(), fc.nat(29), fc.nat(29)], (n, standing, a, b) => {
      const layout = arcLayout({
        widths: Array.from({ length: n }, () => 40),
        width: standing ? 340 : 800,
        standing,
      });
      const numbers = (arcPath(layout, a % n, b % n).match(/-?[\d.]+/g) ?? []).map(Number);
      if (a % n === b % n) expect(numbers).toEqual([]);
      const across = numbers.filter((_, index) => index % 2 === (standing ? 0 : 1));
      const [start = 0, handle = 0] = across;
      const reached = start + 0.75 * (handle - start); // the top of a cubic with both handles at one height
      expect(reached).toBeGreaterThanOrEqual(0);
      expect(reached).toBeLessThanOrEqual(standing ? layout.width : layout.height);
    });
  });
});
