import path from 'node:path';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import { readTiktoken, TokenizerError, tiktokenEncodings } from '../../src/index.ts';
import { readJson, readText } from '../goldenCases.ts';

const data = shared('data/tokenizers') ?? '';

const line = (token: string | Uint8Array, rank: number): string =>
  `${Buffer.from(token).toString('base64')} ${rank}`;
const bytes = Array.from({ length: 256 }, (_, byte) => line(Uint8Array.of(byte), byte));
const small = { pattern: '\\s?\\w+|\\W', specialTokens: { '<end>': 300 } };
const ranks = [...bytes, line('ab', 256), line('bc', 257), line('abc', 258), line('é', 259)].join('\n');

describe('a rank file', () => {
  test('merges any neighbours that spell an entry, lowest rank first', () => {
    const tokenizer = readTiktoken(ranks, small);
    expect([...tokenizer.encode('abcbc').ids]).toEqual([258, 257]);
    expect([...tokenizer.encode('é<end>').ids]).toEqual([259, 300]);
    expect(tokenizer.decode([259, 300, 0x20, 258])).toBe('é<end> abc');
    expect(tokenizer.vocabularySize).toBe(261);
  });

  test('leaves special tokens in the text alone if asked to', () => {
    const tokenizer = readTiktoken(ranks, small, { findSpecialTokens: false });
    expect(tokenizer.encode('<end>').length).toBe(5);
    expect(tokenizer.decode([300])).toBe('<end>');
  });

  test.each([
    ['a line without a rank', 'YQ==', /ranks: line 1: "YQ==" was given, expected a token in base64/],
    ['a line that is not base64', '??? 0', /ranks: line 1/],
    ['a byte without a token', bytes.slice(1).join('\n'), /no token for the byte 0 by itself/],
    ['a rank twice', `${ranks}\n${line('xy', 3)}`, /ranks: line 261: id 3 already belongs/],
    ['a token twice', `${ranks}\n${line('ab', 999)}`, /ranks: line 261: "ab" has id 256 already/],
    ['a rank beyond all vocabularies', line('a', 999_999_999), /ranks: line 1: id 999999999 was given/],
  ] as [string, string, RegExp][])('with %s is refused with its place', (_, text, message) => {
    expect(() => readTiktoken(text, small)).toThrow(message);
    expect(() => readTiktoken(text, small)).toThrow(TokenizerError);
  });

  test('with a bad pattern, special token or name is refused with its place', () => {
    expect(() => readTiktoken(ranks, { ...small, pattern: '(' })).toThrow(/options.pattern/);
    expect(() => readTiktoken(ranks, { ...small, specialTokens: { x: 3 } })).toThrow(
      /options.specialTokens\["x"\]: 3 was given, which the rank file has/,
    );
    expect(() => readTiktoken(ranks, 'davinci' as 'r50k_base')).toThrow(
      /"davinci" was given; known are r50k_base/,
    );
  });
});

interface TiktokenFile {
  encode: {
    text: string;
    ids_ordinary: number[];
    ids_all_special?: number[];
    char_starts?: number[];
  }[];
  decode: { ids: number[]; text_replace: string }[];
}

describe.skipIf(data === '')(`OpenAI's files${skipReason('data/tokenizers')}`, { timeout: 120_000 }, () => {
  test.each(['cl100k_base', 'o200k_base'] as const)(
    '%s gives the ids, places and texts of tiktoken',
    (name) => {
      const folder = path.join(data, `tiktoken-${name}`);
      const file = readText(path.join(folder, `${name}.tiktoken.gz`));
      const config = readJson<{ special_tokens: unknown }>(path.join(folder, 'config.json'));
      expect(tiktokenEncodings[name].specialTokens).toEqual(config.special_tokens);
      const ordinary = readTiktoken(file, name, { findSpecialTokens: false });
      const special = readTiktoken(file, name);
      const cases = readJson<TiktokenFile>(path.join(folder, 'expected.json.gz'));
      for (const given of cases.encode) {
        const found = ordinary.encode(given.text, { offsets: 'codePoint' });
        expect([...found.ids], given.text).toEqual(given.ids_ordinary);
        expect([...special.encode(given.text).ids], given.text).toEqual(
          given.ids_all_special ?? given.ids_ordinary,
        );
        if (given.char_starts !== undefined)
          expect(given.ids_ordinary.map((__, k) => found.offsets[2 * k])).toEqual(given.char_starts);
      }
      for (const { ids, text_replace } of cases.decode) expect(special.decode(ids)).toBe(text_replace);
    },
  );
});
