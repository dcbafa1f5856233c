// Tokenizers in JavaScript and WebAssembly, as their users call them. Each gives the ids of a text without special tokens.

import { importPeer } from './importPeer.ts';

/** A tokenizer of anybody. */
export interface TextEncoding {
  readonly name: string;
  encode(text: string): ArrayLike<number>;
  dispose?(): void;
}

/** Names of their rows. */
export const gptTokenizerName = 'gpt-tokenizer';
export const aiTokenizerName = 'ai-tokenizer';
export const tiktokenName = 'tiktoken';
export const huggingFaceName = '@huggingface/tokenizers';

/** All of them. */
export const scriptTokenizers: readonly string[] = [
  gptTokenizerName,
  aiTokenizerName,
  tiktokenName,
  huggingFaceName,
];

interface GptTokenizer {
  encode(text: string): number[];
}

interface AiTokenizer {
  readonly Tokenizer: new (encoding: unknown) => { encode(text: string): number[] };
}

interface Tiktoken {
  get_encoding(name: string): { encode_ordinary(text: string): Uint32Array; free(): void };
}

interface HuggingFace {
  readonly Tokenizer: new (
    tokenizer: unknown,
    config: unknown,
  ) => { encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] } };
}

/** `gpt-tokenizer` with one of OpenAI's encodings. */
export const gptTokenizer = async (encoding: string): Promise<TextEncoding> => {
  const { encode } = (await importPeer(`${gptTokenizerName}/encoding/${encoding}`)) as GptTokenizer;
  return { name: gptTokenizerName, encode: (text) => encode(text) };
};

/** `ai-tokenizer` with one of OpenAI's encodings. */
export const aiTokenizer = async (encoding: string): Promise<TextEncoding> => {
  const { Tokenizer } = (await importPeer(aiTokenizerName)) as AiTokenizer;
  const tokenizer = new Tokenizer(await importPeer(`${aiTokenizerName}/encoding/${encoding}`));
  return { name: aiTokenizerName, encode: (text) => tokenizer.encode(text) };
};

/** `tiktoken`, OpenAI's own program in WebAssembly. */
export const tiktoken = async (encoding: string): Promise<TextEncoding> => {
  const made = ((await importPeer(tiktokenName)) as Tiktoken).get_encoding(encoding);
  return { name: tiktokenName, encode: (text) => made.encode_ordinary(text), dispose: () => made.free() };
};

/** `@huggingface/tokenizers` with the text of a tokenizer.json. */
export const huggingFace = async (json: string): Promise<TextEncoding> => {
  const { Tokenizer } = (await importPeer(huggingFaceName)) as HuggingFace;
  const tokenizer = new Tokenizer(JSON.parse(json), {});
  return {
    name: huggingFaceName,
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
  };
};
