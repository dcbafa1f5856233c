// From an address or from dropped files to a model that answers: the tokenizer first, so that tokens are there while weights travel.

import { pipeline, readTokenizer } from '@heed/models-bert';
import { inMemory } from '@heed/tensor/io';
import { readUniversalSentenceEncoderVocabulary, type Tokenizer } from '@heed/tokenizers';
import type { ModelInfo, ModelSource, OpenEvent } from '../protocol.ts';
import { download } from './download.ts';
import { readFiles } from './readFiles.ts';
import type { LoadedModel } from './readSentences.ts';

/** What goes with opening. */
export interface OpenOptions {
  readonly signal: AbortSignal;
  tell(event: OpenEvent): void;
  /** Is told the tokenizer, and the most tokens it is to give, before the weights are there. */
  onTokenizer(tokenizer: Tokenizer, maxTokens: number): void;
}

/** A model and what is known of it. */
export interface OpenedModel {
  readonly model: LoadedModel;
  readonly info: ModelInfo;
}

/** Tokens shown of a text while the model, which knows its own limit, is on its way. */
const provisionalMaxTokens = 128;
/** The small file that the tokenizer of the page's own model needs. */
const vocabularyFile = 'vocab.json';

const filesOf = async (
  source: ModelSource,
  options: OpenOptions,
): Promise<{ files: Map<string, Uint8Array>; cached: boolean }> => {
  if (source.kind === 'files') return { files: await readFiles(source.files, options), cached: false };
  return download(source.url, {
    ...options,
    first: vocabularyFile,
    onFirst: (bytes) =>
      options.onTokenizer(
        readUniversalSentenceEncoderVocabulary(new TextDecoder().decode(bytes)),
        provisionalMaxTokens,
      ),
  });
};

/** Opens a model; every error says which file it is about. */
export const openModel = async (source: ModelSource, options: OpenOptions): Promise<OpenedModel> => {
  const begin = performance.now();
  const { signal } = options;
  const { files, cached } = await filesOf(source, options);
  const folder = inMemory(files, source.kind === 'files' ? source.name : source.url);
  if (source.kind === 'files' && files.has('config.json'))
    options.onTokenizer(await readTokenizer(folder, { signal }), provisionalMaxTokens);
  const extract = await pipeline('feature-extraction', folder, { signal });
  const { description, layers, heads, maxTokens, tokenizer } = extract.model;
  let bytes = 0;
  for (const file of files.values()) bytes += file.length;
  return {
    model: { tokenizer, maxTokens, extract },
    info: {
      name: source.kind === 'files' ? source.name : (description.split(', ')[0] ?? description),
      ...{ description, layers, heads, maxTokens, bytes, cached },
      milliseconds: performance.now() - begin,
    },
  };
};
