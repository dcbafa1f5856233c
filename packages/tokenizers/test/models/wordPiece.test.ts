import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { vocabulary } from '../../src/models/vocabulary.ts';
import { wordPiece } from '../../src/models/wordPiece.ts';

/** The definition: try every end from the right. */
function reference(words: ReadonlyMap<string, number>, piece: string, prefix: string): number[] {
  const ids: number[] = [];
  let start = 0;
  while (start < piece.length) {
    let end = piece.length;
    let id: number | undefined;
    while (end > start && id === undefined) {
      id = words.get((start > 0 ? prefix : '') + piece.slice(start, end));
      if (id === undefined) end -= 1;
    }
    if (id === undefined) return [0];
    ids.push(id);
    start = end;
  }
  return ids;
}

const letters = fc.constantFrom('a', 'b', 'c');

test('WordPiece takes the longest entry first, as the definition says, with any prefix', () => {
  const entries = fc.uniqueArray(
    fc.tuple(fc.boolean(), fc.string({ unit: letters, minLength: 1, maxLength: 4 })),
    {
      selector: ([continues, text]) => `${continues} ${text}`,
    },
  );
  forAll(
    [entries, fc.string({ unit: letters, minLength: 1, maxLength: 12 }), fc.constantFrom('##', '@', '')],
    (parts, piece, prefix) => {
      const words = new Map([['[UNK]', 0]]);
      for (const [continues, text] of parts) {
        const token = continues ? prefix + text : text;
        if (!words.has(token)) words.set(token, words.size);
      }
      const model = wordPiece(vocabulary([...words.keys()], 'here'), { prefix });
      const tokens = model.tokenize(piece);
      expect(tokens.map(({ id }) => id)).toEqual(reference(words, piece, prefix));
      expect(tokens.map(({ start, end }) => piece.slice(start, end)).join('')).toBe(piece);
    },
  );
});

test('a word of more characters than allowed is one unknown token; characters are code points', () => {
  const model = wordPiece(vocabulary(['[UNK]', '😀', '##😀'], 'here'), { longestWord: 2 });
  expect(model.tokenize('😀😀').map(({ id }) => id)).toEqual([1, 2]);
  expect(model.tokenize('😀😀😀')).toEqual([{ id: 0, token: '[UNK]', start: 0, end: 6 }]);
});

test('an unknown word without an unknown token is refused by name', () => {
  const model = wordPiece(vocabulary(['a'], 'here'));
  expect(model.tokenize('a')).toHaveLength(1);
  expect(() => model.tokenize('b')).toThrow('model.unk_token: the text needs the unknown token "[UNK]"');
});
