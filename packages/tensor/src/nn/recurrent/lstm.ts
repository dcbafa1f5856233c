// LSTM: long short-term memory of one or more layers, and its single step for decoders.

import type { Tensor } from '../../tensor.ts';
import type { Parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';
import type { Cell } from './cell.ts';
import {
  type Direction,
  declareDirections,
  type RecurrentOptions,
  runLayers,
  type SequenceOptions,
} from './directions.ts';
import { lstmCell } from './lstmCell.ts';
import { peepholeLstmCell } from './peepholeLstmCell.ts';
import { cellOf } from './singleStep.ts';

/** Options of an LSTM. */
export interface LSTMOptions extends RecurrentOptions {
  /**
   * Whether gates see the cell state too: weights weight_peephole_l0 [3·width] for i, f, o, and so on. Gers, Schraudolph and Schmidhuber 2002;
   * in ONNX, not in PyTorch. Default false.
   */
  readonly peepholes?: boolean;
}

const cellFor = ({ peepholes = false }: LSTMOptions): Cell => (peepholes ? peepholeLstmCell : lstmCell);

/** The two states of an LSTM; of several layers [layers·directions, batch, width], of an LSTMCell [batch, width]. */
export interface LSTMState {
  readonly hidden: Tensor;
  readonly cell: Tensor;
}

/** What an LSTM returns: the output as of a GRU, and the states after each sequence's last step. */
export interface LSTMResult extends LSTMState {
  /** [batch, length, directions·width]: the last layer's hidden states, zeros behind a sequence's length. */
  readonly output: Tensor;
}

/**
 * Long short-term memory. Hochreiter and Schmidhuber 1997, with the forget gate of Gers 2000. Parameters in PyTorch's names and gate
 * order i, f, g, o: weight_ih_l0 [4·width, inputs], weight_hh_l0 [4·width, width], bias_ih_l0, bias_hh_l0; then …_l0_reverse, …_l1.
 *
 * @example
 * const lstm = initialize(new LSTM(3, 4, { layers: 2 }), random(0));
 * const { output, hidden, cell } = lstm.forward(zeros([2, 5, 3]));
 * cell.shape; //=> [2, 2, 4]
 */
export class LSTM {
  readonly [name: `weight_${string}` | `bias_${string}`]: Parameter | undefined;
  readonly #directions: readonly Direction[];
  readonly #options: LSTMOptions;

  constructor(inputs: number, width: number, options: LSTMOptions = {}) {
    const cell = cellFor(options);
    const { directions, fields } = declareDirections('LSTM', { cell, inputs, width }, options);
    Object.assign(this, fields);
    this.#directions = directions;
    this.#options = options;
  }

  /** x [batch, length, inputs]; hidden and cell are the states before the first step, default zeros. */
  forward(x: Tensor, options: Partial<LSTMState> & SequenceOptions = {}, pass: Pass = {}): LSTMResult {
    const { output, states } = runLayers('LSTM', x, {
      cell: cellFor(this.#options),
      directions: this.#directions,
      options: this.#options,
      states: [options.hidden, options.cell],
      ...{ lengths: options.lengths, pass },
    });
    const [hidden, cell] = states as [Tensor, Tensor]; // as many as given
    return { output, hidden, cell };
  }
}

/** One step of an LSTM, for decoders: weight_ih [4·width, inputs], weight_hh [4·width, width], bias_ih, bias_hh. */
export class LSTMCell {
  readonly [name: `weight_${string}` | `bias_${string}`]: Parameter | undefined;
  readonly #step: (x: Tensor, states: readonly (Tensor | undefined)[]) => readonly Tensor[];

  constructor(inputs: number, width: number, options: Pick<LSTMOptions, 'bias' | 'peepholes'> = {}) {
    const size = { cell: cellFor(options), inputs, width, bias: options.bias ?? true };
    const { fields, step } = cellOf('LSTMCell', size);
    Object.assign(this, fields);
    this.#step = step;
  }

  /** x [batch, inputs], states [batch, width] (default zeros) → the next states. */
  forward(x: Tensor, { hidden, cell }: Partial<LSTMState> = {}): LSTMState {
    const [nextHidden, nextCell] = this.#step(x, [hidden, cell]) as [Tensor, Tensor]; // two states
    return { hidden: nextHidden, cell: nextCell };
  }
}
