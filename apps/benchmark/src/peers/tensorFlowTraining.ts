// The training step in TensorFlow.js's operations: gradients of all weights, then AdamW weight by weight.

import { corrections, type TrainingProblem, trainingRates } from '../trainingModel.ts';
import type { TensorFlowTensor as T, TensorFlow } from './tensorFlow.ts';

/** What training asks of TensorFlow.js beside the operations of an encoder. */
export interface TrainableTensorFlow extends TensorFlow {
  relu(x: T): T;
  logSoftmax(x: T): T;
  sum(x: T): T;
  sqrt(x: T): T;
  square(x: T): T;
  div(a: T, b: T): T;
  keep(x: T): T;
  valueAndGrads(loss: (...given: T[]) => T): (given: readonly T[]) => { value: T; grads: T[] };
}

/** Returns a function that takes one step and gives its loss. */
export const tensorFlowTraining = (tf: TrainableTensorFlow, problem: TrainingProblem): (() => number) => {
  const { layers, width, heads, batch, length, classes } = problem;
  const rows = batch * length;
  const depth = width / heads;
  const x = tf.tensor(problem.x, [rows, width]);
  const oneHot = new Float32Array(rows * classes);
  for (const [row, target] of problem.targets.entries()) oneHot[row * classes + target] = 1;
  const targets = tf.tensor(oneHot, [rows, classes]);

  const loss = (...weights: T[]): T => {
    let next = 0;
    const take = (): T => weights[next++] as T; // in the order of the weights
    const linear = (y: T): T => tf.add(tf.matMul(y, take()), take());
    const norm = (y: T): T => {
      const mean = tf.mean(y, -1, true);
      const centered = tf.sub(y, mean); // the gradient of squaredDifference does not broadcast
      const variance = tf.mean(tf.square(centered), -1, true);
      return tf.add(tf.mul(tf.mul(centered, tf.rsqrt(tf.add(variance, 1e-5))), take()), take());
    };
    const split = (y: T): T =>
      tf.reshape(tf.transpose(tf.reshape(y, [batch, length, heads, depth]), [0, 2, 1, 3]), [
        batch * heads,
        length,
        depth,
      ]);
    let h = x;
    for (let layer = 0; layer < layers; layer++) {
      const [q, k, v] = [split(linear(h)), split(linear(h)), split(linear(h))];
      const seen = tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), depth ** -0.5)), v);
      const merged = tf.transpose(tf.reshape(seen, [batch, heads, length, depth]), [0, 2, 1, 3]);
      h = norm(tf.add(linear(tf.reshape(merged, [rows, width])), h));
      h = norm(tf.add(linear(tf.relu(linear(h))), h));
    }
    return tf.mul(tf.sum(tf.mul(tf.logSoftmax(linear(h)), targets)), -1 / rows);
  };

  const { betas, epsilon, learningRate, weightDecay } = trainingRates;
  const gradientsOf = tf.valueAndGrads(loss);
  const state = problem.weights.map(({ data, shape }) => ({
    weight: tf.tensor(data, shape),
    first: tf.tensor(new Float32Array(data.length), shape),
    second: tf.tensor(new Float32Array(data.length), shape),
    shrink: shape.length > 1 ? 1 - learningRate * weightDecay : 1,
  }));
  let steps = 0;
  return () => {
    const [rate, secondScale] = corrections(++steps);
    return tf.tidy(() => {
      const { value, grads } = gradientsOf(state.map(({ weight }) => weight));
      for (const [i, one] of state.entries()) {
        const g = grads[i] as T; // one a weight
        const first = tf.add(tf.mul(one.first, betas[0]), tf.mul(g, 1 - betas[0]));
        const second = tf.add(tf.mul(one.second, betas[1]), tf.mul(tf.square(g), 1 - betas[1]));
        const divisor = tf.add(tf.mul(tf.sqrt(second), secondScale), epsilon);
        const weight = tf.sub(tf.mul(one.weight, one.shrink), tf.div(tf.mul(first, rate), divisor));
        for (const [name, made] of [
          ['weight', weight],
          ['first', first],
          ['second', second],
        ] as const) {
          one[name].dispose();
          one[name] = tf.keep(made);
        }
      }
      return value.dataSync()[0] as number; // one loss
    });
  };
};
