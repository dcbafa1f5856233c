// The part of the Backend contract that recurrent cells ask for: what stands between the products of a step, forward and backward. As in
// backend.ts: typed arrays and sizes, no Tensor. States have `rows` rows of `width` numbers, gates a row of 4 or 3 times as many.

/** One step of a cell. */
interface CellCall {
  readonly rows: number;
  readonly width: number;
}

/**
 * Long short-term memory. With the sums s = gates + recurrent, in blocks i, f, g, o of `width` columns: i, f, o = σ(s), g = tanh(s) take the
 * place of `gates`; nextCell = f · cell + i · g, squashed = tanh(nextCell), nextHidden = o · squashed.
 */
export interface LstmGatesCall extends CellCall {
  readonly gates: Float32Array;
  readonly recurrent: Float32Array;
  readonly cell: Float32Array;
  readonly nextCell: Float32Array;
  readonly squashed: Float32Array;
  readonly nextHidden: Float32Array;
}

/**
 * The gradients of these sums take the place of `gates`, as the forward call left them, and cellGradient is filled; from the gradients of
 * nextHidden and of nextCell.
 */
export interface LstmGatesGradientCall extends CellCall {
  readonly gates: Float32Array;
  readonly cell: Float32Array;
  readonly squashed: Float32Array;
  readonly nextHiddenGradient: Float32Array;
  readonly nextCellGradient: Float32Array;
  readonly cellGradient: Float32Array;
}

/**
 * Gated recurrent unit. In blocks r, z, n of `width` columns: r, z = σ(gates + recurrent), n = tanh(gates + r · recurrent) take the place of
 * `gates`; kept = the last block of recurrent, nextHidden = n + z · (hidden − n).
 */
export interface GruGatesCall extends CellCall {
  readonly gates: Float32Array;
  readonly recurrent: Float32Array;
  readonly hidden: Float32Array;
  readonly kept: Float32Array;
  readonly nextHidden: Float32Array;
}

/**
 * The gradients of what was added from the inputs take the place of `gates`, those of what came from the hidden state are put into `recurrent`,
 * and hiddenGradient gets what passed by the product: z times the gradient of nextHidden.
 */
export interface GruGatesGradientCall extends CellCall {
  readonly gates: Float32Array;
  readonly recurrent: Float32Array;
  readonly hidden: Float32Array;
  readonly kept: Float32Array;
  readonly nextHiddenGradient: Float32Array;
  readonly hiddenGradient: Float32Array;
}

/** Kernels of recurrent cells. */
export interface RecurrentKernels {
  lstmGates(call: LstmGatesCall): void;
  lstmGatesGradient(call: LstmGatesGradientCall): void;
  gruGates(call: GruGatesCall): void;
  gruGatesGradient(call: GruGatesGradientCall): void;
}
