// GRU: a gated recurrent network of one or more layers, and its single step for decoders.

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
import { gruCell, gruResetBeforeCell } from './gruCell.ts';
import { cellOf } from './singleStep.ts';

/** Options of a GRU. */
export interface GRUOptions extends RecurrentOptions {
  /** Where the reset gate stands: 'after' the product with the hidden state (PyTorch, cuDNN), or 'before' it (Cho 2014, equation 8; ONNX's linear_before_reset 0). Default 'after'. */
  readonly reset?: 'after' | 'before';
}

const cellFor = (reset: GRUOptions['reset']): Cell => (reset === 'before' ? gruResetBeforeCell : gruCell);

/** First states and lengths of one pass through a GRU or an RNN. */
export interface HiddenOptions extends SequenceOptions {
  /** [layers·directions, batch, width]: the hidden state before the first step. Default zeros. */
  readonly hidden?: Tensor;
}

/** What a GRU or an RNN returns. */
export interface HiddenResult {
  /** [batch, length, directions·width]: the last layer's hidden states, zeros behind a sequence's length. */
  readonly output: Tensor;
  /** [layers·directions, batch, width]: the hidden state after each sequence's last step (of the reverse direction: its first). */
  readonly hidden: Tensor;
}

/**
 * Gated recurrent units. Cho 2014 (arXiv:1406.1078), with the reset gate after the product as in cuDNN and PyTorch, whose names and
 * gate order r, z, n the parameters have: weight_ih_l0 [3·width, inputs], weight_hh_l0 [3·width, width], bias_ih_l0, bias_hh_l0; then
 * …_l0_reverse, …_l1.
 *
 * @example
 * const encoder = initialize(new GRU(3, 4, { bidirectional: true }), random(0));
 * encoder.forward(zeros([2, 5, 3]), { lengths: [5, 3] }).output.shape; //=> [2, 5, 8]
 */
export class GRU {
  readonly [name: `weight_${string}` | `bias_${string}`]: Parameter | undefined;
  readonly #directions: readonly Direction[];
  readonly #options: GRUOptions;

  constructor(inputs: number, width: number, options: GRUOptions = {}) {
    const cell = cellFor(options.reset);
    const { directions, fields } = declareDirections('GRU', { cell, inputs, width }, options);
    Object.assign(this, fields);
    this.#directions = directions;
    this.#options = options;
  }

  /** x [batch, length, inputs]. */
  forward(x: Tensor, { hidden, lengths }: HiddenOptions = {}, pass: Pass = {}): HiddenResult {
    const { output, states } = runLayers('GRU', x, {
      cell: cellFor(this.#options.reset),
      directions: this.#directions,
      options: this.#options,
      states: [hidden],
      ...{ lengths, pass },
    });
    return { output, hidden: states[0] as Tensor }; // as many as given
  }
}

/** One step of a GRU, for decoders: weight_ih [3·width, inputs], weight_hh [3·width, width], bias_ih, bias_hh. */
export class GRUCell {
  readonly [name: `weight_${string}` | `bias_${string}`]: Parameter | undefined;
  readonly #step: (x: Tensor, states: readonly (Tensor | undefined)[]) => readonly Tensor[];

  constructor(
    inputs: number,
    width: number,
    { bias = true, reset }: Pick<GRUOptions, 'bias' | 'reset'> = {},
  ) {
    const { fields, step } = cellOf('GRUCell', { cell: cellFor(reset), inputs, width, bias });
    Object.assign(this, fields);
    this.#step = step;
  }

  /** x [batch, inputs], hidden [batch, width] (default zeros) → the next hidden. */
  forward(x: Tensor, hidden?: Tensor): Tensor {
    return this.#step(x, [hidden])[0] as Tensor; // one state
  }
}
