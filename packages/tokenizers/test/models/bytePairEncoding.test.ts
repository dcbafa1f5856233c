import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTokenizerJson, type Tokenizer } from '../../src/index.ts';
import { bytePairEncoding } from '../../src/models/bytePairEncoding.ts';
import { mergesBySpelling, mergesOf } from '../../src/models/merges.ts';
import { vocabulary } from '../../src/models/vocabulary.ts';

type Pair = readonly [string, string];

// The definition: merge the best pair, the leftmost of equals, until none is left.
function reference(piece: string, pairs: readonly Pair[]): string[] {
  const symbols = [...piece];
  for (;;) {
    let best = pairs.length;
    let at = -1;
    for (let k = 0; k + 1 < symbols.length; k++) {
      const rank = pairs.findIndex(([left, right]) => left === symbols[k] && right === symbols[k + 1]);
      if (rank >= 0 && rank < best) {
        best = rank;
        at = k;
      }
    }
    if (at < 0) return symbols;
    symbols.splice(at, 2, `${symbols[at]}${symbols[at + 1]}`);
  }
}

// Merges that grow out of each other over the alphabet abc.
const merges = fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { maxLength: 25 }).map((choices) => {
  const tokens = ['a', 'b', 'c'];
  const pairs: Pair[] = [];
  for (const [left, right] of choices) {
    const pair = [tokens[left % tokens.length]!, tokens[right % tokens.length]!] as const;
    const whole = pair[0] + pair[1];
    if (whole.length > 30 || tokens.includes(whole)) continue;
    tokens.push(whole);
    pairs.push(pair);
  }
  return { tokens, pairs };
});
const text = (most: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: most }).map((units) => units.join(''));

describe('merging', () => {
  test('equals its definition, by scan and by queue', () => {
    forAll([merges, text(200)], ({ tokens, pairs }, piece) => {
      const entries = vocabulary(tokens, 'here');
      const model = bytePairEncoding(entries, mergesOf(entries, pairs));
      const found = model.tokenize(piece);
      expect(found.map(({ token }) => token)).toEqual(reference(piece, pairs));
      expect(found.map(({ start, end }) => piece.slice(start, end)).join('')).toBe(piece);
      expect(found.every(({ token, start, end }) => piece.slice(start, end) === token)).toBe(true);
    });
  });

  test('by spelling, an entry is made of any two entries, in the order of ids', () => {
    const entries = vocabulary(['a', 'b', 'c', 'bc', 'ab', 'abc'], 'here');
    const model = bytePairEncoding(entries, mergesBySpelling(entries));
    expect(model.tokenize('abcab').map(({ token }) => token)).toEqual(['abc', 'ab']);
  });

  test('a line of a million characters without blanks takes a few seconds at most', {
    timeout: 60_000,
  }, () => {
    const tokens = ['a', 'b', 'aa', 'ab', 'aaaa', 'ba', 'aaaaaaaa'];
    const entries = vocabulary(tokens, 'here');
    const pairs: Pair[] = [
      ['a', 'a'],
      ['aa', 'aa'],
      ['a', 'b'],
      ['b', 'a'],
      ['aaaa', 'aaaa'],
    ];
    const model = bytePairEncoding(entries, mergesOf(entries, pairs));
    const piece = 'aaaaaaaab'.repeat(2 ** 17);
    expect(model.tokenize(piece)).toHaveLength(2 ** 18);
  });
});

describe('dropout', () => {
  const pairs: Pair[] = [
    ['a', 'b'],
    ['ab', 'ab'],
  ];
  const file = (dropout: number | null): string =>
    JSON.stringify({ model: { type: 'BPE', dropout, vocab: { a: 0, b: 1, ab: 2, abab: 3 }, merges: pairs } });
  const pieces = (tokenizer: Tokenizer, piece: string): string[] => [...tokenizer.encode(piece).tokens];

  test('every segmentation spells the text, and all of them come up', () => {
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const tokenizer = readTokenizerJson(file(0.5), { random });
    const seen = new Set(Array.from({ length: 200 }, () => pieces(tokenizer, 'abab').join(' ')));
    expect([...seen].sort()).toEqual(['a b a b', 'a b ab', 'ab a b', 'ab ab', 'abab']);
  });

  test('a chance of 1 merges nothing, a chance of 0 everything, whatever the file says', () => {
    expect(pieces(readTokenizerJson(file(1)), 'abab')).toEqual(['a', 'b', 'a', 'b']);
    expect(pieces(readTokenizerJson(file(0.5), { dropout: 0 }), 'abab')).toEqual(['abab']);
    expect(pieces(readTokenizerJson(file(null)), 'abab')).toEqual(['abab']);
    expect(() => readTokenizerJson(file(null), { dropout: -1 })).toThrow(/options.dropout: -1 was given/);
  });
});

describe('byte level', () => {
  const bytes = readTokenizerJson(
    JSON.stringify({
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
      decoder: { type: 'ByteLevel' },
      model: { type: 'BPE', vocab: byteVocabulary(), merges: [['Ã', '©']] },
    }),
  );

  function byteVocabulary(): Record<string, number> {
    const printable = (byte: number): boolean =>
      (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    let next = 0x100;
    const characters = Array.from({ length: 256 }, (_, byte) =>
      String.fromCharCode(printable(byte) ? byte : next++),
    );
    return Object.fromEntries([...characters, 'Ã©'].map((character, id) => [character, id]));
  }

  test('any text comes back whole, and the offsets of its tokens cover it', () => {
    forAll([fc.string({ unit: 'binary' })], (given) => {
      const encoding = bytes.encode(given);
      expect(bytes.decode(encoding.ids)).toBe(given);
      let end = 0;
      for (let k = 0; k < encoding.length; k++) {
        expect(encoding.offsets[2 * k]).toBeLessThanOrEqual(end);
        end = Math.max(end, encoding.offsets[2 * k + 1]!);
      }
      expect(end).toBe(given.length);
    });
  });

  test('all bytes of a character have its place', () => {
    const { tokens, offsets } = bytes.encode('é€');
    expect(tokens).toEqual(['Ã©', 'â', 'Ĥ', '¬']);
    expect([...offsets]).toEqual([0, 1, 1, 2, 1, 2, 1, 2]);
  });
});
