// fromPretrained: a folder in, a BERT encoder with its tokenizer out.

import { type AnyTensor, CheckpointError } from '@heed/tensor';
import { type Folder, type LoadProgress, readCheckpoint } from '@heed/tensor/io';
import { load, quantize } from '@heed/tensor/nn';
import { readTokenizerJson, readVocabText, type Tokenizer } from '@heed/tokenizers';
import { type EncoderConfig, parseJsonObject } from './config.ts';
import { Encoder } from './encoder.ts';
import { bertPath, readBertConfig } from './families/bert.ts';
import { MaskedWordHead } from './maskedWord.ts';

/** How a folder is loaded. */
export interface FromPretrainedOptions {
  /** Stops the loading; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told how many bytes of how many have arrived. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** How weights of linear layers are kept: 'int8' takes a quarter of the memory and about half the time, and can not be trained. Default 'float32'. */
  readonly weights?: 'float32' | 'int8';
}

/** A loaded BERT. */
export interface PretrainedEncoder {
  readonly config: EncoderConfig;
  readonly encoder: Encoder;
  /** The masked-word head, where the checkpoint has one. */
  readonly maskedWord: MaskedWordHead | undefined;
}

/** Reads what the tokenizer of a folder is made of; the returned function makes it, which keeps JavaScript busy for a while. */
export const tokenizerSource = async (
  folder: Folder,
  { signal }: FromPretrainedOptions = {},
): Promise<() => Tokenizer> => {
  const options = signal === undefined ? {} : { signal };
  if (await folder.has('tokenizer.json')) {
    const text = await folder.text('tokenizer.json', options);
    return () => readTokenizerJson(text);
  }
  if (!(await folder.has('vocab.txt')))
    throw new CheckpointError(
      `${folder.name}: neither tokenizer.json nor vocab.txt; a tokenizer needs one of them.`,
    );
  const settings = (await folder.has('tokenizer_config.json'))
    ? parseJsonObject(await folder.text('tokenizer_config.json', options), 'tokenizer_config.json')
    : {};
  const text = await folder.text('vocab.txt', options);
  return () => readVocabText(text, { lowercase: settings.do_lower_case !== false });
};

/** The tokenizer of a folder: tokenizer.json, or vocab.txt with tokenizer_config.json's do_lower_case. */
export const readTokenizer = async (
  folder: Folder,
  options: FromPretrainedOptions = {},
): Promise<Tokenizer> => (await tokenizerSource(folder, options))();

/**
 * Loads a BERT encoder from a Hugging Face folder (config.json; model.safetensors or else pytorch_model.bin, whole or in shards with their
 * index). The model is frozen; `thaw` what is to be trained. Every missing, unexpected and misshapen tensor is listed in one CheckpointError.
 *
 * @example
 * const { encoder } = await fromPretrained(directory('all-MiniLM-L6-v2'));
 */
export const fromPretrained = async (
  folder: Folder,
  options: FromPretrainedOptions = {},
): Promise<PretrainedEncoder> => {
  const { signal } = options;
  const text = await folder.text('config.json', signal === undefined ? {} : { signal });
  const config = readBertConfig(parseJsonObject(text, 'config.json'));
  const checkpoint = await readCheckpoint(folder, options);
  const paths = new Set([...checkpoint.keys()].map(bertPath));
  const has = (part: string) => [...paths].some((path) => path?.startsWith(part));
  const encoder = new Encoder(config, { pooler: has('pooler.') });
  const maskedWord = has('maskedWord.') ? new MaskedWordHead(config) : undefined;
  const model = maskedWord === undefined ? encoder : { ...partsOf(encoder), maskedWord };
  load(model, checkpoint as ReadonlyMap<string, AnyTensor>, { rename: bertPath, where: folder.name });
  if (options.weights === 'int8') quantize(model);
  return { config, encoder, maskedWord };
};

/** The encoder's own parts, so that a head can be loaded beside them in one go. */
const partsOf = ({ embeddings, layers, pooler }: Encoder) => ({ embeddings, layers, pooler });
