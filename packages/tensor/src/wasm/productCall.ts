// What the calls `matmul` and `linear` have in common: a product of matrices inside of arrays, and its parts.

import type { Activation, LinearCall, MatmulCall } from '../backend/backend.ts';

/** A matrix (or one a batch) inside an array: the first number, numbers from row to row and from batch to batch. */
export interface Matrix {
  readonly array: Float32Array;
  readonly offset: number;
  readonly row: number;
  readonly batch: number;
}

/** out = activation(left · right + bias), for each batch. */
export interface ProductCall {
  readonly left: Matrix;
  /** Whether left is stored as [depth, rows] instead of [rows, depth]. */
  readonly leftTransposed: boolean;
  readonly right: Matrix;
  /** Whether right is stored as [columns, depth] instead of [depth, columns]. */
  readonly rightTransposed: boolean;
  readonly out: Matrix;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly batches: number;
  readonly bias: Float32Array | undefined;
  readonly activation: Activation;
  readonly keep: boolean;
}

/** The product that `matmul` asks for. Batches that share `b` are one tall product where `a` allows it. */
export const productOfMatmul = (call: MatmulCall): ProductCall => {
  const { m, n, k, transposeA, transposeB } = call;
  const tall = call.bStride === 0 && !transposeA && call.aStride === m * k;
  const rows = tall ? m * call.batches : m;
  return {
    left: { array: call.a, offset: 0, row: transposeA ? m : k, batch: call.aStride },
    leftTransposed: transposeA,
    right: { array: call.b, offset: 0, row: transposeB ? k : n, batch: call.bStride },
    rightTransposed: transposeB,
    out: { array: call.out, offset: 0, row: n, batch: m * n },
    rows,
    columns: n,
    depth: k,
    batches: tall ? Math.min(1, call.batches) : call.batches,
    bias: undefined,
    activation: 'none',
    keep: call.keep,
  };
};

/** The product that `linear` asks for. */
export const productOfLinear = (call: LinearCall): ProductCall => {
  const { rows, inputs, outputs } = call;
  return {
    left: { array: call.x, offset: 0, row: inputs, batch: 0 },
    leftTransposed: false,
    right: { array: call.weight, offset: 0, row: inputs, batch: 0 },
    rightTransposed: true,
    out: { array: call.out, offset: 0, row: outputs, batch: 0 },
    rows,
    columns: outputs,
    depth: inputs,
    batches: 1,
    bias: call.bias,
    activation: call.activation,
    keep: call.keep,
  };
};

/** Batches first to first + count of a product. */
export const someBatches = (call: ProductCall, first: number, count: number): ProductCall => {
  const from = (matrix: Matrix): Matrix => ({ ...matrix, offset: matrix.offset + first * matrix.batch });
  return { ...call, left: from(call.left), right: from(call.right), out: from(call.out), batches: count };
};

/** Columns first to first + count of a product. */
export const someColumns = (call: ProductCall, first: number, count: number): ProductCall => {
  const right = {
    ...call.right,
    offset: call.right.offset + first * (call.rightTransposed ? call.right.row : 1),
  };
  const out = { ...call.out, offset: call.out.offset + first };
  return { ...call, right, out, columns: count, bias: call.bias?.subarray(first, first + count) };
};
