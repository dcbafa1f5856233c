// Attention alone: 8 heads of 64, causal or not, 128 … 4096 tokens; q, k, v in and the output out.

import { attention, causal } from '@heed/attention';
import { inference, Tensor } from '@heed/tensor';
import type { Absence, BenchmarkCase, Contender } from '../contender.ts';
import { type Engines, type OwnEngine, tensorFlowName, yardstickName } from '../engines.ts';
import { noise } from '../noise.ts';
import { type AttentionSizes, fusedAttentionGraph } from '../onnx/attentionGraph.ts';
import { onnxAttention } from '../peers/onnxAttention.ts';
import { onnxContender } from '../peers/onnxContender.ts';
import type { OnnxInput, OnnxLoader } from '../peers/onnxRuntime.ts';
import { pyTorchAttention } from '../peers/pyTorchAttention.ts';
import type { TensorFlow } from '../peers/tensorFlow.ts';
import { yardstickAttention } from '../yardstick/yardstickAttention.ts';

/** The cases of the suite. */
export const attentionShapes: readonly AttentionSizes[] = [false, true].flatMap((masked) =>
  [128, 256, 512, 1024, 2048, 4096].map((length) => ({ heads: 8, depth: 64, length, causal: masked })),
);

/** The name of a case. */
export const attentionName = ({
  length,
  causal: masked,
}: Pick<AttentionSizes, 'length' | 'causal'>): string => `${length} tokens${masked ? ', causal' : ''}`;

/** Longest sequence for TensorFlow.js: its batched products run at 2 GFLOP/s, longer cases would take minutes. */
const tensorFlowLimit = 1024;

interface Operands extends AttentionSizes {
  /** Each [1, heads, length, depth]. */
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
}

/** [groups, rows, columns] · depth with groups and rows exchanged: heads beside each other, or behind each other. */
const exchange = (
  x: Float32Array,
  [groups, rows, depth]: readonly [number, number, number],
): Float32Array => {
  const result = new Float32Array(x.length);
  for (let group = 0; group < groups; group++)
    for (let row = 0; row < rows; row++)
      result.set(
        x.subarray((group * rows + row) * depth, (group * rows + row + 1) * depth),
        (row * groups + group) * depth,
      );
  return result;
};

const ownAttention = (
  { name, use }: OwnEngine,
  { heads, length, depth, causal: masked, ...operands }: Operands,
): Contender => {
  const [q, k, v] = [operands.q, operands.k, operands.v].map(
    (data) => new Tensor('float32', [1, heads, length, depth], data),
  ) as [Tensor, Tensor, Tensor]; // three operands
  const options = masked ? { mask: causal() } : {};
  let result: Tensor | undefined;
  return {
    name,
    run: () => {
      result = use(() => inference(() => attention(q, k, v, options)));
    },
    output: () => (result as Tensor).data, // after run
  };
};

const onnxFused = async (name: string, load: OnnxLoader, operands: Operands): Promise<Contender> => {
  const { heads, length, depth } = operands;
  const model = await load(fusedAttentionGraph(operands));
  const input = (x: Float32Array): OnnxInput => ({
    type: 'float32',
    data: exchange(x, [heads, length, depth]),
    shape: [1, length, heads * depth],
  });
  return onnxContender(`${name}, fused operator`, model, {
    inputs: { q: input(operands.q), k: input(operands.k), v: input(operands.v) },
    arranged: (output) => exchange(output, [length, heads, depth]),
  });
};

const tensorFlowAttention = (
  tf: TensorFlow,
  { heads, length, depth, causal: masked, q, k, v }: Operands,
): Contender => {
  const shape = [heads, length, depth];
  const hidden = masked
    ? tf.tensor(
        Float32Array.from({ length: length * length }, (_, i) =>
          i % length > Math.floor(i / length) ? -1e9 : 0,
        ),
        [length, length],
      )
    : undefined;
  let result: Float32Array = new Float32Array();
  return {
    name: tensorFlowName,
    run: () => {
      result = tf.tidy(() => {
        const scores = tf.mul(
          tf.matMul(tf.tensor(q, shape), tf.tensor(k, shape), false, true),
          depth ** -0.5,
        );
        return tf
          .matMul(tf.softmax(hidden === undefined ? scores : tf.add(scores, hidden)), tf.tensor(v, shape))
          .dataSync();
      });
    },
    output: () => result,
    dispose: () => hidden?.dispose(),
  };
};

/** One case a shape. */
export const attentionCases = (
  engines: Engines,
  shapes: readonly AttentionSizes[] = attentionShapes,
): BenchmarkCase[] =>
  shapes.map((sizes) => {
    const { heads, length, depth, causal: masked } = sizes;
    const { yardstick, conditions, tensorFlow: tf } = engines;
    const measuresYardstick = !masked && conditions.threads === 1;
    const absences: Absence[] = [...engines.absences];
    if (yardstick !== undefined && !measuresYardstick)
      absences.push({
        name: yardstickName,
        reason: masked ? 'has no causal attention' : 'its driver for one thread only is used',
      });
    if (tf !== undefined && length > tensorFlowLimit)
      absences.push({
        name: tensorFlowName,
        reason: `left out above ${tensorFlowLimit} tokens: it would take minutes`,
      });
    return {
      name: attentionName(sizes),
      operations: 4 * heads * depth * (masked ? (length * (length + 1)) / 2 : length * length),
      tolerance: 5e-4, // the yardstick's exponential is a polynomial that is right to some 1e-5; the peers stay below 1e-5
      absences,
      prepare: async () => {
        const count = heads * length * depth;
        const operands = { ...sizes, q: noise(count, 1), k: noise(count, 2), v: noise(count, 3) };
        const contenders = engines.own.map((engine) => ownAttention(engine, operands));
        if (yardstick !== undefined && measuresYardstick)
          contenders.push(yardstickAttention(yardstick, yardstickName, operands));
        for (const [name, load] of engines.onnx)
          contenders.push(await onnxAttention(name, load, operands), await onnxFused(name, load, operands));
        if (tf !== undefined && length <= tensorFlowLimit) contenders.push(tensorFlowAttention(tf, operands));
        if (engines.python !== undefined && !masked)
          contenders.push(pyTorchAttention(engines.python, conditions.threads, operands));
        return contenders;
      },
    };
  });
