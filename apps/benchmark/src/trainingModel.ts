// The network of the suite `training`, as numbers that every engine can load: a Transformer encoder over given vectors with a classifier of
// each place behind it, cross-entropy and AdamW.

import { TransformerLayer } from '@heed/attention';
import { random, type Tensor } from '@heed/tensor';
import { initialize, Linear, parameters } from '@heed/tensor/nn';
import { noise } from './noise.ts';

/** Sizes of the network and of a batch. */
export interface TrainingSizes {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly innerWidth: number;
  readonly batch: number;
  readonly length: number;
  readonly classes: number;
}

/** What AdamW is told, everywhere: decay for matrices, none for biases and norms. */
export const trainingRates = {
  learningRate: 1e-3,
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  weightDecay: 0.01,
} as const;

/** Our network. */
export class TrainingNet {
  readonly layers: readonly TransformerLayer[];
  readonly head: Linear;

  constructor({ layers, width, heads, innerWidth, classes }: TrainingSizes) {
    this.layers = Array.from({ length: layers }, () => new TransformerLayer({ width, heads, innerWidth }));
    this.head = new Linear(width, classes);
  }

  /** x [batch, length, width] → [batch, length, classes]. */
  forward(x: Tensor): Tensor {
    return this.head.forward(this.layers.reduce((h, layer) => layer.forward(h), x));
  }
}

/** One weight as peers want it: matrices [inputs, outputs]. */
export interface TrainingWeight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Weights, inputs [batch, length, width] and one class a place. */
export interface TrainingProblem extends TrainingSizes {
  readonly weights: readonly TrainingWeight[];
  readonly x: Float32Array;
  readonly targets: Int32Array;
}

/** A network with the weights that every engine starts from. */
export const freshNet = (sizes: TrainingSizes): TrainingNet => initialize(new TrainingNet(sizes), random(1));

const transposed = ({ shape, data }: Tensor): Float32Array => {
  const [rows, columns] = shape as [number, number]; // a matrix
  return Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number,
  ); // inside
};

/** The problem that all engines solve. */
export const trainingProblem = (sizes: TrainingSizes): TrainingProblem => {
  const { batch, length, width, classes } = sizes;
  const source = random(2);
  return {
    ...sizes,
    x: noise(batch * length * width, 3),
    targets: Int32Array.from({ length: batch * length }, () => Math.floor(source.uniform() * classes)),
    weights: Array.from(parameters(freshNet(sizes)), ([path, weight]) =>
      weight.rank === 2
        ? { path, shape: weight.shape.toReversed(), data: transposed(weight) }
        : { path, shape: weight.shape, data: weight.data.slice() },
    ),
  };
};

/** Floating-point operations of the products of a step: forward, and two products of the same size for each in the backward pass. */
export const trainingOperations = ({
  layers,
  width,
  innerWidth,
  batch,
  length,
  classes,
}: TrainingSizes): number => {
  const rows = batch * length;
  const attention = 2 * rows * length * width;
  return (
    6 * (layers * (rows * (4 * width * width + 2 * width * innerWidth) + attention) + rows * width * classes)
  );
};

/** Learning rate over the bias correction of the first average, and one over the root of that of the second, of a step counted from 1. */
export const corrections = (step: number): readonly [rate: number, secondScale: number] => {
  const { learningRate, betas } = trainingRates;
  return [learningRate / (1 - betas[0] ** step), 1 / Math.sqrt(1 - betas[1] ** step)];
};
