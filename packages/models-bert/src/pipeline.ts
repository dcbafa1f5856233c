// pipeline(task, folder): text in, plain objects out. The folder says by its files which model it holds.

import { CheckpointError, currentBackend } from '@heed/tensor';
import type { Folder } from '@heed/tensor/io';
import type { FromPretrainedOptions } from './load.ts';
import { loadSentenceTransformer } from './sentenceTransformers.ts';
import {
  type EncodeTextsOptions,
  encodeTexts,
  type SentenceModel,
  type TextFeatures,
} from './textEncoder.ts';
import { loadUniversalSentenceEncoder } from './universalSentenceEncoder.ts';

/** Turns texts into vectors. One text gives one result, an array gives an array. */
export interface FeatureExtraction {
  (text: string, options?: EncodeTextsOptions): TextFeatures;
  (texts: readonly string[], options?: EncodeTextsOptions): TextFeatures[];
  /** The loaded model. */
  readonly model: SentenceModel;
}

/** Compares texts by the cosine of their vectors. */
export interface SentenceSimilarity {
  /** Similarity of the source to each of the sentences, −1 … 1. */
  (source: string, sentences: readonly string[], options?: EncodeTextsOptions): number[];
  /** Similarity of each text to each: rows and columns in the order of the texts. */
  matrix(texts: readonly string[], options?: EncodeTextsOptions): number[][];
  /** The loaded model. */
  readonly model: SentenceModel;
}

/** What each task returns. */
export interface Pipelines {
  'feature-extraction': FeatureExtraction;
  'sentence-similarity': SentenceSimilarity;
}

/** cos of the angle between two vectors; 0 where one of them is zero. */
export const cosineSimilarity = (a: Float32Array, b: Float32Array): number => {
  if (a.length !== b.length)
    throw new RangeError(`cosineSimilarity: ${a.length} and ${b.length} numbers; expected as many in both.`);
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number]; // i < length
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 || bb === 0 ? 0 : Math.max(-1, Math.min(1, dot / Math.sqrt(aa * bb)));
};

/** The sentence model of a folder: sentence-transformers or plain BERT (config.json), or Universal Sentence Encoder (model.json). */
export const loadSentenceModel = async (
  folder: Folder,
  options: FromPretrainedOptions = {},
): Promise<SentenceModel> => {
  if (await folder.has('config.json')) return loadSentenceTransformer(folder, options);
  if (await folder.has('model.json')) return loadUniversalSentenceEncoder(folder, options);
  throw new CheckpointError(
    `${folder.name}: neither config.json (a Hugging Face folder) nor model.json (TensorFlow.js) is there. Point to the folder that holds the model's files.`,
  );
};

const extraction = (model: SentenceModel): FeatureExtraction => {
  function extract(text: string, options?: EncodeTextsOptions): TextFeatures;
  function extract(texts: readonly string[], options?: EncodeTextsOptions): TextFeatures[];
  function extract(
    texts: string | readonly string[],
    options?: EncodeTextsOptions,
  ): TextFeatures | TextFeatures[] {
    if (Array.isArray(texts)) return encodeTexts(model, texts, options);
    return encodeTexts(model, [texts as string], options)[0] as TextFeatures; // one text, one result
  }
  return Object.assign(extract, { model });
};

const similarity = (model: SentenceModel): SentenceSimilarity => {
  const vectors = (texts: readonly string[], options?: EncodeTextsOptions) =>
    encodeTexts(model, texts, options).map(({ embedding }) => embedding);
  const compare = (source: string, sentences: readonly string[], options?: EncodeTextsOptions): number[] => {
    const [first, ...rest] = vectors([source, ...sentences], options);
    return rest.map((vector) => cosineSimilarity(first as Float32Array, vector)); // the source comes first
  };
  const matrix = (texts: readonly string[], options?: EncodeTextsOptions): number[][] => {
    const all = vectors(texts, options);
    return all.map((a) => all.map((b) => cosineSimilarity(a, b)));
  };
  return Object.assign(compare, { matrix, model });
};

const makers: { readonly [Task in keyof Pipelines]: (model: SentenceModel) => Pipelines[Task] } = {
  'feature-extraction': extraction,
  'sentence-similarity': similarity,
};

/**
 * Loads a folder and returns a function for the task. Loading is asynchronous, the function is not.
 *
 * @example
 * const extract = await pipeline('feature-extraction', directory('all-MiniLM-L6-v2'));
 * extract('Attention is all you need.').embedding; // Float32Array(384)
 */
export const pipeline = async <Task extends keyof Pipelines>(
  task: Task,
  folder: Folder,
  options: FromPretrainedOptions = {},
): Promise<Pipelines[Task]> => {
  if (!Object.hasOwn(makers, task))
    throw new RangeError(
      `pipeline: task ${JSON.stringify(task)}; expected one of ${Object.keys(makers).join(', ')}.`,
    );
  const loading = loadSentenceModel(folder, options);
  currentBackend(); // starts the engine, if none runs yet, while the files arrive
  return makers[task](await loading);
};
