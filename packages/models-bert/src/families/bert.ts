// BERT as Hugging Face publishes it: config.json and the names of its tensors. Devlin 2018 (arXiv:1810.04805).

import { CheckpointError } from '@heed/tensor';
import { type EncoderActivation, type EncoderConfig, type JsonObject, JsonReader } from '../config.ts';

const activations: Readonly<Record<string, EncoderActivation>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
  tanh: 'tanh',
};

/** Reads config.json of a BERT; a value that no BERT can have is a CheckpointError that names its key. */
export const readBertConfig = (json: JsonObject, file = 'config.json'): EncoderConfig => {
  const read = new JsonReader(json, file);
  if (json.hidden_size === undefined && json.word_embedding_dimension !== undefined)
    throw new CheckpointError(
      `${file}: this is the configuration of a pooling module, not of a model. Keep the folder's structure when copying it: 1_Pooling/config.json belongs in its own folder.`,
    );
  const type = json.model_type ?? 'bert';
  if (type !== 'bert')
    throw new CheckpointError(
      `${file}: model_type is ${JSON.stringify(type)}; this package reads "bert". Load the folder with the family that it belongs to.`,
    );
  if ((json.position_embedding_type ?? 'absolute') !== 'absolute')
    throw new CheckpointError(
      `${file}: position_embedding_type is ${JSON.stringify(json.position_embedding_type)}; expected "absolute".`,
    );
  const width = read.integer('hidden_size');
  const heads = read.integer('num_attention_heads');
  if (width % heads !== 0)
    throw new CheckpointError(
      `${file}: hidden_size ${width} is no multiple of num_attention_heads ${heads}.`,
    );
  return {
    width,
    heads,
    vocabulary: read.integer('vocab_size'),
    layers: read.integer('num_hidden_layers', { least: 0, most: 1000 }),
    innerWidth: read.integer('intermediate_size'),
    activation: read.choice('hidden_act', activations, 'gelu'),
    positions: read.integer('max_position_embeddings'),
    tokenTypes: read.integer('type_vocab_size', { fallback: 2 }),
    normEpsilon: read.number('layer_norm_eps', 1e-12),
    dropout: read.number('hidden_dropout_prob', 0.1),
    attentionDropout: read.number('attention_probs_dropout_prob', 0.1),
    initializerRange: read.number('initializer_range', 0.02),
  };
};

/** Published parts of a name → ours, in order. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^bert\./, ''],
  [/LayerNorm\.gamma$/, 'LayerNorm.weight'],
  [/LayerNorm\.beta$/, 'LayerNorm.bias'],
  [/^embeddings\.word_embeddings\./, 'embeddings.words.'],
  [/^embeddings\.position_embeddings\./, 'embeddings.positions.'],
  [/^embeddings\.token_type_embeddings\./, 'embeddings.tokenTypes.'],
  [/^embeddings\.LayerNorm\./, 'embeddings.norm.'],
  [/^encoder\.layer\.(\d+)\.attention\.self\./, 'layers.$1.attention.'],
  [/^encoder\.layer\.(\d+)\.attention\.output\.dense\./, 'layers.$1.attention.output.'],
  [/^encoder\.layer\.(\d+)\.attention\.output\.LayerNorm\./, 'layers.$1.attentionNorm.'],
  [/^encoder\.layer\.(\d+)\.intermediate\.dense\./, 'layers.$1.feedForward.inner.'],
  [/^encoder\.layer\.(\d+)\.output\.dense\./, 'layers.$1.feedForward.outer.'],
  [/^encoder\.layer\.(\d+)\.output\.LayerNorm\./, 'layers.$1.feedForwardNorm.'],
  [/^pooler\.dense\./, 'pooler.'],
  [/^cls\.predictions\.transform\.dense\./, 'maskedWord.transform.'],
  [/^cls\.predictions\.transform\.LayerNorm\./, 'maskedWord.norm.'],
  [/^cls\.predictions\.bias$/, 'maskedWord.bias'],
];

/** Buffers that old files carry, copies of tied weights, and heads that a bare encoder has no use for. */
const leftOut =
  /^(bert\.)?embeddings\.position_ids$|^cls\.predictions\.decoder\.|^cls\.seq_relationship\.|^classifier\.|^qa_outputs\./;

/**
 * Path in our model of a published name; undefined for what is rightly left out: `position_ids`, copies of tied weights, heads of
 * other tasks.
 *
 * @example
 * bertPath('bert.encoder.layer.0.attention.self.query.weight'); //=> 'layers.0.attention.query.weight'
 */
export const bertPath = (name: string): string | undefined =>
  leftOut.test(name) ? undefined : rules.reduce((path, [pattern, ours]) => path.replace(pattern, ours), name);
