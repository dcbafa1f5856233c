// Folders as sentence-transformers writes them: modules.json names the steps from text to vector. Also plain BERT folders, whose
// vector is the mean over the tokens.

import type { Packing } from '@heed/attention';
import { CheckpointError, type Tensor } from '@heed/tensor';
import { type Folder, readCheckpoint } from '@heed/tensor/io';
import { Linear, load } from '@heed/tensor/nn';
import type { Tokenizer } from '@heed/tokenizers';
import { type JsonObject, JsonReader, parseJsonObject } from './config.ts';
import type { Encoder } from './encoder.ts';
import { type FromPretrainedOptions, fromPretrained, tokenizerSource } from './load.ts';
import { normalizeRows, type PoolingMode, pool, poolingModes } from './pooling.ts';
import type { SentenceModel } from './textEncoder.ts';

/** From the pooled vectors [texts, width] to others. */
type Step = (x: Tensor) => Tensor;

interface Steps {
  readonly modes: readonly PoolingMode[];
  readonly includePrompt: boolean;
  readonly after: readonly Step[];
}

const denseActivations = {
  Identity: 'none',
  Tanh: 'tanh',
  ReLU: 'relu',
  GELU: 'gelu',
  SiLU: 'silu',
  Sigmoid: undefined,
} as const;

const readJson = async (folder: Folder, file: string): Promise<JsonObject> =>
  parseJsonObject(await folder.text(file), file);

/** Modes of a pooling config: flags (`pooling_mode_mean_tokens`) or, from version 6 on, names (`pooling_mode`). */
export const readPoolingModes = (config: JsonObject, file: string): PoolingMode[] => {
  const { pooling_mode: named } = config;
  if (named !== undefined) {
    const list: unknown[] = Array.isArray(named) ? named : [named];
    const unknown = list.filter((mode) => !poolingModes.includes(mode as PoolingMode));
    if (unknown.length > 0 || list.length === 0)
      throw new CheckpointError(
        `${file}: pooling_mode is ${JSON.stringify(named)}; expected one or more of ${poolingModes.join(', ')}.`,
      );
    return list as PoolingMode[];
  }
  const flags: Readonly<Record<PoolingMode, string>> = {
    cls: 'pooling_mode_cls_token',
    max: 'pooling_mode_max_tokens',
    mean: 'pooling_mode_mean_tokens',
    mean_sqrt_len_tokens: 'pooling_mode_mean_sqrt_len_tokens',
    weightedmean: 'pooling_mode_weightedmean_tokens',
    lasttoken: 'pooling_mode_lasttoken',
  };
  const modes = poolingModes.filter((mode) => config[flags[mode]] === true);
  if (modes.length === 0)
    throw new CheckpointError(
      `${file}: no way of pooling is switched on; expected one of ${Object.values(flags).join(', ')}.`,
    );
  return modes;
};

const readDense = async (folder: Folder, path: string): Promise<Step> => {
  const file = `${path}/config.json`;
  const config = await readJson(folder, file);
  const read = new JsonReader(config, file);
  const name = String(config.activation_function ?? 'torch.nn.modules.activation.Tanh').replace(/^.*\./, '');
  const activation = Object.hasOwn(denseActivations, name)
    ? denseActivations[name as keyof typeof denseActivations]
    : undefined;
  if (activation === undefined)
    throw new CheckpointError(
      `${file}: activation_function is ${JSON.stringify(config.activation_function)}; supported are Identity, Tanh, ReLU, GELU and SiLU.`,
    );
  const layer = new Linear(read.integer('in_features'), read.integer('out_features'), {
    bias: config.bias !== false,
  });
  const weights = await readCheckpoint(folder, { path });
  load(layer, weights, {
    rename: (tensor) => tensor.replace(/^linear\./, ''),
    where: `${folder.name}/${path}`,
  });
  return (x) => layer.forward(x, activation);
};

const readSteps = async (folder: Folder): Promise<Steps> => {
  if (!(await folder.has('modules.json'))) return { modes: ['mean'], includePrompt: true, after: [] };
  const text = await folder.text('modules.json');
  const { modules } = parseJsonObject(`{"modules":${text}}`, 'modules.json');
  if (!Array.isArray(modules)) throw new CheckpointError('modules.json: expected an array of modules.');
  let pooling: Pick<Steps, 'modes' | 'includePrompt'> | undefined;
  const after: Step[] = [];
  for (const [index, module] of (modules as JsonObject[]).entries()) {
    const kind = String(module?.type ?? '').replace(/^.*\./, '');
    const path = String(module?.path ?? '');
    if (kind === 'Transformer' && index === 0 && path === '') continue;
    if (kind === 'Pooling') {
      const file = `${path}/config.json`;
      const config = await readJson(folder, file);
      pooling = { modes: readPoolingModes(config, file), includePrompt: config.include_prompt !== false };
    } else if (kind === 'Dense') after.push(await readDense(folder, path));
    else if (kind === 'Normalize') after.push(normalizeRows);
    else
      throw new CheckpointError(
        `modules.json: module ${index} is ${JSON.stringify(module?.type)} at ${JSON.stringify(path)}; supported are a Transformer at "", then Pooling, Dense and Normalize.`,
      );
  }
  if (pooling === undefined)
    throw new CheckpointError('modules.json: no Pooling module; a sentence vector needs one.');
  return { ...pooling, after };
};

const readPrompts = async (folder: Folder): Promise<Pick<SentenceModel, 'prompts' | 'defaultPrompt'>> => {
  const file = 'config_sentence_transformers.json';
  if (!(await folder.has(file))) return { prompts: new Map(), defaultPrompt: undefined };
  const { prompts = {}, default_prompt_name: name } = await readJson(folder, file);
  if (prompts === null || typeof prompts !== 'object')
    throw new CheckpointError(`${file}: prompts is ${JSON.stringify(prompts)}; expected an object of texts.`);
  const entries = Object.entries(prompts).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { prompts: new Map(entries), defaultPrompt: typeof name === 'string' ? name : undefined };
};

/** The least of what the model, its recipe and its tokenizer's configuration allow. */
const readMaxTokens = async (folder: Folder, positions: number): Promise<number> => {
  const file = 'sentence_bert_config.json';
  if (!(await folder.has(file))) return positions;
  const config = await readJson(folder, file);
  return Math.min(positions, new JsonReader(config, file).integer('max_seq_length', { fallback: positions }));
};

const describe = ({ config }: Encoder): string =>
  `BERT, ${config.layers} layers of ${config.width}, ${config.heads} heads`;

const modelOf = (
  encoder: Encoder,
  tokenizer: Tokenizer,
  steps: Steps,
  rest: Pick<SentenceModel, 'prompts' | 'defaultPrompt' | 'maxTokens'>,
): SentenceModel => ({
  ...rest,
  tokenizer,
  description: describe(encoder),
  layers: encoder.config.layers,
  heads: encoder.config.heads,
  module: encoder,
  forward: (ids, packing, pass) => encoder.forwardPacked({ ids, packing }, pass),
  embed: (hidden: Tensor, packing: Packing, promptTokens: number) => {
    const pooled = pool(hidden, packing, {
      modes: steps.modes,
      skip: steps.includePrompt ? 0 : promptTokens,
    });
    return steps.after.reduce((x, step) => step(x), pooled);
  },
});

/** The same folder, and a promise that is kept when the first bytes of a file that is not read as text have arrived. */
const watched = (folder: Folder): { readonly folder: Folder; readonly underWay: Promise<void> } => {
  let begin: () => void = () => undefined;
  const underWay = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const read: Folder['read'] = (file, options = {}) => {
    const onBytes = (loaded: number): void => {
      begin();
      options.onBytes?.(loaded);
    };
    return folder.read(file, { ...options, onBytes });
  };
  const told: Folder = {
    name: folder.name,
    has: (file) => folder.has(file),
    size: (file) => folder.size(file),
    read,
    text: (file, options) => folder.text(file, options),
    write: (file, content) => folder.write(file, content),
  };
  return { folder: told, underWay };
};

/** Loads a sentence-transformers folder, or a plain BERT folder (mean pooling, not normalized). */
export const loadSentenceTransformer = async (
  folder: Folder,
  options: FromPretrainedOptions = {},
): Promise<SentenceModel> => {
  const weights = watched(folder);
  const model = fromPretrained(weights.folder, options);
  // Making a tokenizer keeps JavaScript busy, so the weights must be under way before.
  const makeTokenizer = async (): Promise<Tokenizer> => {
    const make = await tokenizerSource(folder, options);
    await Promise.race([weights.underWay, model]);
    return make();
  };
  const [{ encoder }, tokenizer, steps, prompts] = await Promise.all([
    model,
    makeTokenizer(),
    readSteps(folder),
    readPrompts(folder),
  ]);
  const maxTokens = await readMaxTokens(folder, encoder.config.positions);
  return modelOf(encoder, tokenizer, steps, { ...prompts, maxTokens });
};
