// A vector as a band of small bars, up for positive and down for negative numbers: the path of its bars. Pure.

/** Where the band lies, and how tall its numbers are. */
export interface BandPlace {
  /** Left end of the first bar, and width of each. */
  readonly left: number;
  readonly step: number;
  readonly middle: number;
  /** Pixels of a number 1. */
  readonly scale: number;
}

/**
 * An SVG path of vertical strokes, one a number, in the given order of indices; numbers of the other sign are left out where one is asked for.
 *
 * @example
 * barBand(new Float32Array([1, -2]), [0, 1], { left: 0, step: 4, middle: 10, scale: 2 }); //=> 'M2 10V8M6 10V14'
 */
export const barBand = (
  values: Float32Array,
  order: readonly number[],
  { left, step, middle, scale, sign }: BandPlace & { readonly sign?: 1 | -1 },
): string => {
  const round = (x: number): number => Math.round(100 * x) / 100;
  let path = '';
  for (const [place, index] of order.entries()) {
    const value = values[index] ?? 0;
    if (value === 0 || (sign !== undefined && Math.sign(value) !== sign)) continue;
    path += `M${round(left + (place + 0.5) * step)} ${round(middle)}V${round(middle - value * scale)}`;
  }
  return path;
};

/** The largest size of the numbers of several vectors; at least a little, so that one can divide by it. */
export const largestSize = (vectors: readonly Float32Array[]): number =>
  vectors.reduce((most, vector) => vector.reduce((own, value) => Math.max(own, Math.abs(value)), most), 1e-9);
