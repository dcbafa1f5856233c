// The long short-term memory whose gates see the cell state too, in plain loops: o has to wait for the next cell.

import type { BackwardStep, Cell, ForwardStep } from './cell.ts';
import { lstmCell } from './lstmCell.ts';

// Rows of gates are [i, f, g, o]; scratch has a block for i and f, one for g and one for o, each a call of the engine.
const forward = (step: ForwardStep): void => {
  const { rows, width, gates, recurrent, cell, nextCell, nextHidden, kept, scratch, peephole } = step;
  const pair = scratch.subarray(0, rows * 2 * width);
  const candidate = scratch.subarray(rows * 2 * width, rows * 3 * width);
  const output = scratch.subarray(rows * 3 * width, rows * 4 * width);
  step.multiply(0, step.hidden, recurrent);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const from = row * 4 * width + j;
      const to = row * 2 * width + j;
      const c = cell[at] as number; // arrays of the contract's sizes, here and below
      pair[to] = (gates[from] as number) + (recurrent[from] as number);
      pair[to + width] = (gates[from + width] as number) + (recurrent[from + width] as number);
      candidate[at] = (gates[from + 2 * width] as number) + (recurrent[from + 2 * width] as number);
      output[at] = (gates[from + 3 * width] as number) + (recurrent[from + 3 * width] as number);
      pair[to] = (pair[to] as number) + c * (peephole[j] as number);
      pair[to + width] = (pair[to + width] as number) + c * (peephole[width + j] as number);
    }
  step.unary('sigmoid', pair);
  step.unary('tanh', candidate);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const from = row * 2 * width + j;
      const next =
        (pair[from + width] as number) * (cell[at] as number) +
        (pair[from] as number) * (candidate[at] as number);
      nextCell[at] = next;
      kept[at] = next;
      output[at] = (output[at] as number) + next * (peephole[2 * width + j] as number);
    }
  step.unary('sigmoid', output);
  step.unary('tanh', kept);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const from = row * 2 * width + j;
      const to = row * 4 * width + j;
      gates[to] = pair[from] as number;
      gates[to + width] = pair[from + width] as number;
      gates[to + 2 * width] = candidate[at] as number;
      gates[to + 3 * width] = output[at] as number;
      nextHidden[at] = (output[at] as number) * (kept[at] as number);
    }
};

const backward = (step: BackwardStep): void => {
  const { rows, width, gates, cell, kept, nextHiddenGradient, nextCellGradient, cellGradient } = step;
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
      const outputSlope = hiddenSlope * squashed * o * (1 - o);
      const peeped = outputSlope * (step.peephole[2 * width + j] as number);
      const slope = (nextCellGradient[at] as number) + hiddenSlope * o * (1 - squashed * squashed) + peeped;
      gates[gate] = slope * g * i * (1 - i);
      gates[gate + width] = slope * (cell[at] as number) * f * (1 - f);
      gates[gate + 2 * width] = slope * i * (1 - g * g);
      gates[gate + 3 * width] = outputSlope;
      cellGradient[at] = slope * f;
    }
  throughPeepholes(step);
  step.multiply(0, step.hiddenGradient);
};

/** What i and f pass on to the cell that they saw, and the gradients of the peepholes themselves. */
const throughPeepholes = (step: BackwardStep): void => {
  const { rows, width, gates, cell, nextCell, cellGradient, peephole, peepholeGradient, runs } = step;
  for (let row = 0; row < rows; row++) {
    if (!runs(row)) continue;
    for (let j = 0; j < width; j++) {
      const at = row * width + j;
      const gate = row * 4 * width + j;
      const [i, f, o] = [gates[gate], gates[gate + width], gates[gate + 3 * width]] as [
        number,
        number,
        number,
      ];
      const c = cell[at] as number;
      cellGradient[at] =
        (cellGradient[at] as number) + i * (peephole[j] as number) + f * (peephole[width + j] as number);
      peepholeGradient[j] = (peepholeGradient[j] as number) + i * c;
      peepholeGradient[width + j] = (peepholeGradient[width + j] as number) + f * c;
      peepholeGradient[2 * width + j] =
        (peepholeGradient[2 * width + j] as number) + o * (nextCell[at] as number);
    }
  }
};

/** The LSTM with p_i·c and p_f·c added before the σ of i and f, and p_o·c' before that of o. Gers, Schraudolph and Schmidhuber 2002 (JMLR 3). */
export const peepholeLstmCell: Cell = {
  ...lstmCell,
  name: 'peepholeLstm',
  peepholes: true,
  forward,
  backward,
};
