// All that the page on positions shows of a sentence: the encoding's own numbers, its scores before and after the move, and every encoding's changes.

import { type PositionChange, positionChange } from './positionChanges.ts';
import { type Encoding, encodings, type Layout, type WordOrder } from './positionOptions.ts';
import { type DistanceLine, distanceLines, type EncodingTable, encodingTable } from './positionPictures.ts';
import { positionScores } from './positionScores.ts';

/** What is looked at. */
export interface PositionOptions {
  readonly words: readonly string[];
  readonly encoding: Encoding;
  readonly layout: Layout;
  readonly shift: number;
  readonly order: WordOrder;
}

/** What is seen. */
export interface PositionView {
  readonly options: PositionOptions;
  readonly table: EncodingTable | undefined;
  readonly lines: readonly DistanceLine[];
  /** [heads, n, n]: scores where the sentence begins at place 0, and at `shift`. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  /** Of all encodings. */
  readonly changes: readonly PositionChange[];
}

/** Computes it. */
export const positionView = (options: PositionOptions): PositionView => {
  const { words, encoding, layout, shift, order } = options;
  const scores = (start: number): Float32Array => positionScores(words, { encoding, layout, start }).data;
  return {
    options,
    table: encodingTable(encoding, layout),
    lines: distanceLines(encoding, layout, words),
    ...{ before: scores(0), after: scores(shift) },
    changes: encodings.map((name) => positionChange(words, { encoding: name, layout, shift, order })),
  };
};
