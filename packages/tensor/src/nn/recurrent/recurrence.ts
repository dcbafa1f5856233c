// One layer of a recurrent network in one direction, as one operation: no tensor and no node of the graph for a step.

import { defineOp } from '../../op.ts';
import { reshape } from '../../ops/arrange.ts';
import { slice } from '../../ops/slice.ts';
import type { Tensor } from '../../tensor.ts';
import { backThroughTime } from './backThroughTime.ts';
import { type Inputs, type RecurrenceOptions, type Saved, sizesOf } from './steps.ts';
import { unroll } from './unroll.ts';

const recurrenceOp = defineOp<Inputs, RecurrenceOptions, Saved>({
  name: 'recurrence',
  forward: (inputs, options) => {
    const { steps, batch, width } = sizesOf(inputs);
    const { output, saved } = unroll(inputs, options);
    return { shape: [steps + options.cell.states, batch, width], data: output, saved };
  },
  backward: (gradient, { inputs, options, saved, needs }) =>
    backThroughTime(inputs, options, { saved, upstream: gradient.data, needs }),
});

/** What a recurrence puts out: time first. */
export interface RecurrenceResult {
  /** [steps, batch, width]; zeros where a sequence has ended. */
  readonly output: Tensor;
  /** The states after the last step of each sequence, [batch, width] each: hidden, and for an LSTM cell. */
  readonly states: readonly Tensor[];
}

/** Runs a cell over time-first inputs; shapes are checked by the layers. */
export const recurrence = (inputs: Inputs, options: RecurrenceOptions): RecurrenceResult => {
  const { steps, batch, width } = sizesOf(inputs);
  const all = recurrenceOp(inputs, options);
  return {
    output: slice(all, 0, 0, steps),
    states: Array.from({ length: options.cell.states }, (_, state) =>
      reshape(slice(all, 0, steps + state, steps + state + 1), [batch, width]),
    ),
  };
};
