// What moving a sentence does to its scores, and reading its words in another order to its outputs, for each encoding: as shares, so that encodings
// can be compared.

import { flip, roll, sub, type Tensor } from '@heed/tensor';
import type { Encoding, Layout, WordOrder } from './positionOptions.ts';
import { positionOutput, positionScores } from './positionScores.ts';

const meanOf = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const sizeOf = (values: Float32Array): number => Math.sqrt(meanOf(values.map((value) => value * value)));

const deviationOf = (values: Float32Array): number => {
  const mean = meanOf(values);
  return sizeOf(values.map((value) => value - mean));
};

/** How much changed. */
export interface PositionChange {
  readonly encoding: Encoding;
  /** Root mean square of the change of the scores, over their standard deviation. */
  readonly moved: number;
  /** The largest change of a score. */
  readonly movedMost: number;
  /** Root mean square of the change of each word's output when the words stand in another order, over that of the outputs. */
  readonly reordered: number;
}

/** What is changed. */
export interface ChangeOptions {
  readonly encoding: Encoding;
  readonly layout: Layout;
  /** Places by which the sentence moves. */
  readonly shift: number;
  readonly order: WordOrder;
}

/** The words in another order, and the rows of an output for them put back to the order of the sentence. */
const ordered: Readonly<
  Record<WordOrder, { words(given: readonly string[]): string[]; back(output: Tensor): Tensor }>
> = {
  reversed: { words: (given) => [...given].reverse(), back: (output) => flip(output, [0]) },
  rotated: {
    words: (given) => [...given.slice(-1), ...given.slice(0, -1)],
    back: (output) => roll(output, -1, 0),
  },
};

/** Measures one encoding on the words of a sentence. */
export const positionChange = (words: readonly string[], options: ChangeOptions): PositionChange => {
  const { encoding, layout, shift, order } = options;
  const at = (start: number): Tensor => positionScores(words, { encoding, layout, start });
  const [before, after] = [at(0), at(shift)];
  const change = sub(after, before).data;
  const output = positionOutput(words, { encoding, layout });
  const other = ordered[order];
  const reordered = other.back(positionOutput(other.words(words), { encoding, layout }));
  return {
    encoding,
    moved: sizeOf(change) / (deviationOf(before.data) || 1),
    movedMost: change.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    reordered: sizeOf(sub(reordered, output).data) / (sizeOf(output.data) || 1),
  };
};
