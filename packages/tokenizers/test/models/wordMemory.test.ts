// Remembered words: what is remembered is what was given, however few words there is room for.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Token } from '../../src/models/model.ts';
import { WordMemory } from '../../src/models/wordMemory.ts';
import { WordTable } from '../../src/structures/wordTable.ts';

// One token a character, so that words have several.
const spelled = (word: string): Token[] =>
  [...word].map((token, k) => ({ id: token.codePointAt(0) ?? 0, token, start: k, end: k + 1 }));

test('a memory of three words gives the same tokens as none, in any order of words', () => {
  const memory = new WordMemory(spelled, 3);
  forAll(
    [fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 3 }))],
    (words) => {
      for (const given of words) {
        const word = memory.number(`x${given}x`, 1, 1 + given.length);
        const range = [memory.firsts[word], memory.firsts[word + 1]] as const;
        expect(memory.tokens.slice(...range).join('')).toBe(given);
        expect([...memory.ids.slice(...range)]).toEqual(spelled(given).map(({ id }) => id));
        expect([...memory.starts.slice(...range)]).toEqual([...given].map((_, k) => k));
        expect([...memory.ends.slice(...range)]).toEqual([...given].map((_, k) => k + 1));
      }
    },
  );
});

test('words above 64 units are not remembered', () => {
  const memory = new WordMemory(spelled);
  expect(memory.number('a'.repeat(65), 0, 65)).toBe(-1);
  expect(memory.number('a'.repeat(65), 1, 65)).toBe(0);
});

test('a table finds every word that it has a number for, and no other', () => {
  const table = new WordTable();
  const numbers = new Map<string, number>();
  for (let k = 0; k < 5000; k++) {
    const word = `w${(k * 7919) % 3000}`;
    const known = numbers.get(word);
    expect(table.find(`(${word})`, 1, 1 + word.length)).toBe(known ?? -1);
    if (known === undefined) numbers.set(word, table.add(word, 0, word.length));
  }
  expect(new Set(numbers.values()).size).toBe(3000);
  expect(table.size).toBe(3000);
});
