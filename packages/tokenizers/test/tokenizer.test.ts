import path from 'node:path';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readTokenizerJson,
  readUniversalSentenceEncoderVocabulary,
  readVocabText,
  type Tokenizer,
  TokenizerError,
} from '../src/index.ts';
import { readJson } from './goldenCases.ts';

const here = path.join(import.meta.dirname, 'golden');
const bert = readTokenizerJson(
  JSON.stringify(readJson<{ tokenizer: unknown }>(path.join(here, 'bert-base-uncased.json.gz')).tokenizer),
);
const encoder = readUniversalSentenceEncoderVocabulary(
  JSON.stringify(readJson<{ vocab: unknown }>(path.join(here, 'use-lite.json.gz')).vocab),
);
const tiny = readVocabText('[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##b\nhello\n');

const anyString = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      '\ud800',
      '\udc00',
      '\0',
      ' ',
      '\ufffd',
      '👨‍👩‍👧',
      '\u202e',
      'مرحبا',
      '[CLS]',
      '[MASK]',
      'hello',
      '中',
      '\u0301',
      'ﬁ',
      '\ufeff',
    ),
  ),
});

const tokenizers: [string, Tokenizer, (text: string) => string][] = [
  ['BERT', bert, (text) => text.replace(/\p{Surrogate}/gu, '\ufffd')],
  ['the Universal Sentence Encoder', encoder, (text) => text],
];

describe.each(tokenizers)('%s', (_, tokenizer) => {
  test('takes any string; ids are in the vocabulary, offsets in the text and in order', () => {
    forAll(
      [anyString],
      (text) => {
        const { ids, tokens, offsets, sequenceIds, length } = tokenizer.encode(text);
        expect([ids.length, tokens.length, offsets.length]).toEqual([length, length, 2 * length]);
        let before = 0;
        for (let k = 0; k < length; k++) {
          expect(ids[k]).toBeGreaterThanOrEqual(0);
          expect(ids[k]).toBeLessThan(tokenizer.vocabularySize);
          if (sequenceIds[k] === -1) continue;
          expect(offsets[2 * k]).toBeGreaterThanOrEqual(before);
          expect(offsets[2 * k + 1]).toBeGreaterThanOrEqual(offsets[2 * k]!);
          expect(offsets[2 * k + 1]).toBeLessThanOrEqual(text.length);
          before = offsets[2 * k]!;
        }
      },
      { runs: 500 },
    );
  });

  test('code-point offsets count the code points before the UTF-16 offsets', () => {
    forAll([anyString], (text) => {
      const units = tokenizer.encode(text).offsets;
      const points = tokenizer.encode(text, { offsets: 'codePoint' }).offsets;
      expect([...points]).toEqual([...units].map((offset) => [...text.slice(0, offset)].length));
    });
  });

  test('a pair is the two texts one after the other', () => {
    forAll([anyString, anyString], (first, second) => {
      const pair = tokenizer.encodePair(first, second, { addSpecialTokens: false });
      const apart = [first, second].map((text) => tokenizer.encode(text, { addSpecialTokens: false }));
      expect([...pair.ids]).toEqual(apart.flatMap(({ ids }) => [...ids]));
      expect([...pair.offsets]).toEqual(apart.flatMap(({ offsets }) => [...offsets]));
      expect([...pair.sequenceIds]).toEqual(
        apart.flatMap(({ length }, index) => new Array(length).fill(index)),
      );
    });
  });

  test('truncation keeps a prefix or a suffix and says how much it cut', () => {
    forAll([anyString, fc.nat(12), fc.constantFrom('left', 'right')], (text, maxLength, side) => {
      const whole = tokenizer.encode(text, { addSpecialTokens: false });
      const cut = tokenizer.encode(text, { addSpecialTokens: false, truncation: { maxLength, side } });
      expect(whole.truncated).toBe(0);
      expect(cut.length + cut.truncated).toBe(whole.length);
      expect(cut.length).toBe(Math.min(whole.length, maxLength));
      expect([...cut.ids]).toEqual(
        [...whole.ids].slice(side === 'right' ? 0 : whole.length - cut.length).slice(0, cut.length),
      );
    });
  });

  test('decoding what was encoded and encoding that again gives the same ids, for plain words', () => {
    forAll(
      [fc.array(fc.constantFrom('hello', 'world', 'play', 'games', 'in', 'rain', '2024', ',', '.'))],
      (words) => {
        const { ids } = tokenizer.encode(words.join(' '));
        const text = tokenizer.decode(ids, { skipSpecialTokens: true });
        expect([...tokenizer.encode(text).ids].filter((id) => id !== 30)).toEqual(
          [...ids].filter((id) => id !== 30),
        );
      },
    );
  });
});

describe('Tokenizer', () => {
  test('words of letters decode to themselves', () => {
    forAll([fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 })], (words) => {
      const { ids } = bert.encode(words.join(' '));
      expect(bert.decode(ids, { skipSpecialTokens: true })).toBe(
        words.join(' ').replace(/ do not\b/g, " don't"),
      );
    });
  });

  test('the ranges of the tokens of untouched text, with what lies between, are the text', () => {
    forAll([fc.string({ unit: fc.constantFrom('a', 'hello', ' ', '.', '中', 'é', '😀') })], (text) => {
      const { offsets, tokens } = bert.encode(text, { addSpecialTokens: false });
      let read = '';
      let done = 0;
      for (let k = 0; k < tokens.length; k++) {
        const [start, end] = [offsets[2 * k]!, offsets[2 * k + 1]!];
        expect(text.slice(done, start).trim()).toBe('');
        const piece = text.slice(start, end);
        if (tokens[k] !== '[UNK]')
          expect(piece.normalize('NFD').replace(/\p{Mn}/gu, '')).toBe(tokens[k]!.replace(/^##/, ''));
        read += text.slice(done, end);
        done = end;
      }
      expect(read + text.slice(done)).toBe(text);
    });
  });

  test('the empty text has special tokens only, or none', () => {
    expect(tiny.encode('').tokens).toEqual(['[CLS]', '[SEP]']);
    expect(tiny.encode('', { addSpecialTokens: false }).length).toBe(0);
    expect(encoder.encode('').length).toBe(0);
    expect(tiny.encodePair('', '').tokens).toEqual(['[CLS]', '[SEP]', '[SEP]']);
  });

  test('a batch is its texts, each by itself', () => {
    const texts = ['a', '', 'hello b'];
    expect(tiny.encodeBatch(texts).map(({ ids }) => [...ids])).toEqual(
      texts.map((text) => [...tiny.encode(text).ids]),
    );
  });

  test('special tokens in the text are found, and left out in decoding on request', () => {
    const { tokens, specialTokensMask, wordIds, attentionMask } = tiny.encode('a [MASK]bb');
    expect(tokens).toEqual(['[CLS]', 'a', '[MASK]', 'b', '##b', '[SEP]']);
    expect([...specialTokensMask]).toEqual([1, 0, 0, 0, 0, 1]);
    expect([...wordIds]).toEqual([-1, 0, 1, 2, 2, -1]);
    expect([...attentionMask]).toEqual([1, 1, 1, 1, 1, 1]);
    expect(tiny.decode([2, 5, 4, 8, 3])).toBe('[CLS] a [MASK] hello [SEP]');
    expect(tiny.decode([2, 5, 4, 8, 3], { skipSpecialTokens: true })).toBe('a hello');
  });

  test('ids without a token are left out in decoding', () => {
    expect(tiny.decode([5, 99, -1, 0.5, Number.NaN, 6])).toBe('a b');
    expect(tiny.idToToken(99)).toBeUndefined();
    expect(tiny.tokenToId('__proto__')).toBeUndefined();
  });

  test('what the file asks for is recommended, never applied', () => {
    expect(bert.recommended).toEqual({
      truncation: { maxLength: 128, strategy: 'longestFirst', side: 'right', stride: 0 },
      padding: { length: 128, side: 'right', id: 0, typeId: 0, token: '[PAD]' },
    });
    expect(bert.encode('a '.repeat(300)).length).toBe(302);
    expect(tiny.recommended).toEqual({});
  });

  test('truncation of a pair keeps special tokens and reports both cuts', () => {
    const cut = tiny.encodePair('a a a a', 'b b b b b b', { truncation: { maxLength: 9 } });
    expect(cut.tokens).toEqual(['[CLS]', 'a', 'a', 'a', '[SEP]', 'b', 'b', 'b', '[SEP]']);
    expect(cut.truncated).toBe(4);
    expect(
      tiny.encodePair('a a', 'b b b', { truncation: { maxLength: 6, strategy: 'onlySecond', side: 'left' } })
        .truncated,
    ).toBe(2);
  });

  test.each([
    [
      { maxLength: 1 },
      /encode: truncation.maxLength is 1, but 2 special tokens are added; expected at least 2/,
    ],
    [{ maxLength: -1 }, /truncation.maxLength is -1; expected an integer, at least 0/],
    [{ maxLength: 2.5 }, /2.5; expected an integer/],
    [{ maxLength: Number.NaN }, /NaN; expected an integer/],
    [{ maxLength: 3, strategy: 'onlySecond' as const }, /'onlySecond', but there is one text/],
  ])('truncation %j of one text is refused with a reason', (truncation, message) => {
    expect(() => tiny.encode('a a a a', { truncation })).toThrow(message);
    expect(() => tiny.encode('a a a a', { truncation })).toThrow(TokenizerError);
  });

  test('a side that is too short to be cut enough is refused', () => {
    expect(() =>
      tiny.encodePair('a', 'b b b', { truncation: { maxLength: 4, strategy: 'onlyFirst' } }),
    ).toThrow('3 tokens must be cut from the first text, which has 1.');
  });

  test('a text that is no string is refused', () => {
    for (const text of [undefined, null, 1, ['a']])
      expect(() => tiny.encode(text as never)).toThrow(/encode: a text of type .* expected a string/);
  });
});
