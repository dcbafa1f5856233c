// The part of the Backend contract that a training step asks for: arithmetic in place of loops, derivatives, and the optimizer's step.
// As in backend.ts: typed arrays and sizes, no Tensor. An engine keeps the bits the same for any number of threads.

import type { AttentionCall, UnaryKind } from './backend.ts';

/** An element-wise operation of two operands. */
export type ArithmeticKind = 'add' | 'sub' | 'mul' | 'div';

/**
 * out[i][j] = a ∘ b for i < rows, j < columns, out row-major. Operand a is read at i · aRow + j · aColumn, b likewise; a column step is
 * 0 or 1 (0 repeats one number along the row). out may be a or b where that one is read in the same order.
 */
export interface ArithmeticCall {
  readonly kind: ArithmeticKind;
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly out: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly aRow: number;
  readonly aColumn: number;
  readonly bRow: number;
  readonly bColumn: number;
}

/**
 * out = gradient · f′, element by element. f′ comes from the function's output y for exp (y), sigmoid (y(1 − y)), tanh (1 − y²) and relu
 * (1 where y > 0, else 0), from its input x for erf, gelu, geluTanh and silu: `from` is that one. out may be gradient or from.
 */
export interface SlopeCall {
  readonly kind: UnaryKind;
  readonly from: Float32Array;
  readonly gradient: Float32Array;
  readonly out: Float32Array;
}

/** out[j] = Σ_i x[i][j] of x [rows, columns]: the gradient of what was added to every row. */
export interface SumColumnsCall {
  readonly x: Float32Array;
  readonly out: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Gradients of LayerNormCall from the upstream `gradient` [rows, width], the inputs and the statistics that the forward call filled. With
 * n = (x + residual − mean) · inverseDeviation and u = gradient · scale:
 * out = inverseDeviation · (u − mean_j(u) − n · mean_j(u · n)), scaleGradient = Σ_rows gradient · n, shiftGradient = Σ_rows gradient.
 * out may be gradient.
 */
export interface LayerNormGradientCall {
  readonly gradient: Float32Array;
  readonly x: Float32Array;
  readonly residual: Float32Array | undefined;
  readonly scale: Float32Array | undefined;
  readonly mean: Float32Array;
  readonly inverseDeviation: Float32Array;
  readonly out: Float32Array;
  /** [width] */
  readonly scaleGradient: Float32Array;
  /** [width] */
  readonly shiftGradient: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/**
 * Gradient of a row-wise softmax from its output y [rows, columns]: y · (g − Σ g·y); or of its logarithm y: g − eʸ · Σ g, and zeros where
 * all of a row of y is −∞. out may be gradient.
 */
export interface SoftmaxGradientCall {
  readonly gradient: Float32Array;
  readonly y: Float32Array;
  readonly out: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly log: boolean;
}

/**
 * Gradients of an AttentionCall from the gradient of its output, both placed by `outLayout`; qGradient, kGradient and vGradient are placed
 * like q, k and v and filled: what lies between their rows stays. Key rows of two sequences must not overlap. Memory beside the operands:
 * O(keys), no [queries, keys] matrix. Dao 2023 (arXiv:2307.08691), algorithm 2, with the weights normalized anew instead of by a rounded
 * log-sum-exp.
 */
export interface AttentionGradientCall extends Omit<AttentionCall, 'logSumExp' | 'logSumExpLayout'> {
  readonly gradient: Float32Array;
  readonly qGradient: Float32Array;
  readonly kGradient: Float32Array;
  readonly vGradient: Float32Array;
  /** The gradient of `terms.bias`, placed like its array, is added to what is here. Absent: not wanted. */
  readonly biasGradient?: Float32Array | undefined;
}

/**
 * One step of AdamW on one array, in place. With g = gradientScale · gradient: first = beta1 · first + (1 − beta1) · g,
 * second = beta2 · second + (1 − beta2) · g², weight = shrink · weight − rate · first / (√second · secondScale + epsilon).
 */
export interface AdamWCall {
  readonly weight: Float32Array;
  readonly gradient: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly gradientScale: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Learning rate over the bias correction of `first`. */
  readonly rate: number;
  /** 1 / √(bias correction of `second`). */
  readonly secondScale: number;
  /** 1 − learning rate · weight decay. */
  readonly shrink: number;
}

/**
 * out[i] = x[i] / (1 − rate), or 0 with probability `rate`: where number position + i of the random source with this key, a uniform one, is less
 * than rate. Without x the factors themselves. out may be x.
 */
export interface DropoutCall {
  readonly x: Float32Array | undefined;
  readonly out: Float32Array;
  /** The first two numbers of the source's state. */
  readonly key: readonly [number, number];
  readonly position: number;
  readonly rate: number;
}

/** Kernels of a training step. */
export interface TrainingKernels {
  arithmetic(call: ArithmeticCall): void;
  slope(call: SlopeCall): void;
  sumColumns(call: SumColumnsCall): void;
  layerNormGradient(call: LayerNormGradientCall): void;
  softmaxGradient(call: SoftmaxGradientCall): void;
  attentionGradient(call: AttentionGradientCall): void;
  adamW(call: AdamWCall): void;
  dropout(call: DropoutCall): void;
  /** Σ x². */
  sumOfSquares(x: Float32Array): number;
}
