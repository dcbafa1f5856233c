// The plain recurrent cell of Elman 1990, forward and backward.

import type { BackwardStep, Cell, ForwardStep } from './cell.ts';

/** What follows the sum of both products. */
export type Nonlinearity = 'tanh' | 'relu';

const forward =
  (nonlinearity: Nonlinearity) =>
  ({ rows, width, gates, recurrent, hidden, nextHidden, unary, multiply }: ForwardStep): void => {
    multiply(0, hidden, recurrent);
    for (let at = 0; at < rows * width; at++)
      nextHidden[at] = (gates[at] as number) + (recurrent[at] as number); // arrays of the contract's sizes, here and below
    unary(nonlinearity, nextHidden);
  };

const backward =
  (nonlinearity: Nonlinearity) =>
  ({ rows, width, gates, nextHidden, nextHiddenGradient, hiddenGradient, multiply }: BackwardStep): void => {
    for (let at = 0; at < rows * width; at++) {
      const h = nextHidden[at] as number;
      const slope = nonlinearity === 'tanh' ? 1 - h * h : Number(h > 0);
      gates[at] = (nextHiddenGradient[at] as number) * slope;
    }
    multiply(0, hiddenGradient);
  };

/** h' = f(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh) with f = tanh or relu. Elman 1990, *Finding structure in time*. */
export const rnnCell = (nonlinearity: Nonlinearity): Cell => ({
  name: 'rnn',
  gates: 1,
  products: [{ gates: 1, reads: 'hidden' }],
  states: 1,
  kept: 0,
  ownRecurrentGradient: false,
  peepholes: false,
  forward: forward(nonlinearity),
  backward: backward(nonlinearity),
});
