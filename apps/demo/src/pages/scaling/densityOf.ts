// The density of a sample as a line: a histogram over the sample's own spread, so that narrow ones keep their shape. Pure.

import type { ChartPoint } from '../../components/LineChart.tsx';

/** Bins over four deviations to either side. */
const bins = 32;

/** Root mean square: the deviation of a sample about 0. */
export const deviationOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/**
 * Points in the middle of the bins, and 0 at the ends of the axis, −reach and reach.
 *
 * @example
 * densityOf(Float32Array.of(-1, 1), 9).length; //=> 34
 */
export const densityOf = (values: Float32Array, reach: number): ChartPoint[] => {
  const end = Math.min(reach, 4 * deviationOf(values));
  const width = (2 * end) / bins;
  const counts = new Float64Array(bins);
  for (const value of values) {
    const bin = Math.floor((value + end) / width);
    if (bin >= 0 && bin < bins) counts[bin] = (counts[bin] as number) + 1; // inside
  }
  const middle = Array.from(counts, (count, bin) => ({
    x: -end + (bin + 0.5) * width,
    y: count / (values.length * width),
  }));
  return end < reach ? [{ x: -reach, y: 0 }, ...middle, { x: reach, y: 0 }] : middle;
};
