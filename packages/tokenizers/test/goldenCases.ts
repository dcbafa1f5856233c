// Comparing with goldens of the `tokenizers` package: reads their shorthand and says where an encoding differs.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Encoding, Tokenizer } from '../src/index.ts';

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

/** The folder with the data that is too large for this repository, wherever it is. */
export const shared: string = process.env['HEED_SHARED'] ?? path.resolve(import.meta.dirname, '../../../../shared');

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
  for (let k = 0; k < encoding.length; k++) pairs.push([encoding.offsets[2 * k]!, encoding.offsets[2 * k + 1]!]);
  const nullable = (values: Int32Array): (number | null)[] => [...values].map((value) => (value < 0 ? null : value));
  const short = (values: ArrayLike<number>, wanted: number | number[]): number | number[] => {
    const list = Array.from(values);
    return typeof wanted === 'number' && list.every((value) => value === wanted) ? wanted : list;
  };
  const result: Expected = { ids: [...encoding.ids], tokens: [...encoding.tokens], offsets: pairs };
  if (like.word_ids) result.word_ids = nullable(encoding.wordIds);
  if (like.type_ids !== undefined) result.type_ids = short(encoding.typeIds, like.type_ids);
  if (like.special_tokens_mask !== undefined) result.special_tokens_mask = short(encoding.specialTokensMask, like.special_tokens_mask);
  if (like.attention_mask !== undefined) result.attention_mask = short(encoding.attentionMask, like.attention_mask);
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
  return typeof given.pair === 'string' ? tokenizer.encodePair(given.text, given.pair, all) : tokenizer.encode(given.text, all);
}
