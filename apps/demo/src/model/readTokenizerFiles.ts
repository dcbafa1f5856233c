// Files into a tokenizer, whichever of the known forms they have. Every error says what was found; what each form means is in @heed/tokenizers.

import {
  readMarian,
  readSentencePiece,
  readTiktoken,
  readTokenizerJson,
  readUniversalSentenceEncoderVocabulary,
  readVocabAndMerges,
  readVocabText,
  type TiktokenName,
  type Tokenizer,
  tiktokenEncodings,
} from '@heed/tokenizers';

/** Forms of files that tokenizers come in. */
export type TokenizerForm =
  | 'tokenizer.json'
  | 'vocab.txt'
  | 'SentencePiece'
  | 'Marian'
  | 'tiktoken'
  | 'vocab.json + merges.txt'
  | 'merges.txt'
  | 'vocab.json';

/** A tokenizer out of files, and what they were. */
export interface ReadTokenizer {
  readonly tokenizer: Tokenizer;
  readonly form: TokenizerForm;
  /** The file that was read; of a pair, the first. */
  readonly file: string;
}

/** Names and bytes. */
export type FileBytes = ReadonlyMap<string, Uint8Array>;

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const nameOf = (path: string): string => path.split('/').at(-1) ?? path;

/** Lines of a rank file: base64, a blank, a number. */
const rankLine = /^[A-Za-z0-9+/]+={0,2} \d+\r?$/;

/** What OpenAI's files are called, or how many ranks they have (openai/tiktoken tiktoken_ext/openai_public.py, 0.14.0). */
const encodingOf = (name: string, ranks: string): TiktokenName => {
  const names = Object.keys(tiktokenEncodings) as TiktokenName[];
  const named = names.find((known) => name.includes(known));
  if (named !== undefined) return named;
  const count = ranks.split('\n').filter((line) => line !== '').length;
  if (count < 50_257) return 'r50k_base';
  if (count < 60_000) return 'p50k_base';
  return count < 150_000 ? 'cl100k_base' : 'o200k_base';
};

/** The vocabulary that merges of GPT-2's kind imply: all bytes, what each merge makes, the end of text. */
const vocabularyOf = (merges: string): string => {
  const printable = (code: number): boolean =>
    (code > 32 && code < 127) || (code > 160 && code < 256 && code !== 173);
  const bytes = Array.from({ length: 324 }, (_, code) => code) // the last of the 256 characters is U+0143
    .filter((code) => printable(code) || code > 255)
    .map((code) => String.fromCharCode(code));
  const made = merges
    .split('\n')
    .map((line) => line.replace('\r', ''))
    .filter((line) => line !== '' && !line.startsWith('#version'))
    .map((line) => line.replace(' ', ''));
  const tokens = [...new Set([...bytes, ...made, '<|endoftext|>'])];
  return JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])));
};

/** Whether a vocab.txt is for lower case: as its folder says, else whether no token is a capitalized word. */
const lowercased = (vocab: string, config: string | undefined): boolean => {
  const told = config === undefined ? undefined : /"do_lower_case":\s*(true|false)/.exec(config)?.[1];
  return told === undefined ? !/^(##)?\p{Lu}\p{Ll}/mu.test(vocab) : told === 'true';
};

const read = (files: FileBytes): ReadTokenizer | undefined => {
  const paths = [...files.keys()].sort((a, b) => a.split('/').length - b.split('/').length);
  const find = (...tests: readonly RegExp[]): string | undefined =>
    tests.flatMap((test) => paths.filter((path) => test.test(nameOf(path))))[0];
  const text = (path: string): string => textOf(files.get(path) ?? new Uint8Array(0)); // asked for paths that are there

  const json = find(/^tokenizer\.json$/, /tokenizer.*\.json$/i);
  if (json !== undefined && !/_config\.json$/.test(json))
    return { tokenizer: readTokenizerJson(text(json)), form: 'tokenizer.json', file: json };

  const model = find(/^(tokenizer|sentencepiece|spiece|source)[^/]*\.(model|spm)$/, /\.(model|spm)$/);
  const vocab = find(/^(vocab|encoder)\.json$/);
  if (model !== undefined) {
    const bytes = files.get(model) ?? new Uint8Array(0);
    return vocab === undefined
      ? { tokenizer: readSentencePiece(bytes), form: 'SentencePiece', file: model }
      : { tokenizer: readMarian(bytes, text(vocab)), form: 'Marian', file: model };
  }

  const ranks = find(/\.tiktoken$/) ?? paths.find((path) => rankLine.test(firstLine(text(path))));
  if (ranks !== undefined)
    return {
      tokenizer: readTiktoken(text(ranks), encodingOf(nameOf(ranks), text(ranks))),
      ...{ form: 'tiktoken', file: ranks },
    };

  const merges = find(/merges.*\.txt$/, /\.bpe$/);
  if (merges !== undefined) {
    const names = vocab === undefined ? vocabularyOf(text(merges)) : text(vocab);
    return {
      tokenizer: readVocabAndMerges(names, text(merges)),
      form: vocab === undefined ? 'merges.txt' : 'vocab.json + merges.txt',
      file: merges,
    };
  }

  const words = find(/^vocab.*\.txt$/, /\.txt$/);
  if (words !== undefined) {
    const config = find(/^tokenizer_config\.json$/);
    const lowercase = lowercased(text(words), config && text(config));
    return { tokenizer: readVocabText(text(words), { lowercase }), form: 'vocab.txt', file: words };
  }

  const other = vocab ?? find(/\.json$/);
  if (other === undefined) return undefined;
  return text(other).trimStart().startsWith('[')
    ? { tokenizer: readUniversalSentenceEncoderVocabulary(text(other)), form: 'vocab.json', file: other }
    : { tokenizer: readTokenizerJson(text(other)), form: 'tokenizer.json', file: other };
};

const firstLine = (text: string): string => text.slice(0, text.indexOf('\n') + 1).trimEnd();

/** The tokenizer that the files hold. */
export const readTokenizerFiles = (files: FileBytes): ReadTokenizer => {
  const found = read(files);
  if (found !== undefined) return found;
  const names = [...files.keys()].slice(0, 5).map(nameOf).join(', ');
  throw new Error(
    `No tokenizer among ${names === '' ? 'no files' : names}: expected tokenizer.json, vocab.txt, a SentencePiece .model or .spm, a .tiktoken file, or vocab.json with merges.txt.`,
  );
};
