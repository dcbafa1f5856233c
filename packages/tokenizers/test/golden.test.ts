// Equality with the original tokenizers, on the selection in `golden/` (always) and on the whole data folder (where it is).
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import {
  readTokenizerJson,
  readUniversalSentenceEncoderVocabulary,
  readVocabText,
  type Tokenizer,
} from '../src/index.ts';
import {
  type ComponentFile,
  checkComponent,
  checkEncodings,
  checkTruncation,
  type Expected,
  type GoldenFile,
  readJson,
  readText,
} from './goldenCases.ts';

const here = path.join(import.meta.dirname, 'golden');
const data = shared('data/tokenizers') ?? '';

interface EncodeCase {
  text: string;
  expected: Expected;
}

describe('the selection of this repository', () => {
  const bert = readJson<GoldenFile & { tokenizer: unknown }>(path.join(here, 'bert-base-uncased.json.gz'));
  const uncased = readTokenizerJson(JSON.stringify(bert.tokenizer));

  test('bert-base-uncased gives the ids, tokens, offsets, words, segments and masks of the original', () => {
    expect(checkEncodings(uncased, bert)).toEqual([]);
  });

  test('bert-base-uncased truncates as the original does', () => {
    expect(checkTruncation(uncased, bert)).toEqual([]);
  });

  test('bert-base-uncased decodes as the original does', () => {
    for (const { ids, text, text_skip } of bert.decode) {
      expect(uncased.decode(ids)).toBe(text);
      if (text_skip !== undefined) expect(uncased.decode(ids, { skipSpecialTokens: true })).toBe(text_skip);
    }
  });

  test('a vocab.txt makes the same tokenizer as the tokenizer.json made from it', () => {
    const lines = Object.entries(
      (bert.tokenizer as { model: { vocab: Record<string, number> } }).model.vocab,
    ).sort((a, b) => a[1] - b[1]);
    const fromLines = readVocabText(`${lines.map(([token]) => token).join('\n')}\n`);
    expect(checkEncodings(fromLines, bert)).toEqual([]);
    expect(fromLines.vocabularySize).toBe(30522);
  });

  test('the Universal Sentence Encoder gives the ids of its TensorFlow.js tokenizer, lone surrogates included', () => {
    const file = readJson<{ vocab: unknown; encode: EncodeCase[] }>(path.join(here, 'use-lite.json.gz'));
    expectSameIds(readUniversalSentenceEncoderVocabulary(JSON.stringify(file.vocab)), file.encode);
  });

  test.each(
    readJson<ComponentFile[]>(path.join(here, 'components.json.gz')).map(
      (file) => [`${file.group}/${file.name}`, file] as const,
    ),
  )('%s behaves as the original', (_, file) => {
    expect(checkComponent(file)).toEqual([]);
  });
});

// Cases about a setting that is not in tokenizer.json (`encode_special_tokens`).
const differing = new Set(['special-encode_special_tokens']);

describe.skipIf(data === '')(
  `the whole data folder${skipReason('data/tokenizers')}`,
  { timeout: 120_000 },
  () => {
    test.each([
      'bert-base-uncased/tokenizer.json',
      'bert-base-chinese/tokenizer.json.gz',
      'opus-mt-en-mg/tokenizer.json.gz',
      'albert/tokenizer.json.gz',
      'gpt2/tokenizer.json.gz',
      'gpt2-roberta-style/tokenizer.json.gz',
      'qwen3/tokenizer.json.gz',
      'mistral/tokenizer.json.gz',
      'mistral-metaspace/tokenizer.json.gz',
      'clip/tokenizer.json.gz',
    ])('%s equals the original in every case', (name) => {
      const tokenizer = readTokenizerJson(readText(path.join(data, name)));
      const file = readJson<GoldenFile>(path.join(data, path.dirname(name), 'expected.json.gz'));
      expect(checkEncodings(tokenizer, file)).toEqual([]);
      expect(checkTruncation(tokenizer, file)).toEqual([]);
      expect(tokenizer.vocabularySize).toBe(file.vocab_size?.with_added);
      for (const { ids, text, text_skip } of file.decode) {
        expect(tokenizer.decode(ids)).toBe(text);
        if (text_skip !== undefined)
          expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(text_skip);
      }
    });

    test('bert-base-chinese from its vocab.txt equals the original in every case', () => {
      const tokenizer = readVocabText(readText(path.join(data, 'bert-base-chinese/vocab.txt')), {
        lowercase: false,
      });
      expect(
        checkEncodings(
          tokenizer,
          readJson<GoldenFile>(path.join(data, 'bert-base-chinese/expected.json.gz')),
        ),
      ).toEqual([]);
    });

    test('USE lite gives its ids on the sentences with golden embeddings', () => {
      const tokenizer = readUniversalSentenceEncoderVocabulary(
        readText(path.join(data, 'use-lite/vocab.json')),
      );
      expectSameIds(tokenizer, idCases('use-lite'));
    });

    test('MiniLM gives its ids on the sentences with golden embeddings', () => {
      const tokenizer = readTokenizerJson(readText(path.join(data, 'bert-base-uncased/tokenizer.json')));
      expectSameIds(tokenizer, idCases('minilm'));
    });

    test('every component file is equal to the original in every case', () => {
      for (const group of readdirSync(path.join(data, 'components'))) {
        for (const name of readdirSync(path.join(data, 'components', group))) {
          const file = readJson<ComponentFile>(path.join(data, 'components', group, name));
          if (!differing.has(file.name)) expect(checkComponent(file), `${group}/${name}`).toEqual([]);
        }
      }
    });
  },
);

function idCases(folder: string): EncodeCase[] {
  const file = readJson<{ sentences: { text: string; ids: number[] }[] }>(
    path.join(data, '../golden-weights', folder, 'cases.json'),
  );
  return file.sentences.map(({ text, ids }) => ({ text, expected: { ids, tokens: [], offsets: [] } }));
}

function expectSameIds(tokenizer: Tokenizer, cases: readonly EncodeCase[]): void {
  for (const { text, expected } of cases)
    expect([...tokenizer.encode(text).ids], JSON.stringify(text)).toEqual(expected.ids);
}
