import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { alignedText } from '../../src/alignedText.ts';
import { precompiled } from '../../src/normalizers/precompiled.ts';
import { readJson } from '../goldenCases.ts';

interface WithMap {
  name: string;
  tokenizer: { normalizer: { precompiled_charsmap: string } };
}

const files = readJson<WithMap[]>(path.join(import.meta.dirname, '../golden/components.json.gz'));
const custom = files.find(({ name }) => name === 'precompiled-custom');
// Its rules: A → a, B → b, … → three dots, ß → ss, Æ → AE, e + U+0301 → é, / → nothing, 😀 → :), 中文 → zh.
const map = Buffer.from(custom?.tokenizer.normalizer.precompiled_charsmap ?? '', 'base64');
const normalize = precompiled(map, 'here');

describe('precompiled', () => {
  test.each([
    ['AB', 'ab', 'single characters'],
    ['e\u0301', 'é', 'a cluster with a rule of its own'],
    ['x\u0301', 'x\u0301', 'a cluster without a rule'],
    [
      'A\u0301',
      'a',
      'a short cluster that begins with a rule: what follows in it is lost, as in the original',
    ],
    ['A\u0301\u0301', 'a', 'five bytes are short'],
    ['A\u0301\u0301\u0301', 'a\u0301\u0301\u0301', 'more than five bytes go character by character'],
    ['中文', '中文', 'a rule across clusters is never met, as in the original'],
    ['a/b', 'ab', 'a rule that drops'],
    ['😀', ':)', 'a rule for a character outside the basic plane'],
    ['', '', 'nothing'],
  ])('%j becomes %j: %s', (source, wanted) => {
    expect(normalize(alignedText(source)).text).toBe(wanted);
  });

  test('offsets stay right after a character that is dropped at the start', () => {
    const text = normalize(alignedText('/x😀ß'));
    expect(text.text).toBe('x:)ss');
    const places = [0, 1, 2, 3, 4].map((index) => [text.startOf(index), text.endOf(index + 1)]);
    expect(places).toEqual([
      [1, 2],
      [2, 4],
      [2, 4],
      [4, 5],
      [4, 5],
    ]);
  });

  test('a map that ends too early is refused, when it is read or when it is met', () => {
    for (const length of [0, 3, 4, 100])
      expect(() => precompiled(map.subarray(0, length), 'here')).toThrow(/^here: a map of/);
    const short = precompiled(map.subarray(0, 4 + map.readUInt32LE(0)), 'here');
    expect(() => short(alignedText('A'))).toThrow(/^here: entry \d+ lies outside the 0 bytes/);
  });
});
