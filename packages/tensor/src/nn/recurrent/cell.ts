// What a recurrent cell computes in one step, over typed arrays. The loops over steps are unroll.ts and backThroughTime.ts.

import type { UnaryKind } from '../../backend/backend.ts';
import type { RecurrentKernels } from '../../backend/recurrentKernels.ts';

/** A product with blocks of rows of weight_hh: of how many gates, and whether of the hidden state or of what the cell keeps. */
export interface Product {
  readonly gates: number;
  readonly reads: 'hidden' | 'kept';
}

/** One step of the forward pass. Arrays hold `rows` rows of `width` numbers, gates have a row of gates·width. */
export interface ForwardStep {
  readonly rows: number;
  readonly width: number;
  /** In: x·W_ihᵀ + b_ih. Out: the values of the gates, which the derivative needs. */
  readonly gates: Float32Array;
  readonly hidden: Float32Array;
  readonly nextHidden: Float32Array;
  /** The LSTM's second state; empty for the others. */
  readonly cell: Float32Array;
  readonly nextCell: Float32Array;
  /** [3·width] of an LSTM with peepholes, else empty. */
  readonly peephole: Float32Array;
  /** `kept` numbers a unit that the derivative needs beside gates and states. */
  readonly kept: Float32Array;
  /** Room for what a cell likes, each as large as gates. */
  readonly recurrent: Float32Array;
  readonly scratch: Float32Array;
  /** out = x·Wᵀ + b with the rows of weight_hh and bias_hh that belong to a product of the cell. */
  multiply(product: number, x: Float32Array, out: Float32Array): void;
  readonly kernels: RecurrentKernels;
  /** The engine's element-wise functions, in place. */
  unary(kind: UnaryKind, x: Float32Array): void;
}

/** One step of the backward pass. */
export interface BackwardStep {
  readonly rows: number;
  readonly width: number;
  /** In: what forward left. Out: the gradient of x·W_ihᵀ + b_ih. */
  readonly gates: Float32Array;
  /** Out: the gradient of each product; the same array as gates unless the cell has `ownRecurrentGradient`. */
  readonly recurrent: readonly Float32Array[];
  readonly hidden: Float32Array;
  readonly nextHidden: Float32Array;
  readonly cell: Float32Array;
  readonly nextCell: Float32Array;
  readonly kept: Float32Array;
  readonly peephole: Float32Array;
  /** The gradients of the next states. */
  readonly nextHiddenGradient: Float32Array;
  readonly nextCellGradient: Float32Array;
  /** Out: the gradients of the states. */
  readonly hiddenGradient: Float32Array;
  readonly cellGradient: Float32Array;
  /** Whether a sequence runs in this step; the gradients of the others are not used. */
  runs(row: number): boolean;
  /** The sum over rows and steps so far, to be added to. */
  readonly peepholeGradient: Float64Array;
  readonly kernels: RecurrentKernels;
  /** Room for one state. */
  readonly scratch: Float32Array;
  /** out = the gradient of what a product reads, from the gradient of the product, which must be there. */
  multiply(product: number, out: Float32Array): void;
}

/** A kind of cell. */
export interface Cell {
  readonly name: string;
  /** Blocks of `width` rows in the weights. */
  readonly gates: number;
  /** With weight_hh, in the order of its rows; most cells have one. */
  readonly products: readonly Product[];
  /** 1: hidden; 2: hidden and cell. */
  readonly states: 1 | 2;
  /** See ForwardStep.kept. */
  readonly kept: number;
  readonly ownRecurrentGradient: boolean;
  /** Whether gates see the cell state too. */
  readonly peepholes: boolean;
  forward(step: ForwardStep): void;
  backward(step: BackwardStep): void;
}
