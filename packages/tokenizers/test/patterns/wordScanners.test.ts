// Scanners written by hand against the regular expressions that define them.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tiktokenEncodings } from '../../src/files/tiktokenEncodings.ts';
import { translateOniguruma } from '../../src/patterns/oniguruma.ts';
import { expressionPattern } from '../../src/patterns/pattern.ts';
import { wordScanner } from '../../src/patterns/wordScanners.ts';
import { gpt2Pattern } from '../../src/preTokenizers/byteLevel.ts';

const cl100k = tiktokenEncodings.cl100k_base.pattern;

const expressions = [
  ['GPT-2', gpt2Pattern],
  ['r50k_base', tiktokenEncodings.r50k_base.pattern],
  ['cl100k_base', cl100k],
  ['Qwen', cl100k.replace('{1,3}', '')],
  ['cl100k_base in short', cl100k.replace("(?i:'s|'t|'re|'ve|'m|'ll|'d)", "'(?i:[sdmt]|ll|ve|re)")],
] as const;

// Letters, numbers, white space and others of one and two units; contractions and their variants; lone surrogates.
const units = [
  ...[
    'a',
    'S',
    'ſ',
    'é',
    '中',
    '𝒜',
    '\u0301',
    '1',
    '٣',
    '²',
    '𝟘',
    'Ⅷ',
    ' ',
    ' ',
    ' ',
    '\n',
    '\r',
    '\t',
    '\u0085',
    '\u00a0',
  ],
  ...[
    '\u3000',
    '\u200d',
    '\ufeff',
    '!',
    '-',
    '_',
    "'",
    "'",
    '’',
    '😀',
    '\ud800',
    '\udc00',
    '\0',
    's',
    't',
    'r',
    'e',
    'v',
    'm',
  ],
  ...['l', 'd', 'E', 'V', 'L', 'K', '\u212a', '\u180e'],
];

describe.each(expressions)('the scanner of %s', (_, expression) => {
  const defined = expressionPattern(new RegExp(translateOniguruma(expression, 'here'), 'gv'));
  const scanner = wordScanner(expression);

  test('cuts any text as the expression does', () => {
    expect(scanner).toBeDefined();
    const texts = fc.array(fc.constantFrom(...units), { maxLength: 24 }).map((parts) => parts.join(''));
    forAll(
      [texts],
      (text) => {
        expect(scanner?.(text)).toEqual(defined(text));
      },
      { runs: 3000 },
    );
    forAll([fc.string({ unit: 'binary', maxLength: 40 })], (text) => {
      expect(scanner?.(text)).toEqual(defined(text));
    });
  });

  test('sorts every character of the basic plane as the expression does', () => {
    for (let from = 0; from < 0x10000; from += 64) {
      const text = Array.from({ length: 64 }, (__, k) => `${String.fromCharCode(from + k)} a`).join('');
      expect(scanner?.(text)).toEqual(defined(text));
    }
  });
});

test('other expressions have no scanner', () => {
  expect(wordScanner('\\p{L}+')).toBeUndefined();
  expect(wordScanner(tiktokenEncodings.o200k_base.pattern)).toBeUndefined();
});
