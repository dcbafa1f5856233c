// Backend: the record of kernels that ops call. Typed arrays and sizes in, a typed array filled; no Tensor, no gradient,
// no shape rule is known here. `js` (backend/js) is the definition of each kernel; `wasm` replaces them by faster ones
// that must agree with it. An array may lie in the engine's own memory (see EngineMemory): a kernel then uses it in place.

import type { RecurrentKernels } from './recurrentKernels.ts';
import type { ScoreTerms } from './scoreTerms.ts';
import type { TrainingKernels } from './trainingKernels.ts';
import type { VisibleBits } from './visibleBits.ts';

/** Activation that `linear` applies to what it has just computed. */
export type Activation = 'none' | 'relu' | 'gelu' | 'geluTanh' | 'silu' | 'tanh';

/** Element-wise functions that engines may accelerate. `gelu` is the exact one, x·Φ(x); `geluTanh` its tanh approximation. */
export type UnaryKind = 'exp' | 'erf' | 'sigmoid' | Exclude<Activation, 'none'>;

/**
 * out[b] = op(a[b]) · op(b[b]) for b in 0 … batches − 1, row-major. op transposes where the flag says so:
 * a[b] is [m, k] (or [k, m] if transposeA), b[b] is [k, n] (or [n, k] if transposeB), out[b] is [m, n].
 */
export interface MatmulCall {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly out: Float32Array;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly batches: number;
  /** Floats from one batch to the next; 0 reads the same matrix for every batch. */
  readonly aStride: number;
  readonly bStride: number;
  /** `b` never changes and comes again (a frozen weight): an engine may keep it in the layout that it likes. */
  readonly keep: boolean;
}

/** out = activation(x · weightᵀ + bias): x [rows, inputs], weight [outputs, inputs] (PyTorch's layout), out [rows, outputs]. */
export interface LinearCall {
  readonly x: Float32Array;
  readonly weight: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly out: Float32Array;
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
  /** `weight` never changes and comes again (a frozen weight): an engine may keep it packed. */
  readonly keep: boolean;
}

/**
 * How rows of x are coded for a product with 8-bit weights. 'fine': symmetric, with as many steps as exact sums allow (±5504 for 3072
 * inputs, ±32767 for 516 and less); 'symmetric': ±127; 'asymmetric': 255 steps from the least value to the greatest.
 */
export type RowCoding = 'fine' | 'symmetric' | 'asymmetric';

/**
 * out = activation(x · weightᵀ + bias) with the weight stored as 8-bit integers: weight[j][i] = codes[j][i] · scales[j]. Each row of x is
 * coded too, when it comes, and the sums are exact integers. With all steps rounded to float32, round to even for codes:
 *
 *     symmetric:   scale = max |x| / 127              code = round(x / scale), within ±127
 *     fine:        the same with min(32767, ⌊(2³¹ − 1) / (127 · inputs)⌋ instead of 127
 *     asymmetric:  scale = (high − low) / 255         low = min(x, 0), high = max(x, 0), zero = round(−128 − low / scale) within a byte,
 *                                                     code = round(x / scale) within −128 − zero … 127 − zero
 *     out = activation((Σ code · weight code) · scale of the row · scale of the output + bias)
 *
 * A row of zeros has scale 1; one with NaN or an infinity gives NaN. x [rows, inputs], codes [outputs, inputs], scales [outputs],
 * out [rows, outputs]; inputs at most 65536, so that sums fit 32 bits.
 */
export interface LinearInt8Call {
  readonly x: Float32Array;
  /** Never change and come again: an engine may keep them packed. */
  readonly codes: Int8Array;
  readonly scales: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly out: Float32Array;
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
  readonly coding: RowCoding;
}

/**
 * Row-wise softmax of x [rows, columns], or its logarithm. A row of −∞ only gives zeros (log: −∞), never NaN.
 * out may be x itself.
 */
export interface SoftmaxCall {
  readonly x: Float32Array;
  readonly out: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly log: boolean;
}

/**
 * y = (t − mean) / √(variance + epsilon) · scale + shift over the last axis of t = x + residual, [rows, width];
 * variance is the biased one. Where `mean` and `inverseDeviation` ([rows]) are given they are filled, for the backward pass.
 */
export interface LayerNormCall {
  readonly x: Float32Array;
  readonly residual: Float32Array | undefined;
  readonly scale: Float32Array | undefined;
  readonly shift: Float32Array | undefined;
  readonly out: Float32Array;
  readonly rows: number;
  readonly width: number;
  readonly epsilon: number;
  readonly mean: Float32Array | undefined;
  readonly inverseDeviation: Float32Array | undefined;
}

/** Where row r of head h begins: r · row + h · head, in floats. */
export interface Layout {
  readonly row: number;
  readonly head: number;
}

/**
 * Attention over packed rows, without ever storing a [queries, keys] matrix: for each sequence s, head h and query row i
 * out = Σ_j softmax_j(scale · q_i·k_j) v_j over the keys j that row i may see. Query head h reads key head ⌊h / (heads / kvHeads)⌋.
 * A row that sees no key gives zeros and log-sum-exp −∞. Dao 2023 (arXiv:2307.08691), algorithm 1; `terms` come in between.
 */
export interface AttentionCall {
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
  readonly out: Float32Array;
  /** Natural log-sum-exp of the scaled scores of each row, placed by `logSumExpLayout`; left out if not wanted. */
  readonly logSumExp: Float32Array | undefined;
  readonly qLayout: Layout;
  readonly kLayout: Layout;
  readonly vLayout: Layout;
  readonly outLayout: Layout;
  readonly logSumExpLayout: Layout;
  readonly heads: number;
  readonly kvHeads: number;
  /** Floats of a query or key row of one head, and of a value row. Any positive number. */
  readonly depth: number;
  readonly valueDepth: number;
  readonly scale: number;
  /** Five numbers a sequence: first query row, end query row, first key row, end key row, first row of `visible`. Rows count in the arrays. */
  readonly sequences: Int32Array;
  /**
   * Two numbers a query row: the keys first ≤ j < end that it may see, counted from the sequence's first key and lying inside
   * [0, keys]. Row i of a sequence reads pair (its first row of `visible`) + i. Absent: every key.
   */
  readonly visible: Int32Array | undefined;
  /** Which keys of its range a row sees. Absent: all of them. */
  readonly visibleBits?: VisibleBits | undefined;
  /** A bound, a bias, dropout. Absent: none of them. */
  readonly terms?: ScoreTerms | undefined;
}

/** Memory of an engine in which arrays can stay between kernels. A stack: what was allocated after a mark goes with it. And beside it arrays that stay. */
export interface EngineMemory {
  /** A Float32Array inside the engine, its content undefined, 64-byte aligned. */
  floats(length: number): Float32Array;
  /** The present top of the stack, in bytes. */
  mark(): number;
  /** Gives back all that was allocated since the mark. */
  release(mark: number): void;
  /** Whether the array lies in the stack at or above the mark. */
  owns(array: ArrayBufferView, mark: number): boolean;
  /** An array of zeros beside the stack, which stays until it is dropped or collected; undefined where there is no room. */
  hold(length: number): Float32Array<ArrayBuffer> | undefined;
  /** Gives back an array that `hold` gave, which must not be read afterwards; any other is passed over. */
  drop(array: Float32Array): void;
}

/** What an engine says of itself, for people. */
export interface EngineDescription {
  readonly name: string;
  readonly threads: number;
  /** 'plain' 128-bit SIMD, 'relaxed' with fused multiply-add, 'wide' where V8 joins two vectors; 'none' for plain TypeScript. */
  readonly simd: 'none' | 'plain' | 'relaxed' | 'wide';
  /** One sentence a choice: what was chosen and why. */
  readonly notes: readonly string[];
}

/**
 * A set of kernels over typed arrays; those of a training step are in trainingKernels.ts, of recurrent cells in recurrentKernels.ts. All are synchronous; none keeps its arguments, but
 * for weights it was told to keep.
 */
export interface Backend extends TrainingKernels, RecurrentKernels {
  readonly name: string;
  /** Stack memory in which tensors of a region stay; absent where the engine has none. */
  readonly memory: EngineMemory | undefined;
  describe(): EngineDescription;
  matmul(call: MatmulCall): void;
  linear(call: LinearCall): void;
  /** Several of them that do not need each other's results. */
  linearAll(calls: readonly LinearCall[]): void;
  linearInt8(call: LinearInt8Call): void;
  unary(kind: UnaryKind, x: Float32Array, out: Float32Array): void;
  softmax(call: SoftmaxCall): void;
  layerNorm(call: LayerNormCall): void;
  attention(call: AttentionCall): void;
}
