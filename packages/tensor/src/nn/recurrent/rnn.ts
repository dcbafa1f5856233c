// RNN: the plain recurrent network of one or more layers, and its single step.

import type { Tensor } from '../../tensor.ts';
import type { Parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';
import { type Direction, declareDirections, type RecurrentOptions, runLayers } from './directions.ts';
import type { HiddenOptions, HiddenResult } from './gru.ts';
import { type Nonlinearity, rnnCell } from './rnnCell.ts';
import { cellOf } from './singleStep.ts';

/** Options of an RNN. */
export interface RNNOptions extends RecurrentOptions {
  /** Default 'tanh'. */
  readonly nonlinearity?: Nonlinearity;
}

/**
 * Plain recurrent units, h' = f(W_ih·x + b_ih + W_hh·h + b_hh). Elman 1990. Parameters in PyTorch's names: weight_ih_l0
 * [width, inputs], weight_hh_l0 [width, width], bias_ih_l0, bias_hh_l0; then …_l0_reverse, …_l1. Long sequences want a GRU or an LSTM.
 */
export class RNN {
  readonly [name: `weight_${string}` | `bias_${string}`]: Parameter | undefined;
  readonly #directions: readonly Direction[];
  readonly #options: RNNOptions;

  constructor(inputs: number, width: number, options: RNNOptions = {}) {
    const cell = rnnCell(options.nonlinearity ?? 'tanh');
    const { directions, fields } = declareDirections('RNN', { cell, inputs, width }, options);
    Object.assign(this, fields);
    this.#directions = directions;
    this.#options = options;
  }

  /** x [batch, length, inputs]. */
  forward(x: Tensor, { hidden, lengths }: HiddenOptions = {}, pass: Pass = {}): HiddenResult {
    const { output, states } = runLayers('RNN', x, {
      cell: rnnCell(this.#options.nonlinearity ?? 'tanh'),
      directions: this.#directions,
      options: this.#options,
      states: [hidden],
      ...{ lengths, pass },
    });
    return { output, hidden: states[0] as Tensor }; // as many as given
  }
}

/** One step of an RNN: weight_ih [width, inputs], weight_hh [width, width], bias_ih, bias_hh. */
export class RNNCell {
  readonly [name: `weight_${string}` | `bias_${string}`]: Parameter | undefined;
  readonly #step: (x: Tensor, states: readonly (Tensor | undefined)[]) => readonly Tensor[];

  constructor(inputs: number, width: number, options: Pick<RNNOptions, 'bias' | 'nonlinearity'> = {}) {
    const { bias = true, nonlinearity = 'tanh' } = options;
    const { fields, step } = cellOf('RNNCell', { cell: rnnCell(nonlinearity), inputs, width, bias });
    Object.assign(this, fields);
    this.#step = step;
  }

  /** x [batch, inputs], hidden [batch, width] (default zeros) → the next hidden. */
  forward(x: Tensor, hidden?: Tensor): Tensor {
    return this.#step(x, [hidden])[0] as Tensor; // one state
  }
}
