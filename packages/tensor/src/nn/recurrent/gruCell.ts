// The gates of the gated recurrent unit, forward and backward.

import type { BackwardStep, Cell, ForwardStep } from './cell.ts';

// Rows of gates are [r, z, n]. r and z need one call of the engine and n, which needs r, another: hence the two blocks of scratch.
const forward = (step: ForwardStep): void => {
  const { rows, width, gates, recurrent, hidden, nextHidden, kept, scratch } = step;
  const both = scratch.subarray(0, rows * 2 * width);
  const candidate = scratch.subarray(rows * 2 * width, rows * 3 * width);
  for (let row = 0; row < rows; row++)
    for (let j = 0, from = row * 3 * width, to = row * 2 * width; j < 2 * width; j++)
      both[to + j] = (gates[from + j] as number) + (recurrent[from + j] as number); // arrays of the contract's sizes, here and below
  step.unary('sigmoid', both);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const own = (row * 3 + 2) * width + j;
      const fromHidden = recurrent[own] as number;
      kept[row * width + j] = fromHidden;
      candidate[row * width + j] =
        (gates[own] as number) + (both[row * 2 * width + j] as number) * fromHidden;
    }
  step.unary('tanh', candidate);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const from = row * 2 * width + j;
      const gate = row * 3 * width + j;
      const z = both[from + width] as number;
      const n = candidate[at] as number;
      gates[gate] = both[from] as number;
      gates[gate + width] = z;
      gates[gate + 2 * width] = n;
      nextHidden[at] = n + z * ((hidden[at] as number) - n);
    }
};

const backward = (step: BackwardStep): void => {
  const { rows, width, gates, recurrent, hidden, kept, nextHiddenGradient, hiddenGradient } = step;
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const gate = row * 3 * width + j;
      const r = gates[gate] as number;
      const z = gates[gate + width] as number;
      const n = gates[gate + 2 * width] as number;
      const g = nextHiddenGradient[at] as number;
      const nSlope = g * (1 - z) * (1 - n * n);
      const zSlope = g * ((hidden[at] as number) - n) * z * (1 - z);
      const rSlope = nSlope * (kept[at] as number) * r * (1 - r);
      gates[gate] = recurrent[gate] = rSlope;
      gates[gate + width] = recurrent[gate + width] = zSlope;
      gates[gate + 2 * width] = nSlope;
      recurrent[gate + 2 * width] = nSlope * r;
      hiddenGradient[at] = g * z;
    }
};

/**
 * r = σ(x·W_irᵀ + b_ir + h·W_hrᵀ + b_hr), z likewise, n = tanh(x·W_inᵀ + b_in + r·(h·W_hnᵀ + b_hn)), h' = (1 − z)·n + z·h. Cho 2014
 * (arXiv:1406.1078), with the reset gate after the product as in cuDNN and PyTorch.
 */
export const gruCell: Cell = {
  name: 'gru',
  gates: 3,
  states: 1,
  kept: 1, // h·W_hnᵀ + b_hn
  ownRecurrentGradient: true, // it has the factor r where the input's has none
  forward,
  backward,
};
