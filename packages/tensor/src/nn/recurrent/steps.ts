// The steps of a recurrence in either direction, over sequences of one or of several lengths, and where each step's numbers lie.

import { allocate } from '../../regionStack.ts';
import type { Tensor } from '../../tensor.ts';
import type { Cell } from './cell.ts';

/** How a layer runs over its sequences. */
export interface RecurrenceOptions {
  readonly cell: Cell;
  /** From the last step to the first. */
  readonly reverse: boolean;
  /** Steps of each sequence; undefined: all have every step. */
  readonly lengths: Int32Array | undefined;
}

/**
 * x [steps, batch, inputs], weight_ih [gates·width, inputs], weight_hh [gates·width, width], bias_ih and bias_hh [gates·width],
 * hidden [batch, width]; for cells of two states cell [batch, width]; for peepholes [3·width].
 */
export type Inputs = readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[]];

/** What the derivative needs. `hidden` and `cells` have steps + 1 slots: those before, between and after the steps, in order of time. */
export interface Saved {
  readonly x: Float32Array;
  readonly gates: Float32Array;
  readonly hidden: Float32Array;
  readonly cells: Float32Array;
  readonly kept: Float32Array;
}

/** Extents of a call. */
export interface Sizes {
  readonly steps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly width: number;
  /** Of a row of gates. */
  readonly gateWidth: number;
}

/** Reads the extents off the tensors. */
export const sizesOf = ([x, , weight]: Inputs): Sizes => {
  const [steps, batch, inputs] = x.shape as [number, number, number]; // checked by the layer, here and below
  const [gateWidth, width] = weight.shape as [number, number];
  return { steps, batch, inputs, width, gateWidth };
};

/** One step as the loops see it. Sequences end at their lengths; rows behind the last that is still running need not be computed. */
export interface Step {
  readonly time: number;
  readonly rows: number;
  /** Slots of the state before and after it. */
  readonly before: number;
  readonly after: number;
  runs(row: number): boolean;
}

/** Step number `index` in the order of computing. */
export const stepAt = (
  index: number,
  { steps, batch }: Sizes,
  { reverse, lengths }: RecurrenceOptions,
): Step => {
  const time = reverse ? steps - 1 - index : index;
  const runs = (row: number): boolean => lengths === undefined || time < (lengths[row] as number); // row < batch
  let rows = batch;
  while (rows > 0 && !runs(rows - 1)) rows--;
  return { time, rows, before: reverse ? time + 1 : time, after: reverse ? time : time + 1, runs };
};

/** Views of the rows of a step in an array of [slot, batch, width]. */
export const viewer =
  (batch: number, rows: number) =>
  (array: Float32Array, slot: number, width: number): Float32Array =>
    array.subarray(slot * batch * width, (slot * batch + rows) * width);

/** Room as `allocate` gives it; nothing of it for nothing, so that an empty array has no address that another has too. */
export const roomFor = (length: number): Float32Array =>
  length === 0 ? new Float32Array() : allocate(length);

/** The rows of weight_hh (or of a gradient of its shape), or the numbers of bias_hh, that belong to each product of a cell. */
export const partsOf = (x: Float32Array, cell: Cell): Float32Array[] => {
  if (cell.products.length === 1) return [x]; // the same array, so that an engine finds what it keeps of a frozen weight
  let start = 0;
  return cell.products.map(({ gates }) => {
    const end = start + (gates * x.length) / cell.gates;
    const part = x.subarray(start, end);
    start = end;
    return part;
  });
};
