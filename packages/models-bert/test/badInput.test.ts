// Folders whose parts do not fit, and files that lie: one clear error, promptly, nothing half-loaded.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { CheckpointError } from '@heed/tensor';
import { directory, type Folder, inMemory } from '@heed/tensor/io';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { fromPretrained, pipeline, readBertConfig } from '../src/index.ts';

const own = path.join(import.meta.dirname, 'golden/sentence-mean');
const filesOf = (folder: string, prefix = ''): Record<string, Uint8Array> => {
  const files: Record<string, Uint8Array> = {};
  for (const name of readdirSync(folder)) {
    const place = path.join(folder, name);
    if (statSync(place).isDirectory()) Object.assign(files, filesOf(place, `${prefix}${name}/`));
    else files[`${prefix}${name}`] = new Uint8Array(readFileSync(place));
  }
  return files;
};
const changed = (change: (files: Record<string, Uint8Array>) => void): Folder => {
  const files = filesOf(own);
  change(files);
  return inMemory(files);
};
const text = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const config = JSON.parse(readFileSync(path.join(own, 'config.json'), 'utf8')) as Record<string, unknown>;

describe('what does not fit is refused by name', () => {
  it('lists every missing, unexpected and misshapen tensor at once', async () => {
    const folder = changed((files) => {
      files['config.json'] = text({
        ...config,
        num_hidden_layers: 3,
        intermediate_size: 8,
        type_vocab_size: 1,
      });
    });
    const error = await fromPretrained(folder).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error?.message).toMatch(/missing, .* unexpected, .* of another shape/);
    expect(error?.message).toContain('layers.2.attention.query.weight');
    expect(error?.message).toMatch(/token_type_embeddings\.weight: given float32\[2, /);
  });
  it.each([
    ['config.json', '{"model_type": "bert"', /config\.json: not JSON/],
    ['config.json', [], /config\.json: an array; expected a JSON object/],
    ['config.json', { ...config, model_type: 'llama' }, /model_type is "llama"/],
    ['config.json', { ...config, hidden_act: 'sine' }, /hidden_act is "sine"; expected one of gelu/],
    ['config.json', { ...config, hidden_size: -1 }, /hidden_size is -1; expected an integer from 1/],
    ['config.json', { ...config, num_attention_heads: 5 }, /no multiple of num_attention_heads 5/],
    ['modules.json', '{"a": 1}', /modules\.json: expected an array/],
    [
      'modules.json',
      [{ type: 'sentence_transformers.models.LSTM', path: '0_LSTM' }],
      /module 0 is "sentence_transformers.models.LSTM"/,
    ],
    ['1_Pooling/config.json', { pooling_mode_mean_tokens: false }, /no way of pooling/],
    [
      '2_Dense/config.json',
      { in_features: 32, out_features: 24, activation_function: 'torch.nn.Softshrink' },
      /Softshrink/,
    ],
    ['tokenizer.json', '{"model": {"type": "WordPiece"', /./],
    ['model.safetensors', 'short', /model\.safetensors/],
  ])('%s as %j', async (file, content, message) => {
    const folder = changed((files) => {
      files[file] = text(content);
    });
    await expect(pipeline('feature-extraction', folder)).rejects.toThrow(message);
  });
  it('a folder without a model says what would make it one', async () => {
    await expect(pipeline('feature-extraction', inMemory({ 'a.txt': text('a') }))).rejects.toThrow(
      /neither config\.json .* nor model\.json/,
    );
  });
  it('an unknown task names the known ones', async () => {
    await expect(pipeline('translation' as 'feature-extraction', directory(own))).rejects.toThrow(
      /feature-extraction, sentence-similarity/,
    );
  });
  it('loading stops where it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(fromPretrained(directory(own), { signal })).rejects.toThrow(/enough/);
  });
  it('a config of absurd size is refused before anything is allocated', () => {
    expect(() => readBertConfig({ ...config, vocab_size: 2 ** 40 })).toThrow(/vocab_size/);
  });
});

const hostile = shared('data/golden-models/hostile');
describe.skipIf(hostile === undefined)(
  `hostile model folders${skipReason('data/golden-models/hostile')}`,
  () => {
    it.each([
      ['missing-tensor', /layers\.0\.feedForward\.outer\.weight|encoder\.layer\.0\.output\.dense\.weight/],
      ['wrong-model-shape', /given float32\[11, \d+\], expected float32\[12, \d+\]/],
      ['missing-shard', /model-0000\d-of-00002\.safetensors/],
      ['heads-do-not-divide', /hidden_size 8 is no multiple of num_attention_heads 3/],
    ])('%s', async (name, message) => {
      await expect(fromPretrained(directory(path.join(hostile as string, name)))).rejects.toThrow(message);
    });
  },
);
