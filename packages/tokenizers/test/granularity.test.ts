// Character and word tokenizers, and the report that compares granularities.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  characterTokenizer,
  readVocabText,
  report,
  type Tokenizer,
  TokenizerError,
  wordTokenizer,
} from '../src/index.ts';

const corpus = ['the low', 'the lower, the lowest!', '中文 low'];
const tokensOf = (tokenizer: Tokenizer): (string | undefined)[] =>
  Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.idToToken(id));

describe('characterTokenizer', () => {
  test('decodes every text of its characters to itself, one token a code point', () => {
    forAll([fc.string({ unit: fc.constantFrom('a', 'é', ' ', '中', '😀', '\n', '1') })], (text) => {
      const tokenizer = characterTokenizer(['aé 中😀\n1']);
      const { ids, offsets } = tokenizer.encode(text);
      expect(ids.length).toBe([...text].length);
      expect(tokenizer.decode(ids)).toBe(text);
      expect([...text]).toEqual(Array.from(ids, (_, k) => text.slice(offsets[2 * k], offsets[2 * k + 1])));
    });
  });

  test('orders by count, then by code point, after the special tokens', () => {
    expect(tokensOf(characterTokenizer(['b\uffff😀', 'ab', '😀\uffff']))).toEqual([
      '[PAD]',
      '[UNK]',
      'b',
      '\uffff',
      '😀',
      'a',
    ]);
  });

  test('takes broken surrogates and names of object properties as characters like others', () => {
    const tokenizer = characterTokenizer(['\ud800', '__proto__']);
    expect(tokenizer.encode('\ud800_o').tokens).toEqual(['\ufffd', '_', 'o']);
  });
});

describe('wordTokenizer', () => {
  test('knows the words of its corpus and no others', () => {
    const tokenizer = wordTokenizer(corpus);
    expect(tokensOf(tokenizer)).toEqual([
      '[PAD]',
      '[UNK]',
      'the',
      'low',
      '!',
      ',',
      'lower',
      'lowest',
      '中文',
    ]);
    expect(tokenizer.encode('the lowly, low').tokens).toEqual(['the', '[UNK]', ',', 'low']);
    expect(tokenizer.decode(tokenizer.encode('the low!').ids)).toBe('the low !');
  });

  test('keeps as many and as frequent words as asked', () => {
    expect(tokensOf(wordTokenizer(corpus, { vocabularySize: 3 }))).toEqual(['[PAD]', '[UNK]', 'the']);
    expect(
      tokensOf(wordTokenizer(corpus, { leastCount: 2, specialTokens: ['<unk>'], unknownToken: '<unk>' })),
    ).toEqual([...['<unk>', 'the', 'low']]);
  });

  test.each([
    [{ unknownToken: '<unk>' }, /unknownToken is "<unk>"; expected one of specialTokens/],
    [{ vocabularySize: 1 }, /vocabularySize is 1; expected at least the 2 special tokens/],
    [{ vocabularySize: Number.NaN }, /vocabularySize is NaN/],
  ])('%j is refused with a reason', (options, message) => {
    expect(() => wordTokenizer(corpus, options)).toThrow(message);
    expect(() => wordTokenizer(corpus, options)).toThrow(TokenizerError);
  });
});

describe('report', () => {
  test('counts texts, characters, words, tokens and what is unknown', () => {
    const tokenizer = readVocabText('[UNK]\n[CLS]\n[SEP]\nlow\n##er\nthe\n,');
    expect(report(tokenizer, ['the lower, the lowest', '', 'low😀 low'])).toEqual({
      ...{ texts: 3, characters: 29, words: 6, tokens: 8 },
      length: { shortest: 0, mean: 8 / 3, longest: 6 },
      ...{ fertility: 8 / 6, charactersPerToken: 29 / 8, oovRate: 2 / 6, unknownRate: 2 / 8 },
      vocabularyUse: 5 / 7,
    });
  });

  test('characters have no unknown words and long texts; words the other way round', () => {
    const characters = report(characterTokenizer(corpus), ['the lowly towel']);
    const words = report(wordTokenizer(corpus), ['the lowly towel']);
    expect(characters.oovRate).toBe(1 / 3);
    expect(words.oovRate).toBe(2 / 3);
    expect(characters.fertility).toBe(5);
    expect(words.fertility).toBe(1);
  });

  test('an unknown token over several words makes all of them unknown', () => {
    const tokenizer = characterTokenizer(['a']);
    expect(report(tokenizer, ['b bb a']).oovRate).toBe(2 / 3);
    const whole = readVocabText('[UNK]\n[CLS]\n[SEP]');
    expect(report(whole, ['b,b', '. .']).oovRate).toBe(1);
  });

  test('of nothing is zeros', () => {
    const nothing = report(wordTokenizer([]), []);
    expect(Object.values({ ...nothing, ...nothing.length, length: 0 }).every((value) => value === 0)).toBe(
      true,
    );
  });
});
