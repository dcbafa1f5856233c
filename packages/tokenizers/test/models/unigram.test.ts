import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unigram } from '../../src/models/unigram.ts';
import { universalSentenceEncoder } from '../../src/models/universalSentenceEncoder.ts';

const letters = fc.constantFrom('a', 'b', 'c', '😀');
const pieceList = fc.uniqueArray(fc.string({ unit: letters, minLength: 1, maxLength: 4 }), { maxLength: 12 });
const scores = fc.array(fc.integer({ min: -40, max: -1 }), { minLength: 12, maxLength: 12 });

/** The best sum over all segmentations, by trying them all; unknown characters cost `unknown`. */
function bestSum(text: string, pieces: ReadonlyMap<string, number>, unknown: number): number {
  if (text === '') return 0;
  let best = Number.NEGATIVE_INFINITY;
  const first = [...text][0] ?? '';
  if (!pieces.has(first)) best = unknown + bestSum(text.slice(first.length), pieces, unknown);
  for (const [piece, score] of pieces) {
    if (text.startsWith(piece))
      best = Math.max(best, score + bestSum(text.slice(piece.length), pieces, unknown));
  }
  return best;
}

describe('unigram', () => {
  test('finds a segmentation with the best sum of all', () => {
    forAll([pieceList, scores, fc.string({ unit: letters, maxLength: 7 })], (list, values, text) => {
      const pieces = new Map(list.map((piece, index) => [piece, values[index] ?? -1]));
      const unknown = Math.min(0, ...pieces.values()) - 10;
      const model = unigram([['<unk>', 0], ...pieces], { unknownId: 0 });
      const tokens = model.tokenize(text);
      expect(tokens.map(({ token }) => token).join('')).toBe(text);
      // Neighbouring unknowns are one token: count its characters.
      const sum = tokens.reduce(
        (total, { id, token }) => total + (id === 0 ? unknown * [...token].length : (pieces.get(token) ?? 0)),
        0,
      );
      expect(sum).toBe(bestSum(text, pieces, unknown));
    });
  });

  test('joins unknown characters and refuses them where there is no unknown token', () => {
    const pieces: [string, number][] = [
      ['<unk>', 0],
      ['a', -1],
    ];
    expect(
      unigram(pieces, { unknownId: 0 })
        .tokenize('xya')
        .map(({ token }) => token),
    ).toEqual(['xy', 'a']);
    expect(() => unigram(pieces).tokenize('xya')).toThrow('model.unk_id');
  });

  test('spells unknown characters in bytes where the vocabulary has all of them, with the offsets of the whole', () => {
    const pieces: [string, number][] = [
      ['<unk>', 0],
      ['<0xC3>', 0],
      ['<0xA9>', 0],
    ];
    const model = unigram(pieces, { unknownId: 0, byteFallback: true });
    expect(model.tokenize('é')).toEqual([
      { id: 1, token: '<0xC3>', start: 0, end: 1 },
      { id: 2, token: '<0xA9>', start: 0, end: 1 },
    ]);
    expect(model.tokenize('è').map(({ id }) => id)).toEqual([0]);
  });
});

const reserved: [string, number][] = [
  ['�', 0],
  ['<s>', 0],
  ['</s>', 0],
  ['x', 0],
  ['y', 0],
  ['z', 0],
];

describe('universalSentenceEncoder', () => {
  test('of equal sums takes the candidate that begins later', () => {
    const model = universalSentenceEncoder([...reserved, ['a', -1], ['b', -1], ['ab', -2]]);
    expect(model.tokenize('ab').map(({ id }) => id)).toEqual([6, 7]);
  });

  test('counts a best sum of 0 as not yet set', () => {
    const model = universalSentenceEncoder([...reserved, ['a', -3], ['b', 0], ['ab', 0]]);
    expect(model.tokenize('ab').map(({ id }) => id)).toEqual([6, 7]);
  });

  test('never matches the reserved pieces, and joins unknown characters', () => {
    const model = universalSentenceEncoder([...reserved, ['a', -1]]);
    expect(model.tokenize('a<s>xa')).toEqual([
      { id: 6, token: 'a', start: 0, end: 1 },
      { id: 0, token: '�', start: 1, end: 5 },
      { id: 6, token: 'a', start: 5, end: 6 },
    ]);
  });

  test('covers any text, lone surrogates included', () => {
    const model = universalSentenceEncoder([...reserved, ['a', -1], ['ab', -1.5], ['😀b', -2]]);
    forAll([fc.string({ unit: fc.constantFrom('a', 'b', '😀', '\ud83d', '\ude00') })], (text) => {
      const tokens = model.tokenize(text);
      expect(tokens.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
    });
  });
});
