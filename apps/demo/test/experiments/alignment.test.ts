import { describe, expect, it } from 'vitest';
import { bestAlignedHead, mirrorAlignment, sharpestHead } from '../../src/experiments/alignment.ts';

/** Looks at the mirrored place; the last row, the end, looks at the first. */
const mirror = (length: number): Float32Array => {
  const map = new Float32Array((length + 1) * length);
  for (let row = 0; row < length; row++) map[row * length + length - 1 - row] = 1;
  map[length * length] = 1;
  return map;
};

describe('mirrorAlignment', () => {
  it('is one on the anti-diagonal and none on the diagonal of an even length', () => {
    expect(mirrorAlignment(mirror(6), 6)).toBe(1);
    const diagonal = Float32Array.from({ length: 42 }, (_, index) => (index % 7 === 0 ? 1 : 0));
    expect(mirrorAlignment(diagonal, 6)).toBe(0);
  });
  it('is zero for an empty word', () => {
    expect(mirrorAlignment(new Float32Array(0), 0)).toBe(0);
  });
});

describe('bestAlignedHead', () => {
  it('finds the mirroring head in the layer where it is', () => {
    const flat = new Float32Array(40).fill(0.2);
    const layer = new Float32Array(60);
    layer.set(mirror(5), 30);
    expect(
      bestAlignedHead([new Float32Array([...flat, ...flat]).subarray(0, 60), layer], { heads: 2, length: 5 }),
    ).toEqual({ layer: 1, head: 1, alignment: 1 });
  });
});

describe('sharpestHead', () => {
  it('is the head whose rows have the largest maxima', () => {
    const even = new Float32Array(8).fill(0.5);
    const sharp = new Float32Array([1, 0, 0, 1, 0.75, 0.25, 1, 0]);
    const found = sharpestHead([new Float32Array([...even, ...sharp])], { heads: 2, columns: 2 });
    expect(found).toEqual({ layer: 0, head: 1, sharpness: 3.75 / 4 });
  });
});
