import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignedText } from '../../src/alignedText.ts';
import { afterUnicode9, type UnicodeForm, unicodeForm } from '../../src/normalizers/unicode.ts';

const forms: UnicodeForm[] = ['NFC', 'NFD', 'NFKC', 'NFKD'];

// Texts full of what normalization is about: marks in any order, Hangul parts, ligatures, compatibility characters.
const difficult = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      'a',
      'e',
      'ﬁ',
      'Å',
      'ậ',
      '한',
      '\u1112',
      '\u1161',
      '\u11ab',
      '각',
      'ﾊ',
      '\uff9e',
      '\u0301',
      '\u0323',
      '\u0327',
      '\u0345',
      'か',
      '\u3099',
      '㌔',
      '\u0f71\u0f72',
      '\u0e33',
      '😀',
      '\ud800',
      'ǆ',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

describe.each(forms)('%s', (form) => {
  const normalize = unicodeForm(form);

  test('gives the text of String.normalize for any string', () => {
    forAll(
      [difficult],
      (source) => {
        expect(normalize(alignedText(source)).text).toBe(source.normalize(form));
      },
      { runs: 1000 },
    );
  });

  // In pieces that do not join: the object replacement character stands between them.
  test('gives the text of String.normalize for every assigned character', () => {
    for (let first = 0; first <= 0x2ffff; first += 0x100) {
      let block = '';
      for (let codePoint = first; codePoint < first + 0x100; codePoint++)
        block += `${String.fromCodePoint(codePoint)}\ufffc`;
      const found = normalize(alignedText(block)).text;
      if (found !== block.normalize(form))
        expect([first.toString(16), found]).toEqual([first.toString(16), block.normalize(form)]);
    }
  });

  test('keeps offsets in order and inside the text', () => {
    forAll([difficult], (source) => {
      const text = normalize(alignedText(source));
      let before = 0;
      for (let index = 0; index < text.length; index++) {
        expect(text.startOf(index)).toBeGreaterThanOrEqual(before);
        expect(text.endOf(index + 1)).toBeLessThanOrEqual(source.length);
        before = text.startOf(index);
      }
    });
  });
});

test('a composed character has the place of its first part, parts have the place of the whole', () => {
  const composed = unicodeForm('NFC')(alignedText('xe\u0301y'));
  expect([composed.text, composed.startOf(1), composed.endOf(2), composed.startOf(2)]).toEqual([
    'xéy',
    1,
    2,
    3,
  ]);
  const apart = unicodeForm('NFD')(alignedText('xéy'));
  expect([apart.startOf(1), apart.endOf(2), apart.startOf(2), apart.endOf(3), apart.startOf(3)]).toEqual([
    1, 2, 1, 2, 2,
  ]);
});

test('a mark that is left beside a composed character keeps its own place, wherever it stood', () => {
  const after = unicodeForm('NFC')(alignedText('e\u0301\u0316y'));
  expect([after.text, after.startOf(0), after.startOf(1), after.startOf(2)]).toEqual(['é\u0316y', 0, 2, 3]);
});

test('a hundred thousand marks in the worst order take time proportional to their number', () => {
  const marks = `a${'\u0301\u0323'.repeat(50_000)}`;
  expect(unicodeForm('NFC')(alignedText(marks)).text.length).toBeGreaterThan(99_000);
}, 10_000);

test('characters that are to be left stay, whatever the engine knows of them', () => {
  const older = unicodeForm('NFKC', afterUnicode9);
  expect(older(alignedText('㋿ﬁ')).text).toBe('㋿fi');
  expect(older(alignedText('㋿\u0323\u0301')).text).toBe('㋿\u0323\u0301');
});
