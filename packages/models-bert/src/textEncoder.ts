// TextEncoder: the contract between `pipeline` and the three kinds of folder that it loads, and how texts run through it: packed, in
// portions of bounded size, cut to what the model can read and with the cut reported.

import { type Packing, packing } from '@heed/attention';
import { inference, keep, Tensor } from '@heed/tensor';
import type { Pass } from '@heed/tensor/nn';
import type { Encoding, Tokenizer } from '@heed/tokenizers';

/** A model that turns token ids into one vector a text. */
export interface SentenceModel {
  /** What it is, for people: 'BERT, 6 layers of 384'. */
  readonly description: string;
  readonly tokenizer: Tokenizer;
  /** Most tokens of one text, special ones included. */
  readonly maxTokens: number;
  readonly layers: number;
  readonly heads: number;
  /** Named texts that may be put before the input ('query' → 'search query: '). */
  readonly prompts: ReadonlyMap<string, string>;
  /** Which of the prompts is taken where none is asked for. */
  readonly defaultPrompt: string | undefined;
  /** The module that holds the weights: `parameters` of @heed/tensor/nn gives them by their paths, `layers.0.…` and so on. */
  readonly module: object;
  /** Last hidden states of packed rows [rows, width]. Observers are told `hidden.i` and `layers.i.attention.s.` with `query`, `key`, `weights`. */
  forward(ids: Tensor<'int32'>, packing: Packing, pass: Pass): Tensor;
  /** Last hidden states → [texts, width]; the first `promptTokens` of each text belong to a prompt. */
  embed(hidden: Tensor, packing: Packing, promptTokens: number): Tensor;
}

/** What is wanted beside the vector. */
export interface OutputOptions {
  /** States after the embedding and after each layer. */
  readonly hiddenStates?: boolean;
  /** Attention weights of each layer. */
  readonly attentions?: boolean;
  /** Queries and keys of each layer, as its heads compare them. */
  readonly projections?: boolean;
}

/** What comes out for one text. */
export interface TextFeatures {
  /** [width]: the vector of the text. */
  readonly embedding: Float32Array;
  readonly tokens: readonly string[];
  readonly ids: Int32Array;
  /** [start, end) of each token in the text, UTF-16, two numbers a token; with a prompt, in prompt + text. */
  readonly offsets: Int32Array;
  /** Tokens that did not fit and were cut away; 0 where the whole text was read. */
  readonly truncated: number;
  /** [length, width]: the last layer's state of each token. */
  readonly lastHiddenState: Tensor;
  /** layers + 1 tensors [length, width], the first one what enters the first layer. Where asked for. */
  readonly hiddenStates: readonly Tensor[] | undefined;
  /** layers tensors [heads, length, length], row = the token that looks. Where asked for. */
  readonly attentions: readonly Tensor[] | undefined;
  /** layers tensors [heads, length, depth]: weights are the softmax of their products, over √depth. Where asked for. */
  readonly queries: readonly Tensor[] | undefined;
  /** layers tensors [heads, length, depth]. Where asked for. */
  readonly keys: readonly Tensor[] | undefined;
}

/** Options of one call. */
export interface EncodeTextsOptions {
  /** Name of one of the model's prompts, to be put before each text. */
  readonly prompt?: string;
  readonly output?: OutputOptions;
}

/** Rows a portion: bounds memory; products of this height already run at full speed. */
const rowsAtOnce = 4096;

/** Texts in portions of at most `rowsAtOnce` tokens (one text at least). */
const portions = (encodings: readonly Encoding[]): Encoding[][] => {
  const result: Encoding[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const encoding of encodings) {
    if (rows + encoding.length > rowsAtOnce) {
      result.push([]);
      rows = 0;
    }
    result[result.length - 1]?.push(encoding);
    rows += encoding.length;
  }
  return result;
};

const rowsOf = (x: Tensor, start: number, end: number): Tensor => {
  const width = x.shape[1] as number; // rank 2: packed rows
  return new Tensor('float32', [end - start, width], x.data.slice(start * width, end * width));
};

const encodePortion = (
  model: SentenceModel,
  encodings: readonly Encoding[],
  promptTokens: number,
  output: OutputOptions,
): TextFeatures[] => {
  const packed = packing(encodings.map((encoding) => encoding.length));
  const ids = new Int32Array(packed.starts.at(-1) as number); // at least one start
  for (const [s, encoding] of encodings.entries()) ids.set(encoding.ids, packed.starts[s] as number); // one start a text
  const seen = new Map<string, Tensor>();
  const wanted = (name: string) => {
    if (name.startsWith('hidden.')) return output.hiddenStates === true;
    return (name.endsWith('.weights') ? output.attentions : output.projections) === true;
  };
  const watching = [output.hiddenStates, output.attentions, output.projections].includes(true);
  const pass: Pass = watching
    ? { observe: (name, value) => void (wanted(name) && seen.set(name, keep(value))) }
    : {};
  const [hidden, vectors] = inference(() => {
    const last = model.forward(new Tensor('int32', [ids.length], ids), packed, pass);
    return [last, model.embed(last, packed, promptTokens)] as const;
  });
  const width = vectors.shape[1] as number; // [texts, width]
  return encodings.map((encoding, s) => {
    const [start, end] = [packed.starts[s] as number, packed.starts[s + 1] as number]; // one start a text
    const state = (layer: number) => rowsOf(seen.get(`hidden.${layer}`) as Tensor, start, end); // observed above
    const ofLayers = (asked: boolean | undefined, name: string) =>
      asked === true
        ? Array.from({ length: model.layers }, (_, layer) => {
            const own = seen.get(`layers.${layer}.attention.${s}.${name}`) as Tensor; // observed above
            return new Tensor('float32', own.shape.slice(1), own.data);
          })
        : undefined;
    return {
      embedding: vectors.data.slice(s * width, (s + 1) * width),
      tokens: encoding.tokens,
      ids: encoding.ids,
      offsets: encoding.offsets,
      truncated: encoding.truncated,
      lastHiddenState: rowsOf(hidden, start, end),
      hiddenStates: output.hiddenStates
        ? Array.from({ length: model.layers + 1 }, (_, layer) => state(layer))
        : undefined,
      attentions: ofLayers(output.attentions, 'weights'),
      queries: ofLayers(output.projections, 'query'),
      keys: ofLayers(output.projections, 'key'),
    };
  });
};

/** Runs texts through a model: a TextFeatures each, in order. */
export const encodeTexts = (
  model: SentenceModel,
  texts: readonly string[],
  options: EncodeTextsOptions = {},
): TextFeatures[] => {
  const name = options.prompt ?? model.defaultPrompt;
  const prompt = name === undefined ? '' : model.prompts.get(name);
  if (prompt === undefined)
    throw new RangeError(
      `prompt: ${JSON.stringify(name)} is none of this model's prompts (${[...model.prompts.keys()].map((p) => JSON.stringify(p)).join(', ') || 'it has none'}).`,
    );
  const truncation = { maxLength: model.maxTokens };
  const encodings = texts.map((text) => {
    if (typeof text !== 'string')
      throw new TypeError(`encode: ${typeof text} given; expected a string, or an array of strings.`);
    return model.tokenizer.encode(prompt + text, { truncation });
  });
  const promptTokens = prompt === '' ? 0 : promptLength(model.tokenizer, prompt);
  return portions(encodings).flatMap((portion) =>
    encodePortion(model, portion, promptTokens, options.output ?? {}),
  );
};

/** Tokens of a prompt at the beginning of a text, the opening special token included, the closing one not. */
const promptLength = (tokenizer: Tokenizer, prompt: string): number => {
  const { specialTokensMask, length } = tokenizer.encode(prompt);
  return specialTokensMask[length - 1] === 1 ? length - 1 : length;
};
