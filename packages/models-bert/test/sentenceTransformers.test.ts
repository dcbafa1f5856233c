// sentence-transformers folders against sentence-transformers: token states, sentence vectors, similarities, prompts.
import path from 'node:path';
import { directory } from '@heed/tensor/io';
import { expectClose, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { type FeatureExtraction, pipeline } from '../src/index.ts';
import { readPoolingModes } from '../src/sentenceTransformers.ts';
import { expectProducts } from './expectProducts.ts';
import { goldenFolder } from './goldenFolder.ts';

const close = { absolute: 1e-4, relative: 1e-4 };

const suite = (folder: string) => {
  const { cases, stored } = goldenFolder(folder);
  it.each(cases)('$name', async ({ texts = [], prompt_name, inputs, outputs }) => {
    const extract: FeatureExtraction = await pipeline('feature-extraction', directory(folder));
    const results = extract(texts, { ...(prompt_name && { prompt: prompt_name }) });
    const ids = stored(inputs.input_ids as string);
    const length = ids.shape[1] as number;
    for (const [row, result] of results.entries()) {
      expect([...result.ids]).toEqual([
        ...(ids.data as Int32Array).slice(row * length, row * length + result.ids.length),
      ]);
      const states = stored(outputs.token_embeddings as string);
      const width = states.shape[2] as number;
      expectClose(
        result.lastHiddenState,
        {
          shape: [result.ids.length, width],
          data: (states.data as Float32Array).slice(
            row * length * width,
            (row * length + result.ids.length) * width,
          ),
        },
        { ...close, name: `states ${row}` },
      );
    }
    const vectors = stored(outputs.sentence_embedding as string);
    const width = vectors.shape[1] as number;
    const flat = { shape: vectors.shape, data: results.flatMap(({ embedding }) => [...embedding]) };
    expect(results[0]?.embedding.length).toBe(width);
    expectClose(flat, vectors, { ...close, name: 'sentence vectors' });
    const similarity = await pipeline('sentence-similarity', directory(folder));
    const matrix = similarity.matrix(texts, { ...(prompt_name && { prompt: prompt_name }) });
    const expected = stored(outputs.cosine_similarity as string);
    expectClose({ shape: expected.shape, data: matrix.flat() }, expected, { ...close, name: 'similarity' });
    expectClose(
      similarity(texts[0] as string, texts.slice(1), { ...(prompt_name && { prompt: prompt_name }) }),
      (matrix[0] as number[]).slice(1),
      { absolute: 1e-6, name: 'to the first' },
    );
  });
};

const own = path.join(import.meta.dirname, 'golden/sentence-mean');
describe('the tiny sentence-transformers folder in the repository', () => {
  suite(own);
  it('reports how many tokens of a long text were cut, and cuts none of a short one', async () => {
    const extract = await pipeline('feature-extraction', directory(own));
    const [short, long] = extract(['birds', 'birds '.repeat(100)]);
    expect(short?.truncated).toBe(0);
    expect(long?.truncated).toBe(extract.model.tokenizer.encode('birds '.repeat(100)).length - 16);
    expect(long?.ids.length).toBe(16);
  });
  it('gives hidden states and attentions where asked, and none where not', async () => {
    const extract = await pipeline('feature-extraction', directory(own));
    const [first, second] = extract(['The small cat sleeps.', 'birds'], {
      output: { hiddenStates: true, attentions: true },
    });
    const { layers, heads } = extract.model;
    expect(first?.hiddenStates?.length).toBe(layers + 1);
    expectClose(first?.hiddenStates?.[layers] ?? 0, first?.lastHiddenState ?? 1);
    for (const result of [first, second]) {
      const n = result?.ids.length ?? 0;
      for (const map of result?.attentions ?? []) {
        expect(map.shape).toEqual([heads, n, n]);
        for (let row = 0; row < heads * n; row++)
          expect(map.data.slice(row * n, (row + 1) * n).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      }
    }
    const plain = extract('birds');
    expect([plain.hiddenStates, plain.attentions, plain.queries]).toEqual([undefined, undefined, undefined]);
    expectClose(plain.embedding, second?.embedding ?? []);
  });
  it('gives queries and keys where asked, whose products are the attentions', async () => {
    const extract = await pipeline('feature-extraction', directory(own));
    const results = extract(['The small cat sleeps.', 'birds'], {
      output: { attentions: true, projections: true },
    });
    expectProducts(results, extract);
    expect(extract('birds', { output: { projections: true } }).attentions).toBe(undefined);
  });
  it('reads empty text, a million characters, lone surrogates and no text at all', async () => {
    const extract = await pipeline('feature-extraction', directory(own));
    expect(extract([])).toEqual([]);
    for (const text of ['', '\ud800', 'a'.repeat(1e6), 'the bird '.repeat(1.2e5), '\0\u202e\u200d🦜']) {
      const { embedding } = extract(text);
      expect(embedding.every(Number.isFinite)).toBe(true);
    }
  });
  it('names the prompts that there are when asked for another', async () => {
    const extract = await pipeline('feature-extraction', directory(own));
    expect(() => extract('a', { prompt: 'quest' })).toThrow(
      /"quest" is none of this model's prompts \("query", "document"\)/,
    );
  });
});

it('reads pooling modes in both forms and refuses unknown ones', () => {
  expect(readPoolingModes({ pooling_mode: 'mean' }, 'f')).toEqual(['mean']);
  expect(readPoolingModes({ pooling_mode_cls_token: true, pooling_mode_max_tokens: true }, 'f')).toEqual([
    'cls',
    'max',
  ]);
  expect(() => readPoolingModes({ pooling_mode: ['median'] }, 'f')).toThrow(
    /f: pooling_mode is \["median"\]/,
  );
  expect(() => readPoolingModes({}, 'f')).toThrow(/no way of pooling/);
});

const all = 'data/golden-models';
describe.skipIf(shared(all) === undefined).each(['sentence-mean', 'sentence-multi', 'sentence-no-prompt'])(
  `golden folder %s${skipReason(all)}`,
  (name) => {
    const folder = shared(all);
    if (folder !== undefined) suite(path.join(folder, name));
  },
);
