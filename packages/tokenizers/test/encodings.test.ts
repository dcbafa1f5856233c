// Windows, padding, units of offsets and lookups of encodings: against the original, and as properties.
import path from 'node:path';
import { forAll, shared, skipReason } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTokenizerJson, readVocabText, type Tokenizer, TokenizerError } from '../src/index.ts';
import { type BatchFile, checkLookups, checkPadding, checkWindows } from './goldenBatches.ts';
import { readJson, readText } from './goldenCases.ts';

const here = path.join(import.meta.dirname, 'golden');
const data = shared('data/tokenizers') ?? '';
const bert = readTokenizerJson(
  JSON.stringify(readJson<{ tokenizer: unknown }>(path.join(here, 'bert-base-uncased.json.gz')).tokenizer),
);
const tiny = readVocabText('[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##b\nhello\né\n');

function expectEqualToOriginal(tokenizer: Tokenizer, file: BatchFile): void {
  expect(checkWindows(tokenizer, file)).toEqual([]);
  expect(checkPadding(tokenizer, file)).toEqual([]);
  expect(checkLookups(tokenizer, file)).toEqual([]);
}

describe('equality with the original', () => {
  test('windows, padding and lookups of BERT are those of the original', () => {
    expectEqualToOriginal(bert, readJson<BatchFile>(path.join(here, 'bert-batches.json.gz')));
  });

  describe.skipIf(data === '')(`the whole data folder${skipReason('data/tokenizers')}`, () => {
    test.each([
      'bert-base-uncased/tokenizer.json',
      'bert-base-chinese/tokenizer.json.gz',
      'opus-mt-en-mg/tokenizer.json.gz',
      'albert/tokenizer.json.gz',
      'mistral/tokenizer.json.gz',
      'gpt2/tokenizer.json.gz',
      'gpt2-roberta-style/tokenizer.json.gz',
    ])('%s cuts, pads and looks up as the original', { timeout: 60_000 }, (name) => {
      const tokenizer = readTokenizerJson(readText(path.join(data, name)));
      const file = readJson<BatchFile>(path.join(data, path.dirname(name), 'expected.json.gz'));
      expectEqualToOriginal(tokenizer, file);
    });
  });
});

const words = fc.array(fc.constantFrom('a', 'b', 'bb', 'hello', '?', 'é', '😀'), { maxLength: 30 });
const side = fc.constantFrom('left' as const, 'right' as const);

describe('windows', () => {
  test('cover the text in order, overlap by the stride and are never longer than asked', () => {
    forAll([words, fc.integer({ min: 3, max: 9 }), fc.nat(6), side], (list, maxLength, wanted, where) => {
      const stride = Math.min(wanted, maxLength - 3);
      const text = list.join(' ');
      const whole = [...tiny.encode(text, { addSpecialTokens: false }).ids];
      const cut = tiny.encode(text, { truncation: { maxLength, stride, side: where } });
      const windows = [cut, ...cut.overflowing].map(({ ids, length }) => {
        expect(length).toBeLessThanOrEqual(maxLength);
        return [...ids].slice(1, -1);
      });
      if (where === 'left') windows.reverse();
      const joined = windows.flatMap((ids, k) =>
        where === 'right'
          ? ids.slice(k === 0 ? 0 : stride)
          : ids.slice(0, k === windows.length - 1 ? undefined : ids.length - stride),
      );
      expect(joined).toEqual(whole);
      expect(cut.truncated).toBe(Math.max(0, whole.length - (maxLength - 2)));
    });
  });

  test('are not made unless a stride is given', () => {
    expect(tiny.encode('a a a a', { truncation: { maxLength: 3 } }).overflowing).toEqual([]);
    expect(tiny.encode('a', { truncation: { maxLength: 9, stride: 0 } }).overflowing).toEqual([]);
  });

  test('of a question and a context repeat the question', () => {
    const pair = tiny.encodePair('hello', 'a b a b', {
      truncation: { maxLength: 6, strategy: 'onlySecond', stride: 1 },
    });
    expect([pair, ...pair.overflowing].map(({ tokens }) => tokens.join(' '))).toEqual([
      '[CLS] hello [SEP] a b [SEP]',
      '[CLS] hello [SEP] b a [SEP]',
      '[CLS] hello [SEP] a b [SEP]',
    ]);
  });

  test.each([4, -1, 0.5, Number.NaN])('a stride of %s where there is room for 4 is refused', (stride) => {
    expect(() => tiny.encode('a a a a a', { truncation: { maxLength: 6, stride } })).toThrow(
      /encode: truncation.stride is .*, with room for 4 tokens of the text; expected an integer from 0 to 3/,
    );
  });

  test('so many that they would fill the memory are refused', () => {
    const long = 'a '.repeat(1000);
    expect(() => tiny.encodePair(long, long, { truncation: { maxLength: 5, stride: 0 } })).toThrow(
      /gives 999999 windows of 5 tokens; at most 100000 windows and 33554432 tokens are supported/,
    );
    expect(() =>
      tiny.encode('a '.repeat(60_000), { truncation: { maxLength: 30_000, stride: 29_997 } }),
    ).toThrow(/gives 30002 windows of 30000 tokens/);
  });
});

describe('padding', () => {
  test('makes a batch one rectangle and changes nothing else', () => {
    forAll(
      [fc.array(words, { minLength: 1, maxLength: 5 }), side, fc.integer({ min: 1, max: 8 })],
      (texts, where, multipleOf) => {
        const batch = texts.map((list) => list.join(' '));
        const alone = tiny.encodeBatch(batch);
        const rows = tiny.encodeBatch(batch, { padding: { side: where, multipleOf } });
        const longest = Math.max(...alone.map(({ length }) => length));
        for (const [k, row] of rows.entries()) {
          expect(row.length).toBe(Math.ceil(longest / multipleOf) * multipleOf);
          const kept = (values: ArrayLike<number>): number[] =>
            Array.from(values).filter((_, at) => row.attentionMask[at] === 1);
          expect(kept(row.ids)).toEqual([...alone[k]!.ids]);
          expect(kept(row.sequenceIds)).toEqual([...alone[k]!.sequenceIds]);
          expect([...row.attentionMask].indexOf(1)).toBe(
            where === 'right' ? 0 : row.length - alone[k]!.length,
          );
          expect(row.tokens.filter((token) => token === '[PAD]').length).toBe(row.length - alone[k]!.length);
        }
      },
    );
  });

  test('takes what is not said from what the file recommends', () => {
    expect(bert.encode('hello', { padding: {} }).length).toBe(128);
    expect(
      bert
        .encodeBatch(['hello', 'hello you'], { padding: { length: 'longest' } })
        .map(({ length }) => length),
    ).toEqual([4, 4]);
    expect([...tiny.encode('a', { padding: { length: 5, token: '[MASK]' } }).ids]).toEqual([2, 5, 3, 4, 4]);
  });

  test('pads windows, too, and leaves what is longer as it is', () => {
    const [row, other] = tiny.encodeBatch(['a a a', ['b', 'b']], {
      padding: { length: 4 },
      truncation: { maxLength: 4, stride: 0, strategy: 'longestFirst' },
    });
    expect(row?.overflowing.map(({ tokens }) => [...tokens])).toEqual([['[CLS]', 'a', '[SEP]', '[PAD]']]);
    expect(other?.length).toBe(4);
    expect(tiny.encode('a a a', { padding: { length: 2 } }).length).toBe(5);
  });

  test.each([
    [{ token: 'nowhere' }, /padding asks for the token "nowhere", which the vocabulary does not have/],
    [{ length: -1 }, /padding.length is -1; expected an integer from 0 to 16777216, or 'longest'/],
    [{ length: 2 ** 30 }, /padding.length is 1073741824/],
    [{ multipleOf: 0 }, /padding.multipleOf is 0; expected an integer from 1/],
    [{ multipleOf: 2.5 }, /padding.multipleOf is 2.5/],
    [{ id: -1 }, /padding.id is -1/],
  ])('%j is refused with a reason', (padding, message) => {
    expect(() => tiny.encode('a', { padding })).toThrow(message);
    expect(() => tiny.encode('a', { padding })).toThrow(TokenizerError);
  });
});

describe('offsets', () => {
  test('in code points and in bytes count what lies before the UTF-16 offsets', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'é', '中', '😀', ' ', '\ud800', 'hello') });
    const bytes = new TextEncoder();
    forAll([texts], (text) => {
      const { offsets } = bert.encode(text);
      const before = [...offsets].map((offset) => text.slice(0, offset));
      expect([...bert.encode(text, { offsets: 'codePoint' }).offsets]).toEqual(
        before.map((part) => [...part].length),
      );
      expect([...bert.encode(text, { offsets: 'byte' }).offsets]).toEqual(
        before.map((part) => bytes.encode(part).length),
      );
    });
  });
});

describe('lookups', () => {
  test('a character is in its token, a token in its word, a word in its characters', () => {
    forAll([words, words], (first, second) => {
      const texts = [first.join(' '), second.join(' ')] as const;
      const encoding = tiny.encodePair(...texts);
      for (const sequence of [0, 1] as const) {
        for (let at = 0; at < texts[sequence].length; at++) {
          const token = encoding.charToToken(at, sequence);
          expect(token === undefined).toBe(texts[sequence][at] === ' ');
          if (token === undefined) continue;
          const [start, end] = encoding.tokenToChars(token)!;
          expect(start <= at && at < end).toBe(true);
          const word = encoding.charToWord(at, sequence)!;
          const [from, to] = encoding.wordToTokens(word, sequence)!;
          expect(from <= token && token < to).toBe(true);
          expect(encoding.wordToChars(word, sequence)![0]).toBeLessThanOrEqual(at);
        }
      }
    });
  });

  test('what is not there is undefined', () => {
    const encoding = tiny.encode('a', { padding: { length: 4 } });
    expect([-1, 0, 2, 3, 4, 0.5].map((token) => encoding.tokenToChars(token))).toEqual(
      new Array(6).fill(undefined),
    );
    expect([encoding.charToToken(1), encoding.charToToken(0, 1), encoding.charToWord(7)]).toEqual(
      new Array(3).fill(undefined),
    );
    expect([encoding.wordToTokens(1), encoding.wordToTokens(-1), encoding.wordToChars(9)]).toEqual(
      new Array(3).fill(undefined),
    );
  });
});
