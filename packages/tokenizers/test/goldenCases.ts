// Comparing with goldens of the `tokenizers` package: reads their shorthand and says where an encoding differs.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { type Encoding, readTokenizerJson, type Tokenizer } from '../src/index.ts';

/** What the original reports for a text; offsets in code points. */
export interface Expected {
  ids: number[];
  tokens: string[];
  offsets: [number, number][];
  offsets_utf16?: [number, number][];
  word_ids?: (number | null)[];
  type_ids?: number | number[];
  special_tokens_mask?: number | number[];
  attention_mask?: number | number[];
  sequence_ids?: (number | null)[];
}

/** A JSON file, gzipped or not. */
export function readJson<Result>(file: string): Result {
  const bytes = readFileSync(file);
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as Result;
}

/** The text of a file, gzipped or not. */
export function readText(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** An encoding in the words of the goldens, offsets as given. */
export function described(encoding: Encoding, like: Expected): Expected {
  const pairs: [number, number][] = [];
  for (let k = 0; k < encoding.length; k++)
    pairs.push([encoding.offsets[2 * k]!, encoding.offsets[2 * k + 1]!]);
  const nullable = (values: Int32Array): (number | null)[] =>
    [...values].map((value) => (value < 0 ? null : value));
  const short = (values: ArrayLike<number>, wanted: number | number[]): number | number[] => {
    const list = Array.from(values);
    return typeof wanted === 'number' && list.every((value) => value === wanted) ? wanted : list;
  };
  const result: Expected = { ids: [...encoding.ids], tokens: [...encoding.tokens], offsets: pairs };
  if (like.word_ids) result.word_ids = nullable(encoding.wordIds);
  if (like.type_ids !== undefined) result.type_ids = short(encoding.typeIds, like.type_ids);
  if (like.special_tokens_mask !== undefined)
    result.special_tokens_mask = short(encoding.specialTokensMask, like.special_tokens_mask);
  if (like.attention_mask !== undefined)
    result.attention_mask = short(encoding.attentionMask, like.attention_mask);
  if (like.sequence_ids) result.sequence_ids = nullable(encoding.sequenceIds);
  return result;
}

/** The golden without its UTF-16 offsets, or with them in the place of the others. */
export function expectation(expected: Expected, offsets: 'utf16' | 'codePoint'): Expected {
  const { offsets_utf16, ...rest } = expected;
  return offsets === 'utf16' && offsets_utf16 ? { ...rest, offsets: offsets_utf16 } : rest;
}

/** Encodes a text, or a pair. */
export function encodeCase(
  tokenizer: Tokenizer,
  given: { text: string; pair?: string | null; add_special_tokens?: boolean },
  options: Parameters<Tokenizer['encode']>[1] = {},
): Encoding {
  const all = { ...options, addSpecialTokens: given.add_special_tokens ?? true };
  return typeof given.pair === 'string'
    ? tokenizer.encodePair(given.text, given.pair, all)
    : tokenizer.encode(given.text, all);
}

/** A file of expectations for a whole tokenizer. */
export interface GoldenFile {
  encode: GoldenCase[];
  encode_no_special?: GoldenCase[];
  pairs: GoldenCase[];
  truncation: TruncationCase[];
  decode: { ids: number[]; text: string; text_skip?: string }[];
  vocab_size?: { with_added: number };
}

/** A text, or a pair, with what the original makes of it. */
export interface GoldenCase {
  text: string;
  pair?: string | null;
  add_special_tokens?: boolean;
  expected: Expected | null;
  /** For texts with lone surrogates, which the original cannot take. */
  if_replaced_by_u_fffd?: Expected;
}

/** A case with truncation; `error` where the original refuses. */
export interface TruncationCase extends GoldenCase {
  truncation: { max_length: number; strategy: string; direction: 'right' | 'left' };
  error?: string;
}

// Where its Precompiled normalizer drops characters at the start of a text, the original reports every later offset too small:
// for U+007F, then letters, it gives the first letter the place of U+007F. Ours are right; everything else is equal.
const wrongOffsets = new Set([
  '\u001c\u001d\u001e\u001f sep',
  "\u007f\u0644\u0627/\\\ufeff's\u200b\ud842\udfb7",
]);

/** Encodes all texts and pairs in both units of offsets; gives the cases that differ. */
export function checkEncodings(tokenizer: Tokenizer, file: GoldenFile): unknown[] {
  const differing: unknown[] = [];
  for (const given of [...file.encode, ...(file.encode_no_special ?? []), ...file.pairs]) {
    const expected = given.expected ?? given.if_replaced_by_u_fffd;
    if (expected === undefined) throw new Error('a golden without an expectation');
    for (const offsets of ['utf16', 'codePoint'] as const) {
      const wanted = expectation(expected, offsets);
      const found = described(encodeCase(tokenizer, given, { offsets }), expected);
      if (!isDeepStrictEqual(found, wanted) && !isKnown(given.text, found, wanted))
        differing.push({ given, offsets, found, wanted });
    }
  }
  return differing;
}

function isKnown(text: string, found: Expected, wanted: Expected): boolean {
  return wrongOffsets.has(text) && isDeepStrictEqual({ ...found, offsets: [] }, { ...wanted, offsets: [] });
}

const strategies = new Map([
  ['longest_first', 'longestFirst'],
  ['only_first', 'onlyFirst'],
  ['only_second', 'onlySecond'],
] as const);

/** Runs all truncation cases; gives those that differ. */
export function checkTruncation(tokenizer: Tokenizer, file: GoldenFile): unknown[] {
  const differing: unknown[] = [];
  for (const given of file.truncation) {
    const { max_length: maxLength, direction: side } = given.truncation;
    const strategy = strategies.get(given.truncation.strategy as 'longest_first');
    if (strategy === undefined) throw new Error(`a golden with the strategy ${given.truncation.strategy}`);
    // Strides are not offered, so neither are their errors.
    if (given.error?.includes('stride')) continue;
    let found: Expected | string;
    try {
      found = described(
        encodeCase(tokenizer, given, { truncation: { maxLength, strategy, side }, offsets: 'codePoint' }),
        given.expected ?? nothing,
      );
    } catch (error) {
      found = String(error);
    }
    const wanted =
      given.expected === null || given.expected === undefined
        ? undefined
        : expectation(given.expected, 'codePoint');
    // The original ignores a length below the number of special tokens; here it is refused.
    const refused = typeof found === 'string' && /must be cut|special tokens are added/.test(found);
    if (wanted === undefined || wanted.ids.length > maxLength ? !refused : !isDeepStrictEqual(found, wanted))
      differing.push({ given, found });
  }
  return differing;
}

const nothing: Expected = { ids: [], tokens: [], offsets: [] };

/** One setting of one component, with its cases. */
export interface ComponentFile {
  name: string;
  group: string;
  tokenizer: { model: { vocab: Record<string, number> } };
  cases: ComponentCase[];
}

interface ComponentCase {
  text: string;
  pair?: string;
  error?: string;
  expected?: Expected;
  decoded?: string;
  decoded_skip?: string;
  /** Normalizers: where each character of the result comes from. */
  normalized?: string;
  char_offsets?: [number, number][];
  /** Pre-tokenizers. */
  encoded_offsets?: [number, number][];
  word_ids?: number[];
  /** Decoders. */
  tokens?: string[];
}

/** Runs all cases of a component; gives those that differ. Throws a TokenizerError if the component is refused. */
export function checkComponent(file: ComponentFile): unknown[] {
  const tokenizer = readTokenizerJson(JSON.stringify(file.tokenizer));
  return file.cases.flatMap((given) => {
    const found = componentResult(file, tokenizer, given);
    return isDeepStrictEqual(found.found, found.wanted) ? [] : [{ given, ...found }];
  });
}

function componentResult(
  file: ComponentFile,
  tokenizer: Tokenizer,
  given: ComponentCase,
): { found: unknown; wanted: unknown } {
  if (given.tokens !== undefined) return decoderResult(file, given.tokens, given);
  if (given.error !== undefined)
    return { found: refuses(() => encodeCase(tokenizer, given)), wanted: 'TokenizerError' };
  const encoding = encodeCase(tokenizer, given, { offsets: 'codePoint' });
  const offsets = described(encoding, nothing).offsets;
  if (given.char_offsets !== undefined) return { found: offsets, wanted: given.char_offsets };
  if (given.encoded_offsets !== undefined) {
    return { found: [offsets, [...encoding.wordIds]], wanted: [given.encoded_offsets, given.word_ids] };
  }
  if (given.expected === undefined)
    throw new Error(`a case without an expectation in ${file.group}/${file.name}`);
  const { ids } = given.expected;
  return {
    found: [
      described(encoding, given.expected),
      tokenizer.decode(ids),
      tokenizer.decode(ids, { skipSpecialTokens: true }),
    ],
    wanted: [
      expectation(given.expected, 'codePoint'),
      given.decoded ?? tokenizer.decode(ids),
      given.decoded_skip ?? tokenizer.decode(ids, { skipSpecialTokens: true }),
    ],
  };
}

// Decoders are given tokens, so these become the vocabulary. The original panics where a strip is longer than a token.
function decoderResult(
  file: ComponentFile,
  tokens: string[],
  given: ComponentCase,
): { found: unknown; wanted: unknown } {
  if (given.error !== undefined) return { found: '', wanted: '' };
  const distinct = [...new Set(['[UNK]', ...tokens])];
  const vocab = Object.fromEntries(distinct.map((token, id) => [token, id]));
  const model = { ...file.tokenizer.model, vocab };
  const tokenizer = readTokenizerJson(JSON.stringify({ ...file.tokenizer, model }));
  return { found: tokenizer.decode(tokens.map((token) => distinct.indexOf(token))), wanted: given.decoded };
}

function refuses(encode: () => unknown): string {
  try {
    encode();
    return 'nothing thrown';
  } catch (error) {
    return (error as Error).name;
  }
}
