import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Trie } from '../../src/structures/trie.ts';

test('a trie holds what a Map would hold, however many strings there are', () => {
  const strings = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'b', '\u0000', '\uffff', '中'), maxLength: 6 }),
    { maxLength: 400 },
  );
  forAll([strings, strings], (given, asked) => {
    const trie = new Trie();
    const map = new Map<string, number>();
    for (const [value, text] of given.entries()) {
      trie.set(text, value);
      map.set(text, value);
    }
    for (const text of [...given, ...asked]) {
      const node = trie.walk(Trie.root, text);
      expect(node < 0 ? undefined : trie.value(node)).toBe(map.get(text) ?? (node < 0 ? undefined : -1));
    }
    expect(trie.longest).toBe(Math.max(0, ...given.map((text) => text.length)));
  });
});
