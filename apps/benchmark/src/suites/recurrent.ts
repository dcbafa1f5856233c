// A training step of GRU and LSTM: two layers of 256, 32 sequences of 50 steps, forward and every gradient. What is compared is the
// gradient of the first layer's input weights, the last thing that comes out.

import { backward, meanSquaredError, permute, random, Tensor, trainingStep } from '@heed/tensor';
import { GRU, initialize, LSTM, type Parameter } from '@heed/tensor/nn';
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

interface Problem extends RecurrentSizes {
  readonly model: GRU | LSTM;
  /** [batch, steps, width] */
  readonly x: Float32Array;
  readonly target: Float32Array;
}

const problemOf = (sizes: RecurrentSizes): Problem => {
  const { kind, steps, batch, width } = sizes;
  const model = initialize(new (kind === 'GRU' ? GRU : LSTM)(width, width, { layers }), random(1));
  const count = steps * batch * width;
  return { ...sizes, model, x: noise(count, 2), target: noise(count, 3) };
};

const ownStep = ({ name, use }: OwnEngine, { model, steps, batch, width, ...data }: Problem): Contender => {
  const shape = [batch, steps, width];
  const [x, target] = [data.x, data.target].map((one) => new Tensor('float32', shape, one)) as [
    Tensor,
    Tensor,
  ]; // two
  const first = model.weight_ih_l0 as Parameter; // every recurrent network has it
  let gradient: Tensor | undefined;
  return {
    name,
    run: () => {
      gradient = use(() =>
        trainingStep(() => {
          const loss = meanSquaredError(model.forward(x).output, target);
          return backward(loss).get(first);
        }),
      );
    },
    output: () => (gradient as Tensor).data, // after run
  };
};

const stepsFirst = (x: Float32Array, { batch, steps, width }: RecurrentSizes): Float32Array =>
  permute(new Tensor('float32', [batch, steps, width], x), [1, 0, 2]).data;

/** [rows, width] as [width, rows]: TensorFlow.js multiplies from the right. */
const transposed = (weight: Tensor): Float32Array => permute(weight, [1, 0]).data;

const tensorFlowStep = (tf: DifferentiableTensorFlow, problem: Problem): Contender => {
  const { model, width } = problem;
  const gates = problem.kind === 'GRU' ? 3 : 4;
  const of = (name: 'weight_ih' | 'weight_hh' | 'bias_ih' | 'bias_hh', layer: number): Tensor =>
    model[`${name}_l${layer}` as 'weight_l'] as Parameter; // declared for each layer
  const step = tensorFlowRecurrent(tf, problem, {
    layers: Array.from(
      { length: layers },
      (_, layer): LayerWeights => ({
        inputs: transposed(of('weight_ih', layer)),
        hidden: transposed(of('weight_hh', layer)),
        inputBias: of('bias_ih', layer).data,
        hiddenBias: of('bias_hh', layer).data,
      }),
    ),
    x: stepsFirst(problem.x, problem),
    target: stepsFirst(problem.target, problem),
  });
  let gradient: Float32Array = new Float32Array();
  return {
    name: tensorFlowName,
    run: () => {
      gradient = step();
    },
    output: () => transposed(new Tensor('float32', [width, gates * width], gradient)),
  };
};

/** One case a kind. */
export const recurrentCases = (
  { own, absences, tensorFlow }: Engines,
  shapes: readonly RecurrentSizes[] = recurrentShapes,
): BenchmarkCase[] =>
  shapes.map((sizes) => {
    const { kind, steps, batch, width } = sizes;
    const products = layers * steps * batch * 2 * width * (kind === 'GRU' ? 3 : 4) * width;
    return {
      name: recurrentName(sizes),
      operations: 2 * 3 * products, // forward, and two products of the same size for each in the backward pass
      tolerance: 1e-3,
      absences,
      prepare: async () => {
        const problem = problemOf(sizes);
        const contenders = own.map((engine) => ownStep(engine, problem));
        if (tensorFlow !== undefined)
          contenders.push(tensorFlowStep(tensorFlow as DifferentiableTensorFlow, problem));
        return contenders;
      },
    };
  });
