// Attention alone as ONNX graphs: the way exporters write it (two products and a softmax), and onnxruntime's own fused operator.

import type { Graph, Port } from './writeModel.ts';

/** Sizes of a case. */
export interface AttentionSizes {
  readonly heads: number;
  readonly length: number;
  readonly depth: number;
  readonly causal: boolean;
  /** Query rows, for the plain graph. Default: length. */
  readonly queries?: number;
}

/** q [1, heads, queries, depth], k and v [1, heads, length, depth] → the shape of q: MatMul, Mul, Add (causal), Softmax, MatMul; k comes in transposed. */
export const plainAttentionGraph = (sizes: AttentionSizes): Graph => {
  const { heads, length, depth, causal, queries = length } = sizes;
  const rows = [1, heads, length, depth];
  const ofQueries = [1, heads, queries, depth];
  const port = (name: string, shape: readonly number[] = rows): Port => ({ name, type: 'float32', shape });
  const hidden = (): Float32Array =>
    Float32Array.from({ length: length * length }, (_, i) =>
      i % length > Math.floor(i / length) ? -1e9 : 0,
    );
  return {
    name: 'attention',
    inputs: [port('q', ofQueries), port('k', [1, heads, depth, length]), port('v')],
    outputs: [port('out', ofQueries)],
    initializers: [
      { name: 'scale', shape: [], data: Float32Array.of(depth ** -0.5) },
      ...(causal ? [{ name: 'hidden', shape: [length, length], data: hidden() }] : []),
    ],
    nodes: [
      { operator: 'Mul', inputs: ['q', 'scale'], outputs: ['scaled'] },
      { operator: 'MatMul', inputs: ['scaled', 'k'], outputs: ['scores'] },
      ...(causal ? [{ operator: 'Add', inputs: ['scores', 'hidden'], outputs: ['masked'] }] : []),
      {
        operator: 'Softmax',
        inputs: [causal ? 'masked' : 'scores'],
        outputs: ['weights'],
        integers: { axis: -1 },
      },
      { operator: 'MatMul', inputs: ['weights', 'v'], outputs: ['out'] },
    ],
  };
};

/** q, k, v [1, length, heads·depth] → the same shape by com.microsoft's MultiHeadAttention. */
export const fusedAttentionGraph = ({ heads, length, depth, causal }: AttentionSizes): Graph => {
  const port = (name: string): Port => ({ name, type: 'float32', shape: [1, length, heads * depth] });
  return {
    name: 'fusedAttention',
    inputs: ['q', 'k', 'v'].map(port),
    outputs: [port('out')],
    initializers: [],
    nodes: [
      {
        ...{
          operator: 'MultiHeadAttention',
          domain: 'com.microsoft',
          inputs: ['q', 'k', 'v'],
          outputs: ['out'],
        },
        integers: { num_heads: heads, unidirectional: causal ? 1 : 0 },
      },
    ],
  };
};
