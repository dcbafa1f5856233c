// The derivative of a recurrence: back through the steps with the cell's derivative and the product with weight_hh, then one product
// each for the gradients of the weights and of the inputs of all steps. Werbos 1990, *Backpropagation through time*.

import { currentBackend } from '../../backend/slot.ts';
import { Tensor } from '../../tensor.ts';
import {
  type Inputs,
  partsOf,
  type RecurrenceOptions,
  roomFor,
  type Saved,
  type Sizes,
  sizesOf,
  stepAt,
  viewer,
} from './steps.ts';

/** Gradients at the products of all steps (that of the inputs takes the place of the gates) and at the first states. */
interface Slopes {
  readonly gates: Float32Array;
  readonly recurrent: readonly Float32Array[];
  readonly hidden: Float32Array;
  readonly cell: Float32Array;
  readonly peephole: Float64Array;
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
  const weights = partsOf(inputs[2].data, cell);
  const peephole = inputs[7]?.data ?? new Float32Array();
  const peepholeGradient = new Float64Array(peephole.length); // a sum of thousands, as those of biases
  const { gates } = saved;
  const recurrent = cell.products.map((product) =>
    cell.ownRecurrentGradient ? roomFor(product.gates * steps * plane) : gates,
  );
  const states = cell.states === 2 ? plane : 0;
  const hidden = roomFor(plane); // of the state after the step that is looked at, as cells
  const cells = roomFor(states);
  hidden.set(upstream.subarray(steps * plane, (steps + 1) * plane));
  cells.set(upstream.subarray((steps + 1) * plane));
  const [total, hiddenBefore, scratch] = [roomFor(plane), roomFor(plane), roomFor(plane)];
  const cellBefore = roomFor(states);
  for (let index = steps - 1; index >= 0; index--) {
    const { time, rows, before, after, runs } = stepAt(index, sizes, options);
    const view = viewer(batch, rows);
    for (let at = 0; at < rows * width; at++)
      total[at] = (hidden[at] as number) + (upstream[time * plane + at] as number); // both have rows · width
    const own = recurrent.map((array, product) =>
      view(array, time, (cell.products[product]?.gates ?? 0) * width),
    );
    cell.backward({
      rows,
      width,
      gates: view(gates, time, gateWidth),
      recurrent: own,
      hidden: view(saved.hidden, before, width),
      nextHidden: view(saved.hidden, after, width),
      cell: view(saved.cells, before, width),
      nextCell: view(saved.cells, after, width),
      kept: view(saved.kept, time, cell.kept * width),
      ...{ peephole, peepholeGradient, runs },
      nextHiddenGradient: total,
      nextCellGradient: cells,
      hiddenGradient: hiddenBefore,
      cellGradient: cellBefore,
      kernels: backend,
      scratch,
      multiply: (product, out) =>
        backend.matmul({
          a: own[product] as Float32Array, // one of each a product
          b: weights[product] as Float32Array,
          out,
          m: rows,
          n: width,
          k: (cell.products[product]?.gates ?? 0) * width,
          transposeA: false,
          transposeB: false,
          batches: 1,
          aStride: 0,
          bStride: 0,
          keep: false,
        }),
    });
    const idle = (array: Float32Array): void => {
      const size = array.length / (steps * batch);
      for (let row = 0; row < batch; row++)
        if (!runs(row)) array.fill(0, (time * batch + row) * size, (time * batch + row + 1) * size);
    };
    if (options.lengths !== undefined) for (const array of new Set([gates, ...recurrent])) idle(array);
    for (let row = 0; row < rows; row++) {
      if (!runs(row)) continue;
      hidden.set(hiddenBefore.subarray(row * width, (row + 1) * width), row * width);
      if (states > 0) cells.set(cellBefore.subarray(row * width, (row + 1) * width), row * width);
    }
  }
  return { gates, recurrent, hidden, cell: cells, peephole: peepholeGradient };
};

/** out [m, n] = left [rows, m]ᵀ · right [rows, n]. */
const transposedProduct = (
  left: Float32Array,
  right: Float32Array,
  to: { readonly out: Float32Array; readonly rows: number },
): void => {
  const { out, rows } = to;
  const [m, n] = rows === 0 ? [out.length, 1] : [left.length / rows, right.length / rows];
  const call = { a: left, b: right, out, m, n, k: rows, transposeA: true, transposeB: false };
  currentBackend().matmul({ ...call, batches: 1, aStride: 0, bStride: 0, keep: false });
};

const inputWeightGradient = (
  gates: Float32Array,
  x: Float32Array,
  { steps, batch, gateWidth, inputs }: Sizes,
): Tensor => {
  const out = roomFor(gateWidth * inputs);
  transposedProduct(gates, x, { out, rows: steps * batch });
  return new Tensor('float32', [gateWidth, inputs], out);
};

/** The gradient of weight_hh, product by product: what each read is known. */
const hiddenWeightGradient = (
  recurrent: readonly Float32Array[],
  { cell, reverse }: RecurrenceOptions,
  { saved, sizes: { steps, batch, width, gateWidth } }: { readonly saved: Saved; readonly sizes: Sizes },
): Tensor => {
  const out = roomFor(gateWidth * width);
  const first = reverse ? batch * width : 0; // the slot before the first step
  const previous = saved.hidden.subarray(first, first + steps * batch * width);
  for (const [product, part] of partsOf(out, cell).entries()) {
    const read = cell.products[product]?.reads === 'kept' ? saved.kept : previous;
    transposedProduct(recurrent[product] as Float32Array, read, { out: part, rows: steps * batch }); // one a product
  }
  return new Tensor('float32', [gateWidth, width], out);
};

const columnSums = (x: Float32Array, out: Float32Array): void => {
  const width = out.length;
  const sums = new Float64Array(width); // thousands of rows: a float32 sum would lose digits
  for (let start = 0; start < x.length; start += width)
    for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + (x[start + j] as number); // whole rows
  out.set(sums);
};

/** The gradient of a bias, from those of its products. */
const biasGradient = (
  slopes: readonly Float32Array[],
  parts: (out: Float32Array) => readonly Float32Array[],
  gateWidth: number,
): Tensor => {
  const out = roomFor(gateWidth);
  for (const [index, part] of parts(out).entries()) columnSums(slopes[index] as Float32Array, part); // one a product
  return new Tensor('float32', [gateWidth], out);
};

const inputGradient = (gates: Float32Array, [x, weight]: Inputs, { gateWidth, inputs }: Sizes): Tensor => {
  const out = roomFor(x.size);
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
  const { batch, width, gateWidth } = sizes;
  const { saved, needs } = given;
  const slopes = stepsBack(inputs, options, given);
  const makers = [
    () => inputGradient(slopes.gates, inputs, sizes),
    () => inputWeightGradient(slopes.gates, saved.x, sizes),
    () => hiddenWeightGradient(slopes.recurrent, options, { saved, sizes }),
    () => biasGradient([slopes.gates], (out) => [out], gateWidth),
    () => biasGradient(slopes.recurrent, (out) => partsOf(out, options.cell), gateWidth),
    () => new Tensor('float32', [batch, width], slopes.hidden),
    () => new Tensor('float32', [batch, width], slopes.cell),
    () => new Tensor('float32', [slopes.peephole.length], Float32Array.from(slopes.peephole)),
  ];
  return makers.map((make, index) => (needs(index) ? make() : undefined));
};
