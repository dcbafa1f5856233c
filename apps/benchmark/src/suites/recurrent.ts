// A training step of GRU and LSTM: two layers of 256, 32 sequences of 50 steps, forward and every gradient. What is compared is the
// gradient of the first layer's input weights, the last thing that comes out.

import { backward, meanSquaredError, random, Tensor, trainingStep, transpose } from '@heed/tensor';
import { GRU, initialize, LSTM } from '@heed/tensor/nn';
import type { BenchmarkCase, Contender } from '../contender.ts';
import { type Engines, type OwnEngine, tensorFlowName } from '../engines.ts';
import { noise } from '../noise.ts';
import {
  type DifferentiableTensorFlow,
  type LayerWeights,
  type RecurrentSizes,
  tensorFlowRecurrent,
} from '../peers/tensorFlowRecurrent.ts';

/** The cases of the suite. */
export const recurrentShapes: readonly RecurrentSizes[] = (['GRU', 'LSTM'] as const).map((kind) => ({
  kind,
  steps: 50,
  batch: 32,
  width: 256,
}));

const layers = 2;

/** What a case is called. */
export const recurrentName = ({ kind, steps, batch, width }: RecurrentSizes): string =>
  `${kind}, ${layers} layers of ${width}, ${batch} × ${steps}`;

interface Problem {
  readonly model: GRU | LSTM;
  /** [steps, batch, width] */
  readonly x: Float32Array;
  readonly target: Float32Array;
}

const problemOf = ({ kind, steps, batch, width }: RecurrentSizes): Problem => {
  const model = new (kind === 'GRU' ? GRU : LSTM)(width, width, { layers, batchFirst: false });
  initialize(model, random(1));
  const count = steps * batch * width;
  return { model, x: noise(count, 2), target: noise(count, 3) };
};
