import path from 'node:path';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readTokenizerJson,
  readUniversalSentenceEncoderVocabulary,
  readVocabText,
  TokenizerError,
} from '../../src/index.ts';
import { readJson } from '../goldenCases.ts';

type Json = Record<string, unknown>;

const small = {
  added_tokens: [{ id: 3, content: '[MASK]', special: true }],
  normalizer: { type: 'BertNormalizer' },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, a: 1, '##b': 2 } },
  post_processor: null,
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
};

const read = (changes: Json): ReturnType<typeof readTokenizerJson> =>
  readTokenizerJson(JSON.stringify({ ...small, ...changes }));
const model = (changes: Json): Json => ({ model: { ...small.model, ...changes } });
const unigram = (changes: Json): Json => ({
  added_tokens: [],
  model: {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', 0],
      ['a', -1],
    ],
    ...changes,
  },
});

describe('a broken tokenizer.json is refused with the place and the reason', () => {
  test.each([
    ['a missing model', { model: undefined }, /tokenizer.json: model: nothing was given, expected an object/],
    ['a model of the wrong kind', { model: 7 }, /tokenizer.json: model: 7 was given, expected an object/],
    [
      'an unknown model',
      model({ type: 'Morse' }),
      /tokenizer.json: model: the model "Morse" was given; supported are BPE, WordPiece, Unigram, WordLevel/,
    ],
    [
      'BPE without its type, known by its merges',
      { added_tokens: [], model: { vocab: { a: 0 }, merges: ['a b'] } },
      /model.merges\[0\]: the merge of "a" and "b" needs "b", which model.vocab does not have/,
    ],
    [
      'a merge whose whole is missing',
      { added_tokens: [], model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [['a', 'b']] } },
      /model.merges\[0\]: the merge of "a" and "b" needs "ab"/,
    ],
    [
      'a merge of three',
      { added_tokens: [], model: { type: 'BPE', vocab: { a: 0 }, merges: ['a a a'] } },
      /model.merges\[0\]: "a a a" was given, expected two tokens with one blank between/,
    ],
    [
      'a merge of one',
      { added_tokens: [], model: { type: 'BPE', vocab: { a: 0 }, merges: [['a']] } },
      /model.merges\[0\]: an array of 1 was given, expected \[left, right\]/,
    ],
    [
      'a dropout that is no chance',
      { added_tokens: [], model: { type: 'BPE', dropout: 2, vocab: {}, merges: [] } },
      /model.dropout: 2 was given, expected a chance from 0 to 1/,
    ],
    [
      'a dropout without a source of chance',
      { added_tokens: [], model: { type: 'BPE', dropout: 0.1, vocab: {}, merges: [] } },
      /model.dropout: a dropout of 0.1 needs a source of chance, and none was given. Pass { random }/,
    ],
    [
      'two post-processors that both add tokens',
      {
        post_processor: {
          type: 'Sequence',
          processors: [{ type: 'ByteLevel' }, { type: 'BertProcessing' }, { type: 'BertProcessing' }],
        },
      },
      /post_processor.processors\[2\]: an object of 1 fields was given, expected one post-processor that adds tokens/,
    ],
    [
      'an unknown normalizer',
      { normalizer: { type: 'Bytes' } },
      /normalizer: the normalizer "Bytes" was given; supported are BertNormalizer/,
    ],
    [
      'a type that every object has',
      { normalizer: { type: 'constructor' } },
      /the normalizer "constructor" was given/,
    ],
    [
      'a normalizer without a type',
      { normalizer: {} },
      /normalizer.type: nothing was given, expected a string/,
    ],
    [
      'a normalizer in a sequence',
      { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'X' }] } },
      /normalizer.normalizers\[1\]: the normalizer "X"/,
    ],
    [
      'a sequence that is no list',
      { normalizer: { type: 'Sequence', normalizers: {} } },
      /normalizer.normalizers: an object of 0 fields was given, expected an array/,
    ],
    [
      'an unknown pre-tokenizer',
      { pre_tokenizer: { type: 'Scripts' } },
      /the pre-tokenizer "Scripts" was given/,
    ],
    ['an unknown decoder', { decoder: { type: 'Morse' } }, /the decoder "Morse" was given/],
    [
      'an unknown post-processor',
      { post_processor: { type: 'Stamping' } },
      /the post-processor "Stamping" was given/,
    ],
    [
      'a wrong flag',
      { normalizer: { type: 'BertNormalizer', lowercase: 'yes' } },
      /normalizer.lowercase: "yes" was given, expected true or false/,
    ],
    [
      'a vocabulary that is a list',
      model({ vocab: [] }),
      /model.vocab: an array of 0 was given, expected an object/,
    ],
    [
      'an id that is text',
      model({ vocab: { a: '1' } }),
      /model.vocab\["a"\]: "1" was given, expected an integer/,
    ],
    [
      'a negative id',
      model({ vocab: { a: -1 } }),
      /model.vocab\["a"\]: -1 was given, expected an integer from 0/,
    ],
    ['a broken id', model({ vocab: { a: 0.5 } }), /model.vocab\["a"\]: 0.5 was given/],
    [
      'a huge id',
      model({ vocab: { a: 2_000_000_000 } }),
      /model.vocab\["a"\]: id 2000000000 was given; expected an integer from 0 to 16777215/,
    ],
    [
      'an id given twice',
      model({ vocab: { a: 0, b: 0 } }),
      /model.vocab\["b"\]: id 0 already belongs to "a"/,
    ],
    ['a token with half a character', model({ vocab: { 'a\ud800': 0 } }), /lone surrogate/],
    [
      'a huge token',
      model({ vocab: { ['a'.repeat(2000)]: 0 } }),
      /a token of 2000 UTF-16 units was given; at most 1024/,
    ],
    ['no unknown token', model({ unk_token: null }), /model.unk_token: null was given, expected a string/],
    [
      'an added token with the id of another',
      { added_tokens: [{ id: 1, content: 'x' }] },
      /added_tokens\[0\].id: 1 was given for "x", but model.vocab has it for "a"/,
    ],
    [
      'an added token with two ids',
      { added_tokens: [{ id: 9, content: 'a' }] },
      /added_tokens\[0\].id: 9 was given for "a", which has id 1 in model.vocab/,
    ],
    [
      'two added tokens with one id',
      {
        added_tokens: [
          { id: 9, content: 'x' },
          { id: 9, content: 'y' },
        ],
      },
      /added_tokens\[1\]: id 9 already belongs to "x"/,
    ],
    [
      'an added token without content',
      { added_tokens: [{ id: 9 }] },
      /added_tokens\[0\].content: nothing was given, expected a string/,
    ],
    [
      'a piece without a score',
      unigram({ vocab: [['a']] }),
      /model.vocab\[0\]: an array of 1 was given, expected \[piece, score\]/,
    ],
    [
      'a score that is text',
      unigram({ vocab: [['a', 'b']] }),
      /model.vocab\[0\]\[1\]: "b" was given, expected a finite number/,
    ],
    [
      'an unknown id outside',
      unigram({ unk_id: 2 }),
      /model.unk_id: 2 was given, expected an integer from 0 to 1/,
    ],
    ['an unknown id of nothing', unigram({ vocab: [] }), /model.unk_id: 0 was given, expected null/],
    [
      'a template with an unknown token',
      {
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: '[CLS]', type_id: 0 } }],
          pair: [],
          special_tokens: {},
        },
      },
      /single\[0\].SpecialToken.id: "\[CLS\]" was given, expected a name that special_tokens has/,
    ],
    [
      'a template token that every object has',
      {
        post_processor: {
          type: 'TemplateProcessing',
          single: [{ SpecialToken: { id: 'toString', type_id: 0 } }],
          pair: [],
          special_tokens: {},
        },
      },
      /expected a name that special_tokens has/,
    ],
    [
      'a template of something else',
      { post_processor: { type: 'TemplateProcessing', single: [{}], pair: [], special_tokens: {} } },
      /single\[0\]: an object of 0 fields was given/,
    ],
    [
      'a broken pattern',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Removed' } },
      /pre_tokenizer.pattern.Regex: the pattern "\(" has a group without its \)/,
    ],
    [
      'no pattern',
      { pre_tokenizer: { type: 'Split', pattern: {}, behavior: 'Removed' } },
      /pre_tokenizer.pattern: an object of 0 fields was given/,
    ],
    [
      'an unknown behavior',
      { pre_tokenizer: { type: 'Split', pattern: { String: 'a' }, behavior: 'Gone' } },
      /behavior: "Gone" was given, expected one of Removed, Isolated/,
    ],
    [
      'a mark of two characters',
      { pre_tokenizer: { type: 'Metaspace', replacement: 'ab' } },
      /replacement: "ab" was given, expected one character/,
    ],
    [
      'contradicting marks',
      { pre_tokenizer: { type: 'Metaspace', prepend_scheme: 'first', add_prefix_space: false } },
      /prepend_scheme: "first" was given, expected "never"/,
    ],
    [
      'a map that is not base64',
      { normalizer: { type: 'Precompiled', precompiled_charsmap: '***' } },
      /precompiled_charsmap: "\*\*\*" was given, expected base64/,
    ],
    [
      'a map that is cut off',
      { normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAAAQ==' } },
      /a map of 4 bytes says that its trie has 16777216/,
    ],
    ['a wrong truncation', { truncation: { max_length: 'x' } }, /truncation.max_length: "x" was given/],
    [
      'a wrong padding',
      { padding: { strategy: 'Never' } },
      /padding.strategy: "Never" was given, expected one of BatchLongest/,
    ],
  ] as [string, Json, RegExp][])('%s', (_, changes, message) => {
    expect(() => read(changes)).toThrow(message);
    expect(() => read(changes)).toThrow(TokenizerError);
  });

  test('sequences nested too deep', () => {
    const text = `{"model":${JSON.stringify(small.model)},"normalizer":${'{"type":"Sequence","normalizers":['.repeat(5000)}{"type":"NFC"}${']}'.repeat(5000)}}`;
    expect(() => readTokenizerJson(text)).toThrow(/sequences nested at most 32 deep/);
  });

  test('a file that is cut off anywhere, or is no file', () => {
    const text = JSON.stringify(small);
    for (let length = 0; length < text.length; length++)
      expect(() => readTokenizerJson(text.slice(0, length))).toThrow(TokenizerError);
    for (const value of [undefined, null, 7, {}])
      expect(() => readTokenizerJson(value as never)).toThrow(
        /tokenizer.json: .* expected the text of the file/,
      );
    for (const value of ['[]', '"x"', 'null', '1e999'])
      expect(() => readTokenizerJson(value)).toThrow(TokenizerError);
  });

  test('whatever value stands in whatever place, the answer is a tokenizer or a TokenizerError', {
    timeout: 60_000,
  }, () => {
    const file = readJson<{ tokenizer: Json }[]>(
      path.join(import.meta.dirname, '../golden/components.json.gz'),
    );
    const odd = fc.constantFrom(
      null,
      -1,
      0,
      1e9,
      0.5,
      '',
      'x',
      '__proto__',
      '\ud800',
      [],
      {},
      true,
      [[]],
      { type: 'Sequence' },
      [['a', 1e308]],
    );
    forAll(
      [
        fc.constantFrom(...file.map(({ tokenizer }) => tokenizer)),
        fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
        odd,
      ],
      (tokenizer, steps, value) => {
        const changed = structuredClone(tokenizer);
        let at: unknown = changed;
        for (const [index, step] of steps.entries()) {
          if (typeof at !== 'object' || at === null) break;
          const keys = Object.keys(at);
          const key = keys[step % Math.max(1, keys.length)] ?? 'x';
          if (index === steps.length - 1) (at as Json)[key] = value;
          at = (at as Json)[key];
        }
        try {
          readTokenizerJson(JSON.stringify(changed)).encode('Hello, wörld 中 [MASK] \u0000');
        } catch (error) {
          if (!(error instanceof TokenizerError)) throw error;
        }
      },
      { runs: 3000 },
    );
  });
});

describe('readTokenizerJson', () => {
  test('takes names of object prototypes as tokens like any others', () => {
    const text = JSON.stringify({
      model: { type: 'WordLevel', unk_token: '[UNK]', vocab: { '[UNK]': 0, constructor: 2, toString: 3 } },
      pre_tokenizer: { type: 'WhitespaceSplit' },
    });
    const tokenizer = readTokenizerJson(text.replace('"constructor":2', '"__proto__":1,"constructor":2'));
    expect([...tokenizer.encode('__proto__ constructor toString hasOwnProperty').ids]).toEqual([1, 2, 3, 0]);
    expect(tokenizer.decode([1, 2])).toBe('__proto__ constructor');
    expect(tokenizer.tokenToId('hasOwnProperty')).toBeUndefined();
  });

  test('reads files with a byte order mark, without optional stages, and with gaps between ids', () => {
    const bare = { model: { type: 'WordLevel', unk_token: '?', vocab: { '?': 5, a: 1000 } } };
    const tokenizer = readTokenizerJson(`\ufeff${JSON.stringify(bare)}`);
    expect([...tokenizer.encode('a').ids, ...tokenizer.encode('b').ids]).toEqual([1000, 5]);
    expect(tokenizer.vocabularySize).toBe(2);
    expect(tokenizer.idToToken(6)).toBeUndefined();
  });

  test('counts added tokens that the model does not have', () => {
    expect(read({}).vocabularySize).toBe(4);
    expect(read({}).encode('a[MASK]ab').tokens).toEqual(['a', '[MASK]', 'a', '##b']);
  });

  test('a million characters, with and without blanks, take seconds at most', () => {
    const tokenizer = read({});
    expect(tokenizer.encode('a'.repeat(1_000_000)).length).toBe(1);
    expect(tokenizer.encode('ab '.repeat(333_333)).length).toBe(666_666);
    expect(read(unigram({})).encode('a'.repeat(1_000_000)).length).toBe(1_000_000);
    expect(
      read(
        unigram({
          vocab: [
            ['<unk>', 0],
            ['a', -1],
            ['a'.repeat(100), -2],
          ],
        }),
      ).encode('a'.repeat(1_000_000)).length,
    ).toBe(10_000);
  }, 60_000);
});

describe('readVocabText', () => {
  test('ids are line numbers, whatever ends the lines', () => {
    const lines = ['[UNK]', '[CLS]', '[SEP]', 'a', '##b'];
    for (const text of [lines.join('\n'), `${lines.join('\r\n')}\r\n`, `\ufeff${lines.join('\n')}\n`]) {
      expect([...readVocabText(text).encode('ab').ids]).toEqual([1, 3, 4, 2]);
    }
  });

  test('options say what the file does not', () => {
    const tokenizer = readVocabText('<u>\n<c>\n<s>\nA\nÄ\n', {
      unknownToken: '<u>',
      classToken: '<c>',
      separatorToken: '<s>',
      lowercase: false,
      longestWord: 3,
    });
    expect(tokenizer.encode('A Ä a AAAA').tokens).toEqual(['<c>', 'A', 'Ä', '<u>', '<u>', '<s>']);
    const stripping = readVocabText('[UNK]\n[CLS]\n[SEP]\nA', {
      lowercase: false,
      stripAccents: true,
      cleanText: true,
      separateIdeographs: false,
    });
    expect(stripping.encode('Ä').tokens).toEqual(['[CLS]', 'A', '[SEP]']);
  });

  test('a token on two lines has the later id; both read back', () => {
    const tokenizer = readVocabText('[UNK]\n[CLS]\n[SEP]\na\na');
    expect([...tokenizer.encode('a', { addSpecialTokens: false }).ids]).toEqual([4]);
    expect(tokenizer.decode([3, 4])).toBe('a a');
  });

  test('a file without the tokens that BERT needs is refused', () => {
    expect(() => readVocabText('')).toThrow('vocab.txt: it has no line "[UNK]"');
    expect(() => readVocabText('[UNK]\na')).toThrow('vocab.txt: it has no line "[CLS]"');
    expect(() => readVocabText(undefined as never)).toThrow(/expected the text of the file/);
    expect(() => readVocabText(`[UNK]\n[CLS]\n[SEP]\n${'a'.repeat(5000)}`)).toThrow(
      'vocab.txt: line 4: a token of 5000',
    );
  });
});

describe('readUniversalSentenceEncoderVocabulary', () => {
  test('a vocabulary that is none is refused with its place', () => {
    expect(() => readUniversalSentenceEncoderVocabulary('{}')).toThrow(
      /vocab.json: an object of 0 fields was given, expected an array/,
    );
    expect(() => readUniversalSentenceEncoderVocabulary('[["a",0]]')).toThrow(
      /vocab.json: an array of 1 was given, expected at least the six reserved entries/,
    );
    expect(() => readUniversalSentenceEncoderVocabulary('[["a"]]')).toThrow(/vocab.json\[0\]: an array of 1/);
    expect(() => readUniversalSentenceEncoderVocabulary('[["a",0]')).toThrow(/not JSON/);
  });
});
