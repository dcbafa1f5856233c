import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import { readMarian, readSentencePiece, type Tokenizer, TokenizerError } from '../../src/index.ts';
import { readJson, readText } from '../goldenCases.ts';

const data = shared('data/tokenizers') ?? '';

interface SentencePieceCase {
  ids: number[];
  pieces: string[];
  offsets: [number, number][];
  offsets_utf16?: [number, number][];
}
interface SentencePieceFile {
  encode: { text: string; expected: SentencePieceCase | null; if_replaced_by_u_fffd?: SentencePieceCase }[];
  decode: { ids: number[]; text: string }[];
}

function differences(tokenizer: Tokenizer, file: SentencePieceFile): unknown[] {
  const differing: unknown[] = [];
  for (const { text, expected, if_replaced_by_u_fffd } of file.encode) {
    const wanted = expected ?? if_replaced_by_u_fffd;
    if (wanted === undefined) throw new Error('a golden without an expectation');
    for (const unit of ['utf16', 'codePoint'] as const) {
      const encoding = tokenizer.encode(text, { offsets: unit });
      const places = unit === 'utf16' ? (wanted.offsets_utf16 ?? wanted.offsets) : wanted.offsets;
      const found = { ids: [...encoding.ids], pieces: [...encoding.tokens], offsets: [...encoding.offsets] };
      const like = { ids: wanted.ids, pieces: wanted.pieces, offsets: places.flat() };
      if (JSON.stringify(found) !== JSON.stringify(like)) differing.push({ text, unit, found, like });
    }
  }
  for (const { ids, text } of file.decode) {
    const found = tokenizer.decode(ids);
    if (found !== text) differing.push({ ids, found, text });
  }
  return differing;
}

describe.skipIf(data === '')(
  `models of SentencePiece${skipReason('data/tokenizers')}`,
  { timeout: 120_000 },
  () => {
    const small =
      data === ''
        ? []
        : readdirSync(path.join(data, 'sentencepiece')).filter((name) => name.endsWith('.model'));
    const files: [model: string, expected: string][] = [
      ...small.map((name): [string, string] => [
        `sentencepiece/${name}`,
        `sentencepiece/${name.replace('.model', '.expected.json.gz')}`,
      ]),
      ['albert/30k-clean.model', 'albert/expected-sentencepiece.json.gz'],
      ['mistral/tokenizer.model', 'mistral/expected-sentencepiece.json.gz'],
      ['opus-mt-en-mg/source.spm', 'opus-mt-en-mg/expected-sentencepiece.json.gz'],
      ['sentencepiece-test-en/test_model.model', 'sentencepiece-test-en/expected-sentencepiece.json.gz'],
      ['sentencepiece-test-ja/test_ja_model.model', 'sentencepiece-test-ja/expected-sentencepiece.json.gz'],
    ];

    test.each(files)('%s gives the ids, pieces, places and texts of the original', (model, expected) => {
      const tokenizer = readSentencePiece(readFileSync(path.join(data, model)));
      expect(differences(tokenizer, readJson<SentencePieceFile>(path.join(data, expected)))).toEqual([]);
    });

    test('Marian gives its ids by vocab.json, and the end after each text', () => {
      const folder = path.join(data, 'opus-mt-en-mg');
      const tokenizer = readMarian(
        readFileSync(path.join(folder, 'source.spm')),
        readText(path.join(folder, 'vocab.json.gz')),
      );
      const { encode } = readJson<{ encode: { text: string; ids: number[] }[] }>(
        path.join(folder, 'expected-marian.json.gz'),
      );
      for (const { text, ids } of encode) expect([...tokenizer.encode(text).ids], text).toEqual(ids);
      expect(tokenizer.decode(tokenizer.encode('Hello world.').ids)).toBe('Hello world.');
    });
  },
);

// A .model file by hand: fields of messages in the wire format.
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
const bytesField = (number: number, bytes: ArrayLike<number>): number[] => [
  ...varint(number * 8 + 2),
  ...varint(bytes.length),
  ...Array.from(bytes),
];
const numberField = (number: number, value: number): number[] => [...varint(number * 8), ...varint(value)];
const piece = (text: string, score: number, kind = 1): number[] =>
  bytesField(1, [
    ...bytesField(1, Buffer.from(text)),
    ...varint(2 * 8 + 5),
    ...new Uint8Array(Float32Array.of(score).buffer),
    ...numberField(3, kind),
  ]);
const start = [...piece('<unk>', 0, 2), ...piece('<s>', 0, 3), ...piece('</s>', 0, 3)];
const file = (...parts: number[][]): Uint8Array => Uint8Array.from([...start, ...parts.flat()]);
const pieces = [
  ...piece('▁', -3),
  ...piece('a', -2),
  ...piece('▁a', -1),
  ...piece('b', -4),
  ...piece('ab', -2.5),
];

describe('a .model file', () => {
  test('gives pieces with their places; blanks in excess belong to no piece of their own', () => {
    const tokenizer = readSentencePiece(file(pieces), { beginning: '<s>', end: '</s>' });
    const encoding = tokenizer.encode('  a   ab zz');
    expect(encoding.tokens).toEqual(['<s>', '▁a', '▁a', 'b', '▁', 'zz', '</s>']);
    expect([...encoding.offsets]).toEqual([0, 0, 2, 3, 3, 7, 7, 8, 8, 9, 9, 11, 0, 0]);
    expect([...encoding.specialTokensMask]).toEqual([1, 0, 0, 0, 0, 0, 1]);
    expect(tokenizer.decode(encoding.ids)).toBe('a ab  \u2047 ');
  });

  test('with BPE merges the highest score first, the leftmost among equals', () => {
    const bpe = bytesField(2, numberField(3, 2));
    const tokenizer = readSentencePiece(file(pieces, bpe));
    expect(tokenizer.encode('aab').tokens).toEqual(['▁a', 'ab']);
  });

  test.each([
    ['of text', Buffer.from('{"model": 1}'), /SentencePiece model/],
    ['that is empty', new Uint8Array(0), /hold no pieces/],
    [
      'that is cut off',
      file(pieces).subarray(0, 20),
      /at byte \d+ \d+ more bytes; \d+ are left was expected/,
    ],
    [
      'with a number without end',
      Uint8Array.of(...start, 0x18, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255),
      /a number that is complete/,
    ],
    ['without an unknown piece', Uint8Array.from(pieces), /no unknown piece/],
    ['with a piece twice', file(pieces, piece('a', -1)), /piece 8: "a" has id 4 already/],
    ['with an empty piece', file(piece('', -1)), /piece 3: the piece is empty/],
    ['with a score that is no number', file(piece('x', Number.NaN)), /a score of NaN was given/],
    [
      'with a kind of piece that does not exist',
      file(piece('x', 0, 9)),
      /a type of 9 was given, expected 1 to 6/,
    ],
    [
      'with an algorithm that does not exist',
      file(bytesField(2, numberField(3, 7))),
      /model_type: 7 was given/,
    ],
    ['with a piece that is not UTF-8', file(bytesField(1, bytesField(1, [0xff]))), /are not UTF-8/],
    [
      'with a broken map',
      file(pieces, bytesField(3, bytesField(2, [1, 2]))),
      /precompiled_charsmap: a map of 2 bytes/,
    ],
    ['with rules for decoding', file(pieces, bytesField(5, bytesField(2, [1, 2]))), /denormalizer_spec/],
    [
      'with an unused piece for BPE',
      file(piece('x', 0, 5), bytesField(2, numberField(3, 2))),
      /piece 3: the piece is marked as unused/,
    ],
  ] as [string, Uint8Array, RegExp][])('%s is refused with its place', (_, bytes, message) => {
    expect(() => readSentencePiece(bytes)).toThrow(message);
    expect(() => readSentencePiece(bytes)).toThrow(TokenizerError);
  });

  test('is refused if it is no bytes, or has not the control piece that is asked for', () => {
    expect(() => readSentencePiece('text' as unknown as Uint8Array)).toThrow(/of type string was given/);
    expect(() => readSentencePiece(file(pieces), { end: 'a' })).toThrow(/options.end: "a" was given/);
    expect(() => readMarian(file(pieces), '{"a":0}')).toThrow(/vocab.json: it has no "<unk>"/);
  });
});
