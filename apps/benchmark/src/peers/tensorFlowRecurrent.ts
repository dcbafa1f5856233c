// A training step of a GRU or LSTM in TensorFlow.js's operations, with PyTorch's equations (its layers know the older GRU only): one
// product for the inputs of all steps of a layer, then a product and the gates a step.

import type { TensorFlowTensor as T, TensorFlow } from './tensorFlow.ts';

/** What differentiation asks of TensorFlow.js beside the operations. */
export interface DifferentiableTensorFlow extends TensorFlow {
  sigmoid(x: T): T;
  tanh(x: T): T;
  unstack(x: T): T[];
  stack(parts: readonly T[]): T;
  split(x: T, parts: number, axis: number): T[];
  mean(x: T, axis?: number, keepDims?: boolean): T;
  valueAndGrads(loss: (...given: T[]) => T): (given: readonly T[]) => { value: T; grads: T[] };
}

/** The weights of a layer: those of the inputs and of the hidden state, transposed to [inputs, gates · width], and their biases. */
export interface LayerWeights {
  readonly inputs: Float32Array;
  readonly hidden: Float32Array;
  readonly inputBias: Float32Array;
  readonly hiddenBias: Float32Array;
}

/** Sizes of the case: x is [steps, batch, width]. */
export interface RecurrentSizes {
  readonly kind: 'GRU' | 'LSTM';
  readonly steps: number;
  readonly batch: number;
  readonly width: number;
}

/** Returns a function that computes mean squared error against `target` and every gradient, and gives the first layer's gradient of its input weights. */
export const tensorFlowRecurrent = (
  tf: DifferentiableTensorFlow,
  { kind, steps, batch, width }: RecurrentSizes,
  { layers, x, target }: { layers: readonly LayerWeights[]; x: Float32Array; target: Float32Array },
): (() => Float32Array) => {
  const gates = kind === 'GRU' ? 3 : 4;
  const shape = [steps, batch, width];
  const weights = layers.flatMap(({ inputs, hidden, inputBias, hiddenBias }) => [
    tf.tensor(inputs, [width, gates * width]),
    tf.tensor(hidden, [width, gates * width]),
    tf.tensor(inputBias, [gates * width]),
    tf.tensor(hiddenBias, [gates * width]),
  ]);
  const start = tf.tensor(new Float32Array(batch * width), [batch, width]);
  const part = (parts: readonly T[], index: number): T => parts[index] as T; // as many as were asked for

  const gru = (given: T, recurrent: T, h: T): T => {
    const [a, b] = [tf.split(given, 3, 1), tf.split(recurrent, 3, 1)];
    const reset = tf.sigmoid(tf.add(part(a, 0), part(b, 0)));
    const update = tf.sigmoid(tf.add(part(a, 1), part(b, 1)));
    const candidate = tf.tanh(tf.add(part(a, 2), tf.mul(reset, part(b, 2))));
    return tf.add(candidate, tf.mul(update, tf.sub(h, candidate)));
  };
  const lstm = (given: T, recurrent: T, c: T): [h: T, c: T] => {
    const sums = tf.split(tf.add(given, recurrent), 4, 1);
    const [i, f, o] = [0, 1, 3].map((index) => tf.sigmoid(part(sums, index))) as [T, T, T]; // three gates
    const next = tf.add(tf.mul(f, c), tf.mul(i, tf.tanh(part(sums, 2))));
    return [tf.mul(o, tf.tanh(next)), next];
  };
  const layer = (sequence: T, [w, u, b, d]: readonly T[]): T => {
    const flat = tf.reshape(sequence, [steps * batch, width]);
    const product = tf.add(tf.matMul(flat, w as T), b as T);
    let [h, c] = [start, start];
    const outputs: T[] = [];
    for (const given of tf.unstack(tf.reshape(product, [steps, batch, gates * width]))) {
      const recurrent = tf.add(tf.matMul(h, u as T), d as T);
      if (kind === 'GRU') h = gru(given, recurrent, h);
      else [h, c] = lstm(given, recurrent, c);
      outputs.push(h);
    }
    return tf.stack(outputs);
  };
  const [sequence, wanted] = [tf.tensor(x, shape), tf.tensor(target, shape)];
  const differentiate = tf.valueAndGrads((...given) =>
    tf.mean(
      tf.squaredDifference(
        layers.reduce((h, _, index) => layer(h, given.slice(4 * index, 4 * index + 4)), sequence),
        wanted,
      ),
    ),
  );
  return () => {
    const { value, grads } = differentiate(weights);
    const result = (grads[0] as T).dataSync(); // of the first layer's input weights
    for (const tensor of [value, ...grads]) tensor.dispose();
    return result;
  };
};
