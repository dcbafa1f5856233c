// The encoder as an ONNX graph of the operators that onnxruntime's own optimizer makes of an exported BERT: one node for the embeddings,
// one for attention with joined projections, one for bias + GELU, one for bias + residual + norm. Its quickest form.

import type { EncoderModel } from '../encoderModel.ts';
import type { Graph, GraphNode, Initializer } from './writeModel.ts';

const domain = 'com.microsoft';

/** Queries', keys' and values' projections side by side: [width, 3·width], and their biases. */
export const joinedProjections = (
  model: EncoderModel,
  layer: number,
): { weight: Float32Array; bias: Float32Array } => {
  const { width } = model.config;
  const weight = new Float32Array(3 * width * width);
  const bias = new Float32Array(3 * width);
  for (const [part, name] of ['query', 'key', 'value'].entries()) {
    const matrix = model.transposed(`layers.${layer}.attention.${name}.weight`);
    for (let row = 0; row < width; row++)
      weight.set(matrix.subarray(row * width, (row + 1) * width), (3 * row + part) * width);
    bias.set(model.weight(`layers.${layer}.attention.${name}.bias`), part * width);
  }
  return { weight, bias };
};

const layerParts = (
  model: EncoderModel,
  layer: number,
  [from, to]: readonly [string, string],
): { nodes: GraphNode[]; initializers: Initializer[] } => {
  const { width, innerWidth, heads, normEpsilon } = model.config;
  const at = (name: string): string => `layers.${layer}.${name}`;
  const joined = joinedProjections(model, layer);
  const vector = (name: string): Initializer => ({
    name: at(name),
    shape: [model.weight(at(name)).length],
    data: model.weight(at(name)),
  });
  const matrix = (name: string, inputs: number, outputs: number): Initializer => ({
    name: at(name),
    shape: [inputs, outputs],
    data: model.transposed(at(name)),
  });
  const norm = (name: string, inputs: readonly [string, string, string], output: string): GraphNode => ({
    ...{ operator: 'SkipLayerNormalization', domain, outputs: [output], floats: { epsilon: normEpsilon } },
    inputs: [inputs[0], inputs[1], at(`${name}.weight`), at(`${name}.bias`), at(inputs[2])],
  });
  const product = (input: string, weight: string, output: string): GraphNode => ({
    operator: 'MatMul',
    inputs: [input, at(weight)],
    outputs: [output],
  });
  return {
    nodes: [
      {
        operator: 'Attention',
        domain,
        inputs: [from, at('joined.weight'), at('joined.bias'), 'mask'],
        outputs: [at('seen')],
        integers: { num_heads: heads },
      },
      product(at('seen'), 'attention.output.weight', at('projected')),
      norm('attentionNorm', [at('projected'), from, 'attention.output.bias'], at('attended')),
      product(at('attended'), 'feedForward.inner.weight', at('inner')),
      {
        operator: 'BiasGelu',
        domain,
        inputs: [at('inner'), at('feedForward.inner.bias')],
        outputs: [at('activated')],
      },
      product(at('activated'), 'feedForward.outer.weight', at('outer')),
      norm('feedForwardNorm', [at('outer'), at('attended'), 'feedForward.outer.bias'], to),
    ],
    initializers: [
      { name: at('joined.weight'), shape: [width, 3 * width], data: joined.weight },
      { name: at('joined.bias'), shape: [3 * width], data: joined.bias },
      matrix('attention.output.weight', width, width),
      matrix('feedForward.inner.weight', width, innerWidth),
      matrix('feedForward.outer.weight', innerWidth, width),
      ...['attention.output', 'feedForward.inner', 'feedForward.outer'].map((name) => vector(`${name}.bias`)),
      ...['attentionNorm', 'feedForwardNorm'].flatMap((name) => [
        vector(`${name}.weight`),
        vector(`${name}.bias`),
      ]),
    ],
  };
};

/** ids, mask and segments [batch, length] → last_hidden_state [batch, length, width]; inputs named as Hugging Face's exports have them. */
export const encoderGraph = (model: EncoderModel): Graph => {
  const { width, vocabulary, positions, tokenTypes, layers, normEpsilon } = model.config;
  const table = (name: string, rows: number): Initializer => ({
    name,
    shape: [rows, width],
    data: model.weight(name),
  });
  const inputs = { input_ids: 'ids', attention_mask: 'mask', token_type_ids: 'segments' };
  const hidden = (layer: number): string => (layer === layers ? 'last_hidden_state' : `hidden.${layer}`);
  const parts = Array.from({ length: layers }, (_, layer) =>
    layerParts(model, layer, [hidden(layer), hidden(layer + 1)]),
  );
  return {
    name: 'encoder',
    inputs: Object.keys(inputs).map((name) => ({ name, type: 'int64', shape: ['batch', 'length'] })),
    outputs: [{ name: 'last_hidden_state', type: 'float32', shape: ['batch', 'length', width] }],
    initializers: [
      table('embeddings.words.weight', vocabulary),
      table('embeddings.positions.weight', positions),
      table('embeddings.tokenTypes.weight', tokenTypes),
      { name: 'embeddings.norm.weight', shape: [width], data: model.weight('embeddings.norm.weight') },
      { name: 'embeddings.norm.bias', shape: [width], data: model.weight('embeddings.norm.bias') },
      ...parts.flatMap(({ initializers }) => initializers),
    ],
    nodes: [
      ...Object.entries(inputs).map(
        ([from, to]): GraphNode => ({ operator: 'Cast', inputs: [from], outputs: [to], integers: { to: 6 } }),
      ), // TensorProto.INT32
      {
        ...{
          operator: 'EmbedLayerNormalization',
          domain,
          floats: { epsilon: normEpsilon },
          outputs: [hidden(0), 'unused'],
        },
        inputs: [
          'ids',
          'segments',
          ...['words', 'positions', 'tokenTypes'].map((name) => `embeddings.${name}.weight`),
          'embeddings.norm.weight',
          'embeddings.norm.bias',
        ],
      },
      ...parts.flatMap(({ nodes }) => nodes),
    ],
  };
};
