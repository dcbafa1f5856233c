// The encoder in TensorFlow.js's operations: projections as one product over all rows with the bias fused, attention as batched products.

import type { EncoderModel } from '../encoderModel.ts';
import { joinedProjections } from '../onnx/encoderGraph.ts';
import type { PaddedBatch } from '../padding.ts';
import type { TensorFlowTensor as T, TensorFlow } from './tensorFlow.ts';

interface Affine {
  readonly a: T;
  readonly bias: T;
}

/** Loads the weights; the returned function maps a padded batch to hidden states [members, length, width]. */
export const tensorFlowEncoder = (
  tf: TensorFlow,
  model: EncoderModel,
): ((batch: PaddedBatch) => Float32Array) => {
  const { width, innerWidth, heads, layers, normEpsilon } = model.config;
  const vector = (name: string): T => tf.tensor(model.weight(name), [model.weight(name).length]);
  const affine = (name: string, inputs: number, outputs: number): Affine => ({
    a: tf.tensor(model.transposed(`${name}.weight`), [inputs, outputs]),
    bias: vector(`${name}.bias`),
  });
  const norm = (name: string): Affine => ({ a: vector(`${name}.weight`), bias: vector(`${name}.bias`) });
  const table = (name: string): T =>
    tf.tensor(model.weight(name), [model.weight(name).length / width, width]);
  const embeddings = {
    words: table('embeddings.words.weight'),
    rest: tf.add(
      table('embeddings.positions.weight'),
      tf.tensor(model.weight('embeddings.tokenTypes.weight').slice(0, width), [width]),
    ),
    norm: norm('embeddings.norm'),
  };
  const weights = Array.from({ length: layers }, (_, layer) => {
    const joined = joinedProjections(model, layer);
    return {
      joined: { a: tf.tensor(joined.weight, [width, 3 * width]), bias: tf.tensor(joined.bias, [3 * width]) },
      output: affine(`layers.${layer}.attention.output`, width, width),
      attentionNorm: norm(`layers.${layer}.attentionNorm`),
      inner: affine(`layers.${layer}.feedForward.inner`, width, innerWidth),
      outer: affine(`layers.${layer}.feedForward.outer`, innerWidth, width),
      feedForwardNorm: norm(`layers.${layer}.feedForwardNorm`),
    };
  });
  const map = (x: T, { a, bias }: Affine): T => tf.fused.matMul({ a: x, b: a, bias });
  const normalize = (x: T, { a, bias }: Affine): T => {
    const mean = tf.mean(x, -1, true);
    const variance = tf.mean(tf.squaredDifference(x, mean), -1, true);
    return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, normEpsilon))), a), bias);
  };
  const gelu = (x: T): T => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  const depth = width / heads;
  const attend = (joined: T, hidden: T, [rows, length]: readonly [number, number]): T => {
    const parts = tf.transpose(tf.reshape(joined, [rows, length, 3, heads, depth]), [2, 0, 3, 1, 4]);
    const part = (index: number): T =>
      tf.reshape(tf.slice(parts, [index, 0, 0, 0, 0], [1, rows, heads, length, depth]), [
        rows * heads,
        length,
        depth,
      ]);
    const scores = tf.reshape(tf.mul(tf.matMul(part(0), part(1), false, true), depth ** -0.5), [
      rows,
      heads,
      length,
      length,
    ]);
    const seen = tf.matMul(
      tf.reshape(tf.softmax(tf.add(scores, hidden)), [rows * heads, length, length]),
      part(2),
    );
    return tf.reshape(tf.transpose(tf.reshape(seen, [rows, heads, length, depth]), [0, 2, 1, 3]), [
      rows * length,
      width,
    ]);
  };
  return ({ members, length, ids, mask }) =>
    tf.tidy(() => {
      const rows = members.length;
      const words = tf.gather(embeddings.words, tf.tensor(ids, [rows, length], 'int32'));
      let h = normalize(
        tf.reshape(tf.add(words, tf.slice(embeddings.rest, [0, 0], [length, width])), [rows * length, width]),
        embeddings.norm,
      );
      const hidden = tf.tensor(
        Float32Array.from(mask, (one) => (one === 1 ? 0 : -1e9)),
        [rows, 1, 1, length],
      );
      for (const layer of weights) {
        const before = h;
        h = tf.tidy(() => {
          const attended = normalize(
            tf.add(before, map(attend(map(before, layer.joined), hidden, [rows, length]), layer.output)),
            layer.attentionNorm,
          );
          return normalize(
            tf.add(attended, map(gelu(map(attended, layer.inner)), layer.outer)),
            layer.feedForwardNorm,
          );
        });
      }
      return h.dataSync();
    });
};
