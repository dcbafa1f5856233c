import { describe, expect, test } from 'vitest';
import { caseVariants } from '../../src/patterns/characterSet.ts';
import { oniguruma } from '../../src/patterns/oniguruma.ts';
import { literal } from '../../src/patterns/pattern.ts';
import { TokenizerError } from '../../src/tokenizerError.ts';

const matches = (expression: string, text: string): string[] => {
  const ranges = oniguruma(expression, 'here')(text);
  return ranges.flatMap((start, index) => (index % 2 === 0 ? [text.slice(start, ranges[index + 1])] : []));
};

describe('oniguruma', () => {
  test.each([
    ['\\p{N}{1,3}', '12345', ['123', '45']],
    ["(?i:'s|'re)", "He'S We'RE", ["'S", "'RE"]],
    ['(?i)ab|c', 'AB C', ['AB', 'C']],
    ['a(?i)b|c', 'aB aC ac', ['aB', 'aC', 'ac']],
    ['a++b|a', 'aab aa', ['aab', 'a', 'a']],
    ['(?>a+)ab|b', 'aaab', ['b']],
    ['[[:alpha:]]+', 'ab1é', ['ab', 'é']],
    ['[^[:space:]]+', 'a b', ['a', 'b']],
    ['[a-z&&[^aeiou]]+', 'abcde', ['bcd']],
    ['[]a]', ']a', [']', 'a']],
    ['[a\\-z]+', 'a-z', ['a-z']],
    ['[+\\-*/&&!~@`]?', '', ['']],
    ['\\h+', 'ag09', ['a', '09']],
    ['\\x{1F600}|\\u00e9|\\x41', '😀éA', ['😀', 'é', 'A']],
    ['.', 'a\r\n', ['a', '\r']],
    ['(?m:.)', 'a\n', ['a', '\n']],
    ['^b', 'a\nb', ['b']],
    ['a$', 'a\na', ['a', 'a']],
    ['\\Aa|a\\z', 'aaa', ['a', 'a']],
    ['\\s+(?!\\S)|\\s+', 'a   b', ['  ', ' ']],
    ['(?<=x)y(?#said)', 'yxy', ['y']],
    ['(?<name>a)|(b)', 'ab', ['a', 'b']],
    ['x{,2}y', 'xxxy', ['xxy']],
    ['a{2', 'a{2', ['a{2']],
    ['\\p{Han}+', '中文a', ['中文']],
    ['\\p{^L}+', 'a12', ['12']],
    ['\\R', 'a\r\nb', ['\r\n']],
    ['\\s', '\u0085\ufeff', ['\u0085']],
  ] as const)('%s finds in %j what Oniguruma finds', (expression, text, wanted) => {
    expect(matches(expression, text)).toEqual(wanted);
  });

  test.each([
    '\\1',
    '\\k<a>',
    '\\K',
    '\\G',
    '\\X',
    '(?x)a',
    '(?(1)a)',
    '\\p{Nonsense}',
    '(',
    ')',
    '[a',
    '*',
    'a{}',
    '[z-a]',
    '\\',
    '\\x{110000}',
    '(?i:[\\x{0}-\\x{ffff}])',
    '('.repeat(5000),
    '['.repeat(5000),
  ])('refuses %s by name, with its place', (expression) => {
    expect(() => oniguruma(expression, 'file: pattern')).toThrow(TokenizerError);
    expect(() => oniguruma(expression, 'file: pattern')).toThrow(/^file: pattern: /);
  });

  test('a text that exhausts the engine is an error of ours', () => {
    const pattern = oniguruma('(?:a|b)+', 'file: pattern');
    expect(pattern('a'.repeat(20))).toEqual([0, 20]);
    expect(() => pattern('a'.repeat(20_000_000))).toThrow(
      /file: pattern: .* too much backtracking on a text of 20000000 units/,
    );
  });
});

test('case variants include those that only case folding knows', () => {
  expect(new Set(caseVariants('s'))).toEqual(new Set(['s', 'S', 'ſ']));
  expect(new Set(caseVariants('k'))).toEqual(new Set(['k', 'K', '\u212a']));
  expect(caseVariants('中')).toEqual(['中']);
});

test('an empty literal matches at every character boundary, and matches never overlap', () => {
  expect(literal('')('a😀')).toEqual([0, 0, 1, 1, 3, 3]);
  expect(literal('aa')('aaa')).toEqual([0, 2]);
});
