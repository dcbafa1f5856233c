// Attention by the operators that exporters write: MatMul, Softmax, MatMul, with the keys turned beforehand.

import type { Contender } from '../contender.ts';
import { type AttentionSizes, plainAttentionGraph } from '../onnx/attentionGraph.ts';
import { onnxContender } from './onnxContender.ts';
import type { OnnxInput, OnnxLoader } from './onnxRuntime.ts';

/** q [1, heads, queries, depth] (as many queries as keys unless told), k and v [1, heads, length, depth]. */
export interface OnnxAttentionOperands extends AttentionSizes {
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
}

/** Each head's [length, depth] as [depth, length]. */
const turned = (k: Float32Array, { heads, length, depth }: OnnxAttentionOperands): Float32Array => {
  const result = new Float32Array(k.length);
  for (let head = 0; head < heads; head++)
    for (let row = 0; row < length; row++)
      for (let c = 0; c < depth; c++)
        result[(head * depth + c) * length + row] = k[(head * length + row) * depth + c] as number; // inside
  return result;
};

/** The operators as a contender. */
export const onnxAttention = async (
  name: string,
  load: OnnxLoader,
  operands: OnnxAttentionOperands,
): Promise<Contender> => {
  const { heads, length, depth, queries = length, q, k, v } = operands;
  const input = (data: Float32Array, shape: readonly number[]): OnnxInput => ({
    type: 'float32',
    data,
    shape,
  });
  return onnxContender(name, await load(plainAttentionGraph(operands)), {
    inputs: {
      q: input(q, [1, heads, queries, depth]),
      k: input(turned(k, operands), [1, heads, depth, length]),
      v: input(v, [1, heads, length, depth]),
    },
  });
};
