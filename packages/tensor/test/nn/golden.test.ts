// PyTorch's layers: values, running statistics, and gradients of inputs and weights, on every engine.
import { shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { type AnyTensor, random, type Tensor, useBackend, variable } from '../../src/index.ts';
import {
  BatchNorm,
  Embedding,
  initialize,
  LayerNorm,
  Linear,
  parameters,
  RMSNorm,
  uniform,
} from '../../src/nn/index.ts';
import { backends } from '../backends.ts';
import {
  expectCase,
  type GoldenCase,
  mapValues,
  packedCases,
  type Results,
  tensorFrom,
  wholeCases,
} from '../goldenCases.ts';

type Options = Readonly<Record<string, number | boolean | number[] | null>>;

/** A layer, and what it gives for the inputs of a case. */
interface Built {
  readonly layer: object;
  readonly run: (inputs: Readonly<Record<string, Tensor>>) => Results;
}

const one = (layer: object & { forward(x: Tensor): Tensor }): Built => ({
  layer,
  run: ({ input }) => ({ output: layer.forward(input as Tensor) }),
});

const batchNorm = ({ num_features: channels, momentum, eps, training }: Options): Built => {
  const layer = new BatchNorm(Number(channels), { momentum: Number(momentum), epsilon: Number(eps) });
  return {
    layer,
    run: ({ input1, input2 }) => {
      const pass = training === true ? { random: random(0) } : {};
      const outputs = [layer.forward(input1 as Tensor, pass), layer.forward(input2 as Tensor, pass)];
      const { running_mean, running_var } = layer;
      return { output1: outputs[0] as Tensor, output2: outputs[1] as Tensor, running_mean, running_var };
    },
  };
};

const layers: Readonly<Record<string, (options: Options) => Built>> = {
  Linear: ({ in_features: inputs, out_features: outputs, bias }) =>
    one(new Linear(Number(inputs), Number(outputs), { bias: bias === true })),
  Embedding: ({ num_embeddings: rows, embedding_dim: width, padding_idx: padding }) => {
    const lookup = padding === null ? {} : { paddingIndex: Number(padding) };
    const layer = new Embedding(Number(rows), Number(width), uniform(1), lookup);
    return { layer, run: ({ ids }) => ({ output: layer.forward(ids as AnyTensor as Tensor<'int32'>) }) };
  },
  LayerNorm: ({ normalized_shape: shape, eps, bias = true }) =>
    one(new LayerNorm(shape as number[], Number(eps), { bias: bias === true })),
  RMSNorm: ({ normalized_shape: shape, eps }) => one(new RMSNorm(shape as number[], Number(eps))),
  BatchNorm1d: batchNorm,
};

const check = (golden: GoldenCase): void => {
  const { layer, run } = (layers[golden.op] as (options: Options) => Built)(golden.options as Options);
  const weights = parameters(initialize(layer, random(1)));
  const inputs = mapValues(golden.inputs, (stored, name) => {
    const value = tensorFrom(stored) as Tensor;
    weights.get(name)?.fill(value.data);
    return weights.get(name) ?? (name in golden.gradients ? variable(value) : value);
  });
  expect([...weights.keys()].filter((name) => !(name in golden.inputs))).toEqual([]); // every weight is given
  expectCase(golden, run(inputs), inputs);
};

const suite = (title: string, cases: readonly GoldenCase[]): void => {
  const known = cases.filter(({ op }) => op in layers);
  describe.each(backends)(`${title}, $name`, ({ backend }) => {
    it.each(known)('$name', (golden) => {
      using _ = useBackend(backend);
      check(golden);
    });
  });
  it(`${title}: every layer has a case`, () => {
    expect(new Set(known.map(({ op }) => op)).size).toBe(Object.keys(layers).length);
  });
};

suite('golden layers of this repository', packedCases('layers.json.gz'));

const folder = shared('data/golden/nn');
describe.skipIf(folder === undefined)(`the whole group${skipReason('data/golden/nn')}`, () => {
  if (folder !== undefined) suite('golden layers', wholeCases(folder)); // recurrent layers have their own test, attention its own package
});
