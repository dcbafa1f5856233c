// The gates of the gated recurrent unit, forward and backward.

import type { BackwardStep, Cell, ForwardStep } from './cell.ts';

const forward = (step: ForwardStep): void => {
  const { rows, width, gates, recurrent, hidden, kept, nextHidden } = step;
  step.multiply(0, hidden, recurrent);
  step.kernels.gruGates({ rows, width, gates, recurrent, hidden, kept, nextHidden });
};

const addTo = (x: Float32Array, more: Float32Array, length: number): void => {
  for (let at = 0; at < length; at++) x[at] = (x[at] as number) + (more[at] as number);
};

const backward = (step: BackwardStep): void => {
  const { rows, width, gates, hidden, kept, nextHiddenGradient, hiddenGradient, scratch } = step;
  const [recurrent] = step.recurrent as readonly [Float32Array]; // one product
  const gradient = { nextHiddenGradient, hiddenGradient };
  step.kernels.gruGatesGradient({ rows, width, gates, recurrent, hidden, kept, ...gradient });
  step.multiply(0, scratch);
  addTo(hiddenGradient, scratch, rows * width);
};

/**
 * r = σ(x·W_irᵀ + b_ir + h·W_hrᵀ + b_hr), z likewise, n = tanh(x·W_inᵀ + b_in + r·(h·W_hnᵀ + b_hn)), h' = (1 − z)·n + z·h. Cho 2014
 * (arXiv:1406.1078), with the reset gate after the product as in cuDNN and PyTorch.
 */
export const gruCell: Cell = {
  name: 'gru',
  gates: 3,
  products: [{ gates: 3, reads: 'hidden' }],
  states: 1,
  kept: 1, // h·W_hnᵀ + b_hn
  ownRecurrentGradient: true, // it has the factor r where the input's has none
  peepholes: false,
  forward,
  backward,
};

/** Notes r, z and n, and h' = n + z·(h − n). */
const blend = (
  { rows, width, gates, hidden, nextHidden }: ForwardStep,
  both: Float32Array,
  candidate: Float32Array,
): void => {
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const from = row * 2 * width + j;
      const gate = row * 3 * width + j;
      const z = both[from + width] as number; // arrays of the contract's sizes, here and below
      const n = candidate[at] as number;
      gates[gate] = both[from] as number;
      gates[gate + width] = z;
      gates[gate + 2 * width] = n;
      nextHidden[at] = n + z * ((hidden[at] as number) - n);
    }
};

// Rows of gates are [r, z, n]. Here n waits for a product that waits for r: hence the two blocks of scratch.
const forwardResetBefore = (step: ForwardStep): void => {
  const { rows, width, gates, hidden, kept, scratch } = step;
  const both = scratch.subarray(0, rows * 2 * width);
  const candidate = scratch.subarray(rows * 2 * width, rows * 3 * width);
  step.multiply(0, hidden, both);
  for (let row = 0; row < rows; row++)
    for (let j = 0, from = row * 3 * width, to = row * 2 * width; j < 2 * width; j++)
      both[to + j] = (both[to + j] as number) + (gates[from + j] as number);
  step.unary('sigmoid', both);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++)
      kept[row * width + j] = (both[row * 2 * width + j] as number) * (hidden[row * width + j] as number);
  step.multiply(1, kept, candidate);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++)
      candidate[row * width + j] =
        (candidate[row * width + j] as number) + (gates[(row * 3 + 2) * width + j] as number);
  step.unary('tanh', candidate);
  blend(step, both, candidate);
};

const backwardResetBefore = (step: BackwardStep): void => {
  const { rows, width, gates, hidden, nextHiddenGradient, hiddenGradient, scratch } = step;
  const [both, candidate] = step.recurrent as readonly [Float32Array, Float32Array]; // two products
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const gate = row * 3 * width + j;
      const z = gates[gate + width] as number;
      const n = gates[gate + 2 * width] as number;
      const g = nextHiddenGradient[at] as number;
      const nSlope = g * (1 - z) * (1 - n * n);
      const zSlope = g * ((hidden[at] as number) - n) * z * (1 - z);
      candidate[at] = gates[gate + 2 * width] = nSlope;
      both[row * 2 * width + width + j] = gates[gate + width] = zSlope;
      hiddenGradient[at] = g * z;
    }
  step.multiply(1, scratch); // the gradient of r·h
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const gate = row * 3 * width + j;
      const r = gates[gate] as number;
      const g = scratch[at] as number;
      both[row * 2 * width + j] = gates[gate] = g * (hidden[at] as number) * r * (1 - r);
      hiddenGradient[at] = (hiddenGradient[at] as number) + g * r;
    }
  step.multiply(0, scratch);
  addTo(hiddenGradient, scratch, rows * width);
};

/** The same with n = tanh(x·W_inᵀ + b_in + (r·h)·W_hnᵀ + b_hn): the reset gate before the product. Cho 2014, equation 8. */
export const gruResetBeforeCell: Cell = {
  name: 'gruResetBefore',
  gates: 3,
  products: [
    { gates: 2, reads: 'hidden' },
    { gates: 1, reads: 'kept' },
  ],
  states: 1,
  kept: 1, // r·h
  ownRecurrentGradient: true, // two products
  peepholes: false,
  forward: forwardResetBefore,
  backward: backwardResetBefore,
};
