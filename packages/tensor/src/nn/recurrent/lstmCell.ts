// The gates of the long short-term memory, forward and backward.

import type { BackwardStep, Cell, ForwardStep } from './cell.ts';

// Rows of gates are [i, f, g, o]. One call of the engine for the sigmoids of i, f and o, one for g: hence the two blocks of scratch.
const forward = (step: ForwardStep): void => {
  const { rows, width, gates, recurrent, cell, nextCell, nextHidden, kept, scratch } = step;
  const three = scratch.subarray(0, rows * 3 * width);
  const candidate = scratch.subarray(rows * 3 * width, rows * 4 * width);
  step.multiply(0, step.hidden, recurrent);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const from = row * 4 * width + j;
      const to = row * 3 * width + j;
      three[to] = (gates[from] as number) + (recurrent[from] as number); // arrays of the contract's sizes, here and below
      three[to + width] = (gates[from + width] as number) + (recurrent[from + width] as number);
      candidate[row * width + j] =
        (gates[from + 2 * width] as number) + (recurrent[from + 2 * width] as number);
      three[to + 2 * width] = (gates[from + 3 * width] as number) + (recurrent[from + 3 * width] as number);
    }
  step.unary('sigmoid', three);
  step.unary('tanh', candidate);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const to = row * 4 * width + j;
      const from = row * 3 * width + j;
      const i = three[from] as number;
      const f = three[from + width] as number;
      const g = candidate[at] as number;
      gates[to] = i;
      gates[to + width] = f;
      gates[to + 2 * width] = g;
      gates[to + 3 * width] = three[from + 2 * width] as number;
      const next = f * (cell[at] as number) + i * g;
      nextCell[at] = next;
      kept[at] = next;
    }
  step.unary('tanh', kept);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++)
      nextHidden[row * width + j] =
        (gates[(row * 4 + 3) * width + j] as number) * (kept[row * width + j] as number);
};

const backward = (step: BackwardStep): void => {
  const { rows, width, gates, cell, kept, nextHiddenGradient, nextCellGradient } = step;
  const { cellGradient } = step;
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const gate = row * 4 * width + j;
      const i = gates[gate] as number;
      const f = gates[gate + width] as number;
      const g = gates[gate + 2 * width] as number;
      const o = gates[gate + 3 * width] as number;
      const squashed = kept[at] as number;
      const hiddenSlope = nextHiddenGradient[at] as number;
      const slope = (nextCellGradient[at] as number) + hiddenSlope * o * (1 - squashed * squashed);
      gates[gate] = slope * g * i * (1 - i);
      gates[gate + width] = slope * (cell[at] as number) * f * (1 - f);
      gates[gate + 2 * width] = slope * i * (1 - g * g);
      gates[gate + 3 * width] = hiddenSlope * squashed * o * (1 - o);
      cellGradient[at] = slope * f;
    }
  step.multiply(0, step.hiddenGradient);
};

/**
 * i, f, o = σ(x·W_iᵀ + b_i + h·W_hᵀ + b_h), g = tanh(the same with its own weights), c' = f·c + i·g, h' = o·tanh(c'). Hochreiter and
 * Schmidhuber 1997, with the forget gate of Gers 2000 and without peepholes.
 */
export const lstmCell: Cell = {
  name: 'lstm',
  gates: 4,
  products: [{ gates: 4, reads: 'hidden' }],
  states: 2,
  kept: 1, // tanh(c')
  ownRecurrentGradient: false,
  forward,
  backward,
};
