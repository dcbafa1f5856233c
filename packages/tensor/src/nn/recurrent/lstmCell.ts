// The long short-term memory: one product a step, and the gates as kernels of the engine.

import type { Cell } from './cell.ts';

/**
 * i, f, o = σ(x·W_iᵀ + b_i + h·W_hᵀ + b_h), g = tanh(the same with its own weights), c' = f·c + i·g, h' = o·tanh(c'). Hochreiter and
 * Schmidhuber 1997, with the forget gate of Gers 2000.
 */
export const lstmCell: Cell = {
  name: 'lstm',
  gates: 4,
  products: [{ gates: 4, reads: 'hidden' }],
  states: 2,
  kept: 1, // tanh(c')
  ownRecurrentGradient: false,
  peepholes: false,
  forward: ({ rows, width, gates, recurrent, hidden, cell, nextCell, kept, nextHidden, ...step }) => {
    step.multiply(0, hidden, recurrent);
    step.kernels.lstmGates({ rows, width, gates, recurrent, cell, nextCell, squashed: kept, nextHidden });
  },
  backward: ({ rows, width, gates, cell, kept, nextHiddenGradient, nextCellGradient, ...step }) => {
    const { cellGradient } = step;
    const gradients = { nextHiddenGradient, nextCellGradient, cellGradient };
    step.kernels.lstmGatesGradient({ rows, width, gates, cell, squashed: kept, ...gradients });
    step.multiply(0, step.hiddenGradient);
  },
};
