// Convolution along one axis: windows laid out as rows, then one matrix product.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { dims, type Shape, ShapeError, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { add } from './arithmetic.ts';
import { permute, reshape } from './arrange.ts';
import { matmul } from './matmul.ts';

/** Options of `conv1d`. */
export interface Conv1dOptions {
  /** Places from one window to the next. Default 1. */
  readonly stride?: number;
  /** Zeros before the first place and behind the last. Default 0. */
  readonly padding?: number;
  /** Places from one tap of the kernel to the next. Default 1. */
  readonly dilation?: number;
  /** Parts of the channels that see only each other; as many as channels is a depthwise convolution. Default 1. */
  readonly groups?: number;
}

interface Windows extends Required<Conv1dOptions> {
  readonly batch: number;
  /** Channels of a group. */
  readonly channels: number;
  readonly length: number;
  readonly taps: number;
  /** How many windows fit. */
  readonly windows: number;
}

const rowsShape = ({ groups, batch, windows, channels, taps }: Windows): Shape => [
  groups,
  batch * windows,
  channels * taps,
];
const signalShape = ({ groups, batch, length, channels }: Windows): Shape => [
  batch,
  groups * channels,
  length,
];

/** Walks all taps: adds rows to places of the signal ('fold'), or copies places into rows ('unfold'). Taps on padding are left alone. */
const walk = (
  [signal, rows]: readonly [Float32Array, Float32Array],
  { groups, batch, channels, length, taps, windows, stride, padding, dilation }: Windows,
  fold: boolean,
): void => {
  for (let group = 0; group < groups; group++)
    for (let sequence = 0; sequence < batch; sequence++)
      for (let channel = 0; channel < channels; channel++) {
        const start = ((sequence * groups + group) * channels + channel) * length;
        for (let window = 0; window < windows; window++) {
          const row = (((group * batch + sequence) * windows + window) * channels + channel) * taps;
          const first = window * stride - padding;
          for (let tap = 0; tap < taps; tap++) {
            const place = first + tap * dilation;
            if (place < 0 || place >= length) continue;
            if (fold)
              signal[start + place] = (signal[start + place] as number) + (rows[row + tap] as number); // inside both, here and below
            else rows[row + tap] = signal[start + place] as number;
          }
        }
      }
};

/** x [batch, groups · channels, length] → a row for each window, [groups, batch · windows, channels · taps]. */
const unfoldOp = defineOp<readonly [Tensor], Windows>({
  name: 'unfold',
  forward: ([x], windows) => {
    const data = allocate(sizeOf(rowsShape(windows))).fill(0);
    walk([x.data, data], windows, false);
    return { shape: rowsShape(windows), data };
  },
  backward: (gradient, { options: windows }) => [foldOp([gradient], windows)],
});

/** Sums of rows at the places they came from: the reverse of unfold. */
const foldOp = defineOp<readonly [Tensor], Windows>({
  name: 'fold',
  forward: ([rows], windows) => {
    const data = allocate(sizeOf(signalShape(windows))).fill(0);
    walk([data, rows.data], windows, true);
    return { shape: signalShape(windows), data };
  },
  backward: (gradient, { options: windows }): readonly Tensor[] => [unfold(gradient, windows)],
});

const unfold = (x: Tensor, windows: Windows): Tensor => unfoldOp([x], windows);

const windowsOf = (x: Tensor, weight: Tensor, options: Required<Conv1dOptions>): Windows => {
  const { stride, padding, dilation, groups } = options;
  const { batch, inputs, length, outputs, channels, taps } = dims('conv1d', {
    x: [x, 'batch inputs length'],
    weight: [weight, 'outputs channels taps'],
  });
  for (const [name, value] of Object.entries({ stride, dilation, groups }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`conv1d: ${name} ${value}; expected a positive integer.`);
  if (!Number.isInteger(padding) || padding < 0)
    throw new RangeError(`conv1d: padding ${padding}; expected an integer from 0.`);
  if (inputs !== groups * channels || outputs % groups !== 0)
    throw new ShapeError(
      `conv1d: x ${x} with weight ${weight} in ${groups} groups; expected x [batch, inputs, length], weight [outputs, inputs / groups, taps], groups dividing inputs and outputs.`,
    );
  const windows = Math.floor((length + 2 * padding - dilation * (taps - 1) - 1) / stride) + 1;
  if (taps < 1 || windows < 1)
    throw new ShapeError(
      `conv1d: ${taps} taps with dilation ${dilation} do not fit into ${length} places with padding ${padding} of ${x}. Pad more, or shorten the kernel.`,
    );
  return { batch, channels, length, taps, windows, stride, padding, dilation, groups };
};

/**
 * Cross-correlation along the last axis: x [batch, inputs, length], weight [outputs, inputs / groups, taps] as PyTorch stores it, bias
 * [outputs] → [batch, outputs, windows] with windows = ⌊(length + 2·padding − dilation·(taps − 1) − 1) / stride⌋ + 1.
 *
 * @example
 * conv1d(tensor([[[1, 2, 3]]]), tensor([[[1, 1]]])).toArray(); //=> [[[3, 5]]]
 */
export const conv1d = (
  x: Tensor,
  weight: Tensor,
  bias?: Tensor,
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: Conv1dOptions = {},
): Tensor => {
  const plan = windowsOf(x, weight, { stride, padding, dilation, groups });
  const outputs = weight.shape[0] as number; // rank 3, checked
  if (bias !== undefined && (bias.rank !== 1 || bias.size !== outputs))
    throw new ShapeError(`conv1d: bias ${bias} with weight ${weight}; expected [outputs].`);
  const kernels = reshape(weight, [groups, outputs / groups, plan.channels * plan.taps]);
  const products = matmul(unfold(x, plan), kernels, { transposeB: true });
  const byChannel = permute(
    reshape(products, [groups, plan.batch, plan.windows, outputs / groups]),
    [1, 0, 3, 2],
  );
  const result = reshape(byChannel, [plan.batch, outputs, plan.windows]);
  return bias === undefined ? result : add(result, reshape(bias, [outputs, 1]));
};
