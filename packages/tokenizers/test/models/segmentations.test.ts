import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { forAll, shared, skipReason } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSentencePiece, readTokenizerJson, type Tokenizer } from '../../src/index.ts';
import { unigram } from '../../src/models/unigram.ts';
import { readJson } from '../goldenCases.ts';
import { chance } from './chance.ts';

const data = shared('data/tokenizers') ?? '';
const letters = fc.constantFrom('a', 'b', '😀');
const pieceList = fc.uniqueArray(fc.string({ unit: letters, minLength: 1, maxLength: 3 }), { maxLength: 8 });
const scores = fc.array(fc.integer({ min: -40, max: -1 }), { minLength: 8, maxLength: 8 });
const text = fc.string({ unit: letters, maxLength: 7 });

interface Way {
  tokens: string[];
  score: number;
}

// All segmentations by trying them all; characters that are no piece by themselves may be unknown. Not joined.
function allWays(given: string, pieces: ReadonlyMap<string, number>, unknown: number): Way[] {
  if (given === '') return [{ tokens: [], score: 0 }];
  const ways: Way[] = [];
  const first = [...given][0] ?? '';
  const begin = (token: string, score: number): void => {
    for (const rest of allWays(given.slice(token.length), pieces, unknown))
      ways.push({ tokens: [token, ...rest.tokens], score: score + rest.score });
  };
  if (!pieces.has(first)) begin(first, unknown);
  for (const [piece, score] of pieces) if (given.startsWith(piece)) begin(piece, score);
  return ways.sort((a, b) => b.score - a.score);
}

describe('the best segmentations', () => {
  test('are those with the highest sums of all, in order', () => {
    forAll([pieceList, scores, text, fc.integer({ min: 1, max: 40 })], (list, values, given, count) => {
      const pieces = new Map(list.map((piece, index) => [piece, values[index] ?? -1]));
      const unknown = Math.min(0, ...pieces.values()) - 10;
      const model = unigram([['<unk>', 0], ...pieces], { unknownId: 0 });
      const found = model.nBest?.(given, count) ?? [];
      const wanted = allWays(given, pieces, unknown).slice(0, count);
      expect(found.map(({ score }) => score)).toEqual(wanted.map(({ score }) => score));
      for (const { tokens } of found) expect(tokens.map(({ token }) => token).join('')).toBe(given);
      const spelled = found.map(({ tokens }) => tokens.map(({ token, id }) => `${id}:${token}`).join(' '));
      // Unknown characters that are joined may spell a piece.
      if (['a', 'b', '😀'].every((letter) => pieces.has(letter)))
        expect(new Set(spelled).size).toBe(spelled.length);
    });
  });

  test('of a text of several pieces are the best of all combinations', () => {
    forAll([pieceList, scores, text, text], (list, values, first, second) => {
      const vocab = [['<unk>', 0], ...list.map((piece, index) => [piece, values[index] ?? -1])];
      const file = (split: boolean): string =>
        JSON.stringify({
          pre_tokenizer: split ? { type: 'WhitespaceSplit' } : null,
          model: { type: 'Unigram', unk_id: 0, vocab: split ? vocab : [...vocab, [' ', -5]] },
        });
      const apart = readTokenizerJson(file(true)).nBest(`${first} ${second}`, 20);
      const lowest = Math.min(0, ...values.slice(0, list.length));
      const ways = (given: string): Way[] =>
        allWays(given, new Map(list.map((piece, index) => [piece, values[index] ?? -1])), lowest - 10);
      const sums = ways(first).flatMap((a) => ways(second).map((b) => a.score + b.score));
      expect(apart.map(({ score }) => score)).toEqual(sums.sort((a, b) => b - a).slice(0, 20));
    });
  });

  test('begin with what encode gives', () => {
    const tokenizer = small();
    const [best] = tokenizer.nBest('ababc', 3);
    expect(best?.encoding).toEqual(tokenizer.encode('ababc'));
  });

  test('are refused for models without scores, for counts out of range and for texts that would take gigabytes', () => {
    const words = readTokenizerJson(
      JSON.stringify({ model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' } }),
    );
    expect(() => words.nBest('a', 2)).toThrow('nBest: the segmentations of this model have no scores');
    expect(() => small().nBest('a', 0)).toThrow(
      'nBest: count: 0 was given; expected an integer from 1 to 512',
    );
    expect(() => small().nBest('a'.repeat(100_000), 512)).toThrow('were asked for; expected at most');
    expect(
      small()
        .nBest('', 4)
        .map(({ encoding, score }) => [encoding.length, score]),
    ).toEqual([[0, 0]]);
  });
});

function small(): Tokenizer {
  const vocab = [
    ['<unk>', 0],
    ['a', -1],
    ['b', -2],
    ['ab', -2.5],
    ['c', -3],
    ['abc', -4.5],
  ];
  return readTokenizerJson(JSON.stringify({ model: { type: 'Unigram', unk_id: 0, vocab } }));
}

describe('sampling', () => {
  const shares = (
    tokenizer: Tokenizer,
    sampling: { alpha: number; candidates?: number },
  ): Map<string, number> => {
    const random = chance(7);
    const counts = new Map<string, number>();
    const draws = 20_000;
    for (let k = 0; k < draws; k++) {
      const { tokens } = tokenizer.encode('abc', { sampling: { ...sampling, random } });
      counts.set(tokens.join(' '), (counts.get(tokens.join(' ')) ?? 0) + 1 / draws);
    }
    return counts;
  };

  test('draws each segmentation as often as its probability to the power of alpha says', () => {
    for (const alpha of [0, 0.3, 1, 2]) {
      const found = shares(small(), { alpha });
      const all = small().nBest('abc', 512);
      const sum = all.reduce((total, { score }) => total + Math.exp(alpha * score), 0);
      expect(found.size).toBe(3);
      // Six standard deviations of a share of 20 000 draws.
      for (const { encoding, score } of all) {
        const share = Math.exp(alpha * score) / sum;
        expect(Math.abs((found.get(encoding.tokens.join(' ')) ?? 0) - share)).toBeLessThan(
          6 * Math.sqrt(0.25 / 20_000),
        );
      }
    }
  });

  test('with candidates draws among the best only', () => {
    expect([...shares(small(), { alpha: 0, candidates: 2 }).keys()].sort()).toEqual(['ab c', 'abc']);
    expect([...shares(small(), { alpha: 5, candidates: 1 }).keys()]).toEqual(['abc']);
  });

  test('is the same for the same source of chance, and covers any text', () => {
    forAll([pieceList, scores, text, fc.nat()], (list, values, given, seed) => {
      const pieces = list.map((piece, index): [string, number] => [piece, values[index] ?? -1]);
      const model = unigram([['<unk>', 0], ...pieces], { unknownId: 0 });
      const draw = () => model.sample?.(given, { alpha: 0.5, random: chance(seed) });
      expect(draw()).toEqual(draw());
      expect(
        draw()
          ?.map(({ start, end }) => given.slice(start, end))
          .join(''),
      ).toBe(given);
    });
  });

  test('by dropout makes of BPE any of its segmentations, and of a chance of 0 the usual one', () => {
    const vocab = { a: 0, b: 1, ab: 2, abab: 3 };
    const merges = [
      ['a', 'b'],
      ['ab', 'ab'],
    ];
    const tokenizer = readTokenizerJson(JSON.stringify({ model: { type: 'BPE', vocab, merges } }));
    const random = chance(3);
    const draw = (dropout: number): string =>
      tokenizer.encode('abab', { sampling: { dropout, random } }).tokens.join(' ');
    const seen = new Set(Array.from({ length: 200 }, () => draw(0.5)));
    expect([...seen].sort()).toEqual(['a b a b', 'a b ab', 'ab a b', 'ab ab', 'abab']);
    expect([draw(0), draw(1)]).toEqual(['abab', 'a b a b']);
  });

  test('is refused by name where it means nothing', () => {
    const encode = (sampling: unknown): unknown =>
      small().encode('a', { sampling: sampling as { alpha: number; random: () => number } });
    expect(() => encode({ alpha: 0.1 })).toThrow('encode: sampling.random: undefined was given');
    expect(() => encode({ alpha: -1, random: chance(1) })).toThrow('encode: sampling.alpha: -1 was given');
    expect(() => encode({ alpha: 1, candidates: 1.5, random: chance(1) })).toThrow(
      'encode: sampling.candidates',
    );
    expect(() => encode({ dropout: 2, random: chance(1) })).toThrow('encode: sampling.dropout: 2 was given');
    expect(() => encode({ dropout: 0.1, random: chance(1) })).toThrow('encode: sampling: dropout was given');
  });
});

describe.skipIf(data === '')(`SentencePiece${skipReason('data/tokenizers')}`, () => {
  interface Nbest {
    nbest?: { text: string; nbest: { ids: number[]; score: number }[] }[];
  }
  const folders = data === '' ? [] : readdirSync(path.join(data, 'sentencepiece'));
  const files: [model: string, expected: string][] = [
    ...folders
      .filter((name) => name.startsWith('unigram') && name.endsWith('.model'))
      .map((name): [string, string] => [
        `sentencepiece/${name}`,
        `sentencepiece/${name.replace('.model', '.expected.json.gz')}`,
      ]),
    ['albert/30k-clean.model', 'albert/expected-sentencepiece.json.gz'],
    ['opus-mt-en-mg/source.spm', 'opus-mt-en-mg/expected-sentencepiece.json.gz'],
    ['sentencepiece-test-en/test_model.model', 'sentencepiece-test-en/expected-sentencepiece.json.gz'],
    ['sentencepiece-test-ja/test_ja_model.model', 'sentencepiece-test-ja/expected-sentencepiece.json.gz'],
  ];

  test.each(files)('%s has the n best segmentations of the original', (model, expected) => {
    const tokenizer = readSentencePiece(readFileSync(path.join(data, model)));
    const { nbest = [] } = readJson<Nbest>(path.join(data, expected));
    expect(nbest.length).toBeGreaterThan(0);
    for (const { text: given, nbest: wanted } of nbest) {
      const found = tokenizer.nBest(given, wanted.length);
      // The original adds in single precision and orders equal sums by chance.
      for (const [k, { score }] of wanted.entries())
        expect(Math.abs((found[k]?.score ?? Number.NaN) - score)).toBeLessThan(1e-3 + 1e-5 * Math.abs(score));
      const close = (score: number): number =>
        wanted.filter((other) => Math.abs(other.score - score) < 2e-3).length;
      for (const [k, { ids, score }] of wanted.entries())
        if (close(score) === 1 && k < wanted.length - 1)
          expect([...(found[k]?.encoding.ids ?? [])]).toEqual(ids);
    }
  });
});
