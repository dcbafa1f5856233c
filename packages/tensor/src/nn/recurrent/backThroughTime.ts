// The derivative of a recurrence: back through the steps with the cell's derivative and the product with weight_hh, then one product
// each for the gradients of the weights and of the inputs of all steps. Werbos 1990, *Backpropagation through time*.

import { currentBackend } from '../../backend/slot.ts';
import { allocate } from '../../regionStack.ts';
import { Tensor } from '../../tensor.ts';
import {
  type Inputs,
  type RecurrenceOptions,
  type Saved,
  type Sizes,
  sizesOf,
  stepAt,
  viewer,
} from './steps.ts';

/** Gradients at both products of all steps, which take the place of the gates, and at the first states. */
interface Slopes {
  readonly gates: Float32Array;
  readonly recurrent: Float32Array;
  readonly hidden: Float32Array;
  readonly cell: Float32Array;
}

/** Goes through the steps from the last computed to the first. `upstream` is laid out as the output is. */
const stepsBack = (
  inputs: Inputs,
  options: RecurrenceOptions,
  { saved, upstream }: { readonly saved: Saved; readonly upstream: Float32Array },
): Slopes => {
  const sizes = sizesOf(inputs);
  const { steps, batch, width, gateWidth } = sizes;
  const { cell } = options;
  const backend = currentBackend();
  const plane = batch * width;
  const weight = inputs[2];
  const { gates } = saved;
  const recurrent = cell.ownRecurrentGradient ? allocate(gates.length) : gates;
  const states = cell.states === 2 ? plane : 0;
  const [hidden, cells] = [allocate(plane), allocate(states)]; // of the state after the step that is looked at
  hidden.set(upstream.subarray(steps * plane, (steps + 1) * plane));
  cells.set(upstream.subarray((steps + 1) * plane));
  const [total, direct, cellBefore, through] = [
    allocate(plane),
    allocate(plane),
    allocate(states),
    allocate(plane),
  ];
  for (let index = steps - 1; index >= 0; index--) {
    const { time, rows, before, after, runs } = stepAt(index, sizes, options);
    const view = viewer(batch, rows);
    for (let at = 0; at < rows * width; at++)
      total[at] = (hidden[at] as number) + (upstream[time * plane + at] as number); // both have rows · width
    const recurrentSlope = view(recurrent, time, gateWidth);
    cell.backward({
      rows,
      width,
      gates: view(gates, time, gateWidth),
      recurrent: recurrentSlope,
      hidden: view(saved.hidden, before, width),
      nextHidden: view(saved.hidden, after, width),
      cell: view(saved.cells, before, width),
      kept: view(saved.kept, time, cell.kept * width),
      nextHiddenGradient: total,
      nextCellGradient: cells,
      hiddenGradient: direct,
      cellGradient: cellBefore,
    });
    const idle = (array: Float32Array): void => {
      for (let row = 0; row < batch; row++)
        if (!runs(row)) array.fill(0, (time * batch + row) * gateWidth, (time * batch + row + 1) * gateWidth);
    };
    if (options.lengths !== undefined) for (const array of new Set([gates, recurrent])) idle(array);
    backend.matmul({
      a: recurrentSlope,
      b: weight.data,
      out: through,
      m: rows,
      n: width,
      k: gateWidth,
      transposeA: false,
      transposeB: false,
      batches: 1,
      aStride: 0,
      bStride: 0,
      keep: false,
    });
    for (let row = 0; row < rows; row++) {
      if (!runs(row)) continue;
      for (let at = row * width; at < (row + 1) * width; at++)
        hidden[at] = (direct[at] as number) + (through[at] as number); // rows · width
      if (states > 0) cells.set(cellBefore.subarray(row * width, (row + 1) * width), row * width);
    }
  }
  return { gates, recurrent, hidden, cell: cells };
};

/** left [rows, m]ᵀ · right [rows, n]. */
const transposedProduct = (
  [left, m]: readonly [Float32Array, number],
  [right, n]: readonly [Float32Array, number],
  rows: number,
): Tensor => {
  const out = allocate(m * n);
  const call = { a: left, b: right, out, m, n, k: rows, transposeA: true, transposeB: false };
  currentBackend().matmul({ ...call, batches: 1, aStride: 0, bStride: 0, keep: false });
  return new Tensor('float32', [m, n], out);
};

const columnSums = (x: Float32Array, width: number): Tensor => {
  const sums = new Float64Array(width); // thousands of rows: a float32 sum would lose digits
  for (let start = 0; start < x.length; start += width)
    for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + (x[start + j] as number); // whole rows
  const out = allocate(width);
  out.set(sums);
  return new Tensor('float32', [width], out);
};

const inputGradient = (gates: Float32Array, [x, weight]: Inputs, { gateWidth, inputs }: Sizes): Tensor => {
  const out = allocate(x.size);
  const m = gateWidth === 0 ? 0 : gates.length / gateWidth;
  const call = { a: gates, b: weight.data, out, m, n: inputs, k: gateWidth };
  currentBackend().matmul({
    ...call,
    ...{ transposeA: false, transposeB: false, batches: 1, aStride: 0, bStride: 0 },
    keep: weight.constant,
  });
  return new Tensor('float32', x.shape, out);
};

/** Gradients of the inputs that want one, in their order. What forward saved is used up. */
export const backThroughTime = (
  inputs: Inputs,
  options: RecurrenceOptions,
  given: { readonly saved: Saved; readonly upstream: Float32Array; needs(index: number): boolean },
): readonly (Tensor | undefined)[] => {
  const sizes = sizesOf(inputs);
  const { steps, batch, width, gateWidth } = sizes;
  const { saved, needs } = given;
  const slopes = stepsBack(inputs, options, given);
  const firstSlot = options.reverse ? batch * width : 0;
  const previous = saved.hidden.subarray(firstSlot, firstSlot + steps * batch * width);
  const rows = steps * batch;
  const makers = [
    () => inputGradient(slopes.gates, inputs, sizes),
    () => transposedProduct([slopes.gates, gateWidth], [saved.x, sizes.inputs], rows),
    () => transposedProduct([slopes.recurrent, gateWidth], [previous, width], rows),
    () => columnSums(slopes.gates, gateWidth),
    () => columnSums(slopes.recurrent, gateWidth),
    () => new Tensor('float32', [batch, width], slopes.hidden),
    () => new Tensor('float32', [batch, width], slopes.cell),
  ];
  return makers.map((make, index) => (needs(index) ? make() : undefined));
};
