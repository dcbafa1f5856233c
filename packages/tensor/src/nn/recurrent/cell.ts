// What a recurrent cell computes in one step, over typed arrays. The loop over steps, and all products, are recurrence.ts's.

import type { UnaryKind } from '../../backend/backend.ts';

/** One step of the forward pass. Arrays hold `rows` rows of `width` numbers; gates and recurrent have a row of gates·width. */
export interface ForwardStep {
  readonly rows: number;
  readonly width: number;
  /** In: x·W_ihᵀ + b_ih. Out: the values of the gates, which the derivative needs. */
  readonly gates: Float32Array;
  /** h·W_hhᵀ + b_hh. */
  readonly recurrent: Float32Array;
  readonly hidden: Float32Array;
  readonly nextHidden: Float32Array;
  /** The LSTM's second state; empty for the others. */
  readonly cell: Float32Array;
  readonly nextCell: Float32Array;
  /** `kept` numbers a unit that the derivative needs beside gates and states. */
  readonly kept: Float32Array;
  /** As large as gates. */
  readonly scratch: Float32Array;
  /** The engine's element-wise functions, in place. */
  unary(kind: UnaryKind, x: Float32Array): void;
}

/** One step of the backward pass. */
export interface BackwardStep {
  readonly rows: number;
  readonly width: number;
  /** In: what forward left. Out: the gradient of x·W_ihᵀ + b_ih. */
  readonly gates: Float32Array;
  /** Out: the gradient of h·W_hhᵀ + b_hh; the same array as gates unless the cell has `ownRecurrentGradient`. */
  readonly recurrent: Float32Array;
  readonly hidden: Float32Array;
  readonly nextHidden: Float32Array;
  readonly cell: Float32Array;
  readonly kept: Float32Array;
  /** The gradients of the next states. */
  readonly nextHiddenGradient: Float32Array;
  readonly nextCellGradient: Float32Array;
  /** Out: the gradients of the states, for hidden without what comes through the product. */
  readonly hiddenGradient: Float32Array;
  readonly cellGradient: Float32Array;
}

/** A kind of cell. */
export interface Cell {
  readonly name: string;
  /** Blocks of `width` rows in the weights. */
  readonly gates: number;
  /** 1: hidden; 2: hidden and cell. */
  readonly states: 1 | 2;
  /** See ForwardStep.kept. */
  readonly kept: number;
  readonly ownRecurrentGradient: boolean;
  forward(step: ForwardStep): void;
  backward(step: BackwardStep): void;
}
