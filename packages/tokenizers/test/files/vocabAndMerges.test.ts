import path from 'node:path';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import { readVocabAndMerges, TokenizerError } from '../../src/index.ts';
import { checkEncodings, type GoldenFile, readJson, readText } from '../goldenCases.ts';

const data = shared('data/tokenizers') ?? '';
const vocab = JSON.stringify({ a: 0, b: 1, ab: 2, Ġ: 3, Ġab: 4, '<|endoftext|>': 5 });
const merges = '#version: 0.2\na b\r\nĠ ab\n';

describe('vocab.json and merges.txt', () => {
  test('make a byte-level tokenizer', () => {
    const tokenizer = readVocabAndMerges(vocab, merges);
    const encoding = tokenizer.encode('ab ab<|endoftext|>');
    expect([...encoding.ids]).toEqual([2, 4, 5]);
    expect([...encoding.offsets]).toEqual([0, 2, 2, 5, 5, 18]);
    expect(tokenizer.decode(encoding.ids, { skipSpecialTokens: true })).toBe('ab ab');
  });

  test('take a blank in front and offsets without blanks if asked to', () => {
    const encoding = readVocabAndMerges(vocab, merges, { addPrefixSpace: true, trimOffsets: true }).encode(
      'ab ab',
    );
    expect(encoding.tokens).toEqual(['Ġab', 'Ġab']);
    expect([...encoding.offsets]).toEqual([0, 2, 3, 5]);
  });

  test.each([
    [
      'a merge of three',
      vocab,
      'a b\na b c',
      {},
      /merges.txt: line 2: "a b c" was given, expected two tokens/,
    ],
    ['a merge of one', vocab, 'ab', {}, /merges.txt: line 1: "ab" was given/],
    [
      'a merge whose whole is missing',
      vocab,
      `${merges}b a`,
      {},
      /merges.txt: line 4: the merge of "b" and "a" needs "ba"/,
    ],
    ['an id twice', '{"a":0,"b":0}', '', {}, /vocab.json\["b"\]: id 0 already belongs to "a"/],
    ['an id that is none', '{"a":-1}', '', {}, /vocab.json\["a"\]: -1 was given/],
    ['a vocabulary cut off', '{"a":0', '', {}, /vocab.json: the text of 6 characters is not JSON/],
    [
      'an unknown special token',
      vocab,
      '',
      { specialTokens: ['<s>'] },
      /options.specialTokens: "<s>" was given/,
    ],
  ] as [string, string, string, object, RegExp][])(
    'with %s are refused with the place',
    (_, words, lines, options, message) => {
      expect(() => readVocabAndMerges(words, lines, options)).toThrow(message);
      expect(() => readVocabAndMerges(words, lines, options)).toThrow(TokenizerError);
    },
  );
});

describe.skipIf(data === '')(
  `the published files${skipReason('data/tokenizers')}`,
  { timeout: 60_000 },
  () => {
    test('of GPT-2 equal the original in every case', () => {
      const tokenizer = readVocabAndMerges(
        readText(path.join(data, 'gpt2/vocab.json')),
        readText(path.join(data, 'gpt2/merges.txt')),
      );
      expect(
        checkEncodings(tokenizer, readJson<GoldenFile>(path.join(data, 'gpt2/expected.json.gz'))),
      ).toEqual([]);
    });
  },
);
