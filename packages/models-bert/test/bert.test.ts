// Tiny BERTs against Hugging Face transformers: hidden states, attentions, pooler, masked-word logits; padded and packed.
import path from 'node:path';
import { packing } from '@heed/attention';
import { inference, jsBackend, type Tensor, tensor, useBackend } from '@heed/tensor';
import { directory } from '@heed/tensor/io';
import { expectClose, type StoredTensor, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { type EncoderBatch, fromPretrained, type PretrainedEncoder } from '../src/index.ts';
import { type GoldenCase, goldenFolder } from './goldenFolder.ts';

const close = { absolute: 1e-4, relative: 1e-4 }; // of the golden files' README
const heads = new Set(['base', 'masked-lm', 'pretraining']);

const suite = (folder: string) => {
  const { cases, stored } = goldenFolder(folder);
  const int = (name: string) => tensor(Int32Array.from(stored(name).data as Int32Array), stored(name).shape);
  const bool = (name: string) => tensor(Uint8Array.from(stored(name).data as Int32Array), stored(name).shape);
  const batchOf = ({ inputs }: GoldenCase): EncoderBatch => ({
    ...(inputs.input_ids && { ids: int(inputs.input_ids) }),
    ...(inputs.inputs_embeds && {
      vectors: tensor(
        Float32Array.from(stored(inputs.inputs_embeds).data as Float32Array),
        stored(inputs.inputs_embeds).shape,
      ),
    }),
    ...(inputs.token_type_ids && { typeIds: int(inputs.token_type_ids) }),
    ...(inputs.position_ids && { positions: int(inputs.position_ids) }),
    ...(inputs.attention_mask && { attentionMask: bool(inputs.attention_mask) }),
  });
  const check = (given: Tensor | undefined, name: string | readonly string[] | undefined, what: string) => {
    if (typeof name !== 'string') return;
    expect(given, what).toBeDefined();
    expectClose(given as Tensor, stored(name), { ...close, name: what });
  };
  const chosen = cases.filter(({ head }) => heads.has(head ?? 'base'));
  it.each(chosen)('$name', async (one) => {
    const { encoder, maskedWord }: PretrainedEncoder = await fromPretrained(directory(folder));
    const seen = new Map<string, Tensor>();
    const hidden = encoder.forward(batchOf(one), { observe: (name, value) => seen.set(name, value) });
    const { last_hidden_state, pooler_output, hidden_states, attentions, logits, prediction_logits } =
      one.outputs;
    check(hidden, last_hidden_state, 'last hidden state');
    check(pooler_output === undefined ? undefined : encoder.pool(hidden), pooler_output, 'pooler');
    for (const [layer, name] of ((hidden_states ?? []) as string[]).entries())
      check(seen.get(`hidden.${layer}`), name, `hidden state ${layer}`);
    for (const [layer, name] of ((attentions ?? []) as string[]).entries())
      check(seen.get(`layers.${layer}.attention.weights`), name, `attention ${layer}`);
    const words = logits ?? prediction_logits;
    if (words !== undefined)
      check(maskedWord?.forward(hidden, encoder.embeddings.words.weight), words, 'masked-word logits');
  });
  return { chosen, stored, int };
};

describe('the tiny BERT in the repository', () => {
  const folder = path.join(import.meta.dirname, 'golden/bert');
  const { stored } = suite(folder);

  it('gives packed rows what padded rows give, on every engine, in and out of inference', async () => {
    const { encoder } = await fromPretrained(directory(folder));
    const ids = stored('base.in.input_ids') as StoredTensor;
    const mask = stored('base.in.attention_mask');
    const expected = stored('base.out.last_hidden_state');
    const [batch, length] = ids.shape as [number, number];
    const lengths = Array.from({ length: batch }, (_, row) =>
      (mask.data as Int32Array).slice(row * length, (row + 1) * length).reduce((a, b) => a + b, 0),
    );
    const pick = (data: Int32Array) =>
      lengths.flatMap((count, row) => [...data.slice(row * length, row * length + count)]);
    const packedIds = tensor(Int32Array.from(pick(ids.data as Int32Array)), [
      lengths.reduce((a, b) => a + b, 0),
    ]);
    const typeIds = tensor(
      Int32Array.from(pick(stored('base.in.token_type_ids').data as Int32Array)),
      packedIds.shape,
    );
    const run = () => encoder.forwardPacked({ ids: packedIds, typeIds, packing: packing(lengths) });
    const width = expected.shape[2] as number;
    const rows = lengths.flatMap((count, row) => [
      ...(expected.data as Float32Array).slice(row * length * width, (row * length + count) * width),
    ]);
    const wanted = { shape: [packedIds.size, width], data: rows };
    expectClose(run(), wanted, close);
    expectClose(inference(run), wanted, close);
    using _ = useBackend(jsBackend);
    expectClose(run(), wanted, close);
  });

  it('refuses more tokens than it has positions, and says both numbers', async () => {
    const { encoder } = await fromPretrained(directory(folder));
    const ids = tensor(new Int32Array(41), [1, 41]);
    expect(() => encoder.forward({ ids })).toThrow(/41 tokens; this model has 40 positions/);
    expect(() =>
      encoder.forwardPacked({ ids: tensor(new Int32Array(41), [41]), packing: packing([41]) }),
    ).toThrow(/40 positions/);
  });
});

const all = 'data/golden-models';
const families = [
  'bert',
  'bert-act-relu',
  'bert-act-gelu-new',
  'bert-sharded',
  'bert-float16',
  'bert-bfloat16',
  'bert-gamma-beta',
  'bert-no-prefix',
  'bert-bin',
  'bert-bin-legacy',
];
describe.skipIf(shared(all) === undefined).each(families)(`golden folder %s${skipReason(all)}`, (name) => {
  const folder = shared(all);
  if (folder !== undefined) suite(path.join(folder, name));
});
