// The forward pass of a recurrence: one product for the inputs of all steps, then a step at a time the product with the hidden
// state and the cell. Its derivative is backThroughTime.ts.

import { currentBackend } from '../../backend/slot.ts';
import {
  type Inputs,
  partsOf,
  type RecurrenceOptions,
  roomFor,
  type Saved,
  type Sizes,
  type Step,
  sizesOf,
  stepAt,
  viewer,
} from './steps.ts';

/** x with zeros where sequences have ended, so that what stands there can do no harm. */
const inputsOf = (x: Float32Array, { steps, batch, inputs }: Sizes, lengths: Int32Array | undefined) => {
  if (lengths === undefined || lengths.every((length) => length === steps)) return x;
  const result = roomFor(x.length);
  result.set(x);
  for (let time = 0; time < steps; time++)
    for (let row = 0; row < batch; row++)
      if (time >= (lengths[row] as number))
        // row < batch
        result.fill(0, (time * batch + row) * inputs, (time * batch + row + 1) * inputs);
  return result;
};

const nothing = new Float32Array();

/** Sequences that do not run in this step keep their states and put out zeros. */
const stay = (
  { time, before, after, runs }: Step,
  { batch, width }: Sizes,
  { states, output }: { readonly states: readonly Float32Array[]; readonly output: Float32Array },
): void => {
  for (let row = 0; row < batch; row++) {
    if (runs(row)) continue;
    for (const array of states)
      array.copyWithin(
        (after * batch + row) * width,
        (before * batch + row) * width,
        (before * batch + row + 1) * width,
      );
    output.fill(0, (time * batch + row) * width, (time * batch + row + 1) * width);
  }
};

/** [steps outputs, final hidden, (final cell)] and what the derivative needs. */
export const unroll = (
  inputs: Inputs,
  options: RecurrenceOptions,
): { readonly output: Float32Array; readonly saved: Saved } => {
  const [x, weightX, weightH, biasX, biasH, firstHidden, firstCell, peepholes] = inputs;
  const sizes = sizesOf(inputs);
  const { steps, batch, width, gateWidth } = sizes;
  const { cell, reverse } = options;
  const backend = currentBackend();
  const plane = batch * width;
  const saved: Saved = {
    x: inputsOf(x.data, sizes, options.lengths),
    gates: roomFor(steps * batch * gateWidth),
    hidden: roomFor((steps + 1) * plane),
    cells: roomFor(firstCell === undefined ? 0 : (steps + 1) * plane),
    kept: roomFor(cell.kept * steps * plane),
  };
  const { gates, hidden, cells, kept } = saved;
  const output = roomFor((steps + cell.states) * plane);
  const [weights, biases] = [partsOf(weightH.data, cell), partsOf(biasH.data, cell)];
  if (options.lengths !== undefined) kept.fill(0); // rows that no step reaches meet gradients of zero
  const recurrent = roomFor(batch * gateWidth);
  const scratch = roomFor(batch * gateWidth);
  const first = reverse ? steps : 0;
  hidden.set(firstHidden.data, first * plane);
  if (firstCell !== undefined) cells.set(firstCell.data, first * plane);
  backend.linear({
    x: saved.x,
    weight: weightX.data,
    bias: biasX.data,
    out: gates,
    rows: steps * batch,
    inputs: sizes.inputs,
    outputs: gateWidth,
    activation: 'none',
    keep: weightX.constant,
  });
  for (let index = 0; index < steps; index++) {
    const step = stepAt(index, sizes, options);
    const { time, rows, before, after } = step;
    const view = viewer(batch, rows);
    cell.forward({
      rows,
      width,
      gates: view(gates, time, gateWidth),
      recurrent,
      hidden: view(hidden, before, width),
      nextHidden: view(hidden, after, width),
      cell: view(cells, before, width),
      nextCell: view(cells, after, width),
      peephole: peepholes?.data ?? nothing,
      kept: view(kept, time, cell.kept * width),
      scratch,
      multiply: (product, input, out) =>
        backend.linear({
          x: input,
          weight: weights[product] as Float32Array, // one of each a product
          bias: biases[product] as Float32Array,
          out,
          rows,
          inputs: width,
          outputs: (cell.products[product]?.gates ?? 0) * width,
          activation: 'none',
          keep: weightH.constant && weights.length === 1,
        }),
      kernels: backend,
      unary: (kind, values) => backend.unary(kind, values, values),
    });
    output.set(view(hidden, after, width), time * plane);
    stay(step, sizes, { states: [hidden, cells], output });
  }
  const last = reverse ? 0 : steps;
  output.set(hidden.subarray(last * plane, (last + 1) * plane), steps * plane);
  output.set(cells.subarray(last * plane, (last + 1) * plane), (steps + 1) * plane);
  return { output, saved };
};
