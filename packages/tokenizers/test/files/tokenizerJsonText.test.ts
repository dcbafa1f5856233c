// Writing tokenizer.json: what is read, written and read again is the same, and a file of the original is written as it was.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import {
  characterTokenizer,
  readTokenizerJson,
  readUniversalSentenceEncoderVocabulary,
  readVocabText,
  TokenizerError,
} from '../../src/index.ts';
import {
  type ComponentFile,
  checkComponent,
  checkEncodings,
  type GoldenFile,
  readJson,
  readText,
} from '../goldenCases.ts';

const here = path.join(import.meta.dirname, '../golden');
const data = shared('data/tokenizers') ?? '';

const rewritten = (json: unknown): unknown =>
  JSON.parse(readTokenizerJson(JSON.stringify(json), { dropout: 0 }).toTokenizerJson());

// The same, field for field and in the same order, but for names of tokens that look like numbers, which JavaScript puts first.
function expectWrittenAsItWas(json: unknown): void {
  const written = rewritten(json);
  expect(written).toEqual(json);
  const order = (value: unknown): string =>
    JSON.stringify(value, (key, inner: unknown) => (key === 'vocab' ? undefined : inner));
  expect(order(written)).toBe(order(json));
}

describe('files of the original are written as they were', () => {
  test.each(
    readJson<ComponentFile[]>(path.join(here, 'components.json.gz')).map(
      ({ group, name, tokenizer }) => [`${group}/${name}`, tokenizer] as const,
    ),
  )('%s', (_, tokenizer) => {
    expectWrittenAsItWas(tokenizer);
  });

  describe.skipIf(data === '')(`the whole data folder${skipReason('data/tokenizers')}`, () => {
    test('every component, every field in its place', { timeout: 60_000 }, () => {
      for (const group of readdirSync(path.join(data, 'components'))) {
        for (const name of readdirSync(path.join(data, 'components', group))) {
          if (name.includes('encode_special_tokens')) continue;
          expectWrittenAsItWas(readJson<ComponentFile>(path.join(data, 'components', group, name)).tokenizer);
        }
      }
    });

    test.each([
      'albert/tokenizer.json.gz',
      'bert-base-chinese/tokenizer.json.gz',
      'clip/tokenizer.json.gz',
      'gpt2-roberta-style/tokenizer.json.gz',
      'mistral/tokenizer.json.gz',
      'qwen3/tokenizer.json.gz',
    ])('%s', { timeout: 60_000 }, (name) => {
      expectWrittenAsItWas(JSON.parse(readText(path.join(data, name))));
    });
  });
});

describe('what was written encodes and decodes as before', () => {
  test.each(
    readJson<ComponentFile[]>(path.join(here, 'components.json.gz'))
      .filter((_, index) => index % 5 === 0)
      .map((file) => [`${file.group}/${file.name}`, file] as const),
  )('%s', (_, file) => {
    const tokenizer = rewritten(file.tokenizer) as ComponentFile['tokenizer'];
    expect(checkComponent({ ...file, tokenizer })).toEqual([]);
  });

  test('a vocab.txt, in every case of the original', () => {
    const bert = readJson<GoldenFile & { tokenizer: { model: { vocab: Record<string, number> } } }>(
      path.join(here, 'bert-base-uncased.json.gz'),
    );
    const lines = Object.entries(bert.tokenizer.model.vocab).sort((a, b) => a[1] - b[1]);
    const written = readVocabText(lines.map(([token]) => token).join('\n')).toTokenizerJson();
    expect(checkEncodings(readTokenizerJson(written), bert)).toEqual([]);
  });

  test('a character tokenizer', () => {
    const tokenizer = characterTokenizer(['hello, __proto__ 1 2 3']);
    const again = readTokenizerJson(tokenizer.toTokenizerJson());
    for (const text of ['hello', '1 0', '__proto__', ''])
      expect([...again.encode(text).ids]).toEqual([...tokenizer.encode(text).ids]);
  });
});

describe('what a file leaves out', () => {
  test('is written as it is meant, since the original insists on it', () => {
    const written = rewritten({
      added_tokens: [{ id: 2, content: '[MASK]', special: true }],
      truncation: { max_length: 8, strategy: 'OnlyFirst' },
      normalizer: { type: 'Sequence', normalizers: [{ type: 'BertNormalizer' }, { type: 'Strip' }] },
      pre_tokenizer: { type: 'Metaspace', add_prefix_space: false },
      model: { vocab: { '[UNK]': 0, a: 1 }, unk_token: '[UNK]', continuing_subword_prefix: '##' },
    });
    expect(written).toEqual({
      version: '1.0',
      truncation: { direction: 'Right', max_length: 8, strategy: 'OnlyFirst', stride: 0 },
      padding: null,
      added_tokens: [
        {
          ...{ id: 2, content: '[MASK]', single_word: false, lstrip: false, rstrip: false },
          ...{ normalized: false, special: true },
        },
      ],
      normalizer: {
        type: 'Sequence',
        normalizers: [
          {
            ...{ type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true },
            ...{ strip_accents: null, lowercase: true },
          },
          { type: 'Strip', strip_left: true, strip_right: true },
        ],
      },
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'never', split: true },
      post_processor: null,
      decoder: null,
      model: {
        ...{ type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##' },
        ...{ max_input_chars_per_word: 100, vocab: { '[UNK]': 0, a: 1 } },
      },
    });
  });

  test('added tokens beyond a gap of ids stand in the vocabulary, or the original would number them anew', () => {
    const model = { type: 'WordLevel', unk_token: 'a', vocab: { a: 0, b: 1 } };
    const token = (id: number, content: string) => ({ id, content, special: true });
    const vocabOf = (added: unknown[]): unknown =>
      (rewritten({ model, added_tokens: added }) as { model: { vocab: unknown } }).model.vocab;
    expect(vocabOf([token(2, '<s>'), token(3, '</s>')])).toEqual({ a: 0, b: 1 });
    expect(vocabOf([token(1, 'b'), token(2, '<s>')])).toEqual({ a: 0, b: 1 });
    expect(vocabOf([token(3, '<s>'), token(4, '</s>')])).toEqual({ a: 0, b: 1, '<s>': 3, '</s>': 4 });
    expect(vocabOf([token(3, '</s>'), token(2, '<s>')])).toEqual({ a: 0, b: 1, '<s>': 2, '</s>': 3 });
  });

  test('merges of older files, one string each, become pairs', () => {
    const model = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['#version: 0.2', 'a b'] };
    expect((rewritten({ model }) as { model: { merges: unknown } }).model.merges).toEqual([['a', 'b']]);
  });

  test('a tokenizer that no tokenizer.json can say is refused', () => {
    const { vocab } = readJson<{ vocab: unknown }>(path.join(here, 'use-lite.json.gz'));
    const encoder = readUniversalSentenceEncoderVocabulary(JSON.stringify(vocab));
    expect(() => encoder.toTokenizerJson()).toThrow(TokenizerError);
    expect(() => encoder.toTokenizerJson()).toThrow(/toTokenizerJson: .*Keep its own file instead/);
  });
});
