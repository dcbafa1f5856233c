import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignedText } from '../../src/alignedText.ts';
import { literal } from '../../src/patterns/pattern.ts';
import { bertPreTokenizer } from '../../src/preTokenizers/bert.ts';
import { cut, type SplitBehavior } from '../../src/preTokenizers/cut.ts';
import { digits } from '../../src/preTokenizers/digits.ts';
import { fixedLength } from '../../src/preTokenizers/fixedLength.ts';
import { metaspace } from '../../src/preTokenizers/metaspace.ts';
import { preTokenizerSequence } from '../../src/preTokenizers/preTokenizer.ts';
import { punctuation } from '../../src/preTokenizers/punctuation.ts';
import { whitespace, whitespaceSplit } from '../../src/preTokenizers/whitespace.ts';

const behaviors: SplitBehavior[] = [
  'removed',
  'isolated',
  'mergedWithPrevious',
  'mergedWithNext',
  'contiguous',
];

describe('cut', () => {
  // The drawing in the doc comment of SplitBehavior.
  test.each([
    ['removed', 'The final countdown'],
    ['isolated', 'The - final - - countdown'],
    ['mergedWithPrevious', 'The- final- - countdown'],
    ['mergedWithNext', 'The -final - -countdown'],
    ['contiguous', 'The - final -- countdown'],
  ] as const)('%s cuts The-final--countdown into %s', (behavior, wanted) => {
    const parts = cut(alignedText('The-final--countdown'), literal('-'), { behavior });
    expect(parts.map(({ text }) => text).join(' ')).toBe(wanted);
  });

  test('all behaviors but removed keep every character in its place, inverted or not', () => {
    forAll(
      [fc.string({ unit: fc.constantFrom('a', '-', '😀') }), fc.constantFrom(...behaviors), fc.boolean()],
      (source, behavior, invert) => {
        const parts = cut(alignedText(source), literal('-'), { behavior, invert });
        const kept = parts.map(({ text }) => text).join('');
        expect(kept).toBe(
          behavior === 'removed'
            ? [...source].filter((character) => (character === '-') === invert).join('')
            : source,
        );
        for (const part of parts)
          expect(source.slice(part.startOf(0), part.endOf(part.length))).toBe(part.text);
      },
    );
  });
});

describe('pre-tokenizers', () => {
  const texts = fc.string({
    unit: fc.oneof(
      fc.constantFrom(' ', '\u3000', '.', '1', 'é', '▁', '\n'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  });
  const all = [
    bertPreTokenizer(),
    whitespace(),
    whitespaceSplit(),
    punctuation(),
    digits({ individual: true }),
    digits({ individual: false }),
    fixedLength(2),
  ];

  test('give pieces that are not empty, in order, not overlapping, each equal to its place in the source', () => {
    forAll([texts, fc.subarray(all)], (source, chosen) => {
      let done = 0;
      for (const piece of preTokenizerSequence(chosen)([alignedText(source)])) {
        if (source === '') continue;
        expect(piece.length).toBeGreaterThan(0);
        expect(piece.startOf(0)).toBeGreaterThanOrEqual(done);
        done = piece.endOf(piece.length);
        expect(source.slice(piece.startOf(0), done)).toBe(piece.text);
      }
    });
  });

  test('metaspace marks every blank and, unless told never, the start; the mark has the place of a neighbour', () => {
    const pieces = metaspace()([alignedText('Hey you')]);
    expect(pieces.map((piece) => [piece.text, piece.startOf(0), piece.endOf(piece.length)])).toEqual([
      ['▁Hey', 0, 3],
      ['▁you', 3, 7],
    ]);
    expect(metaspace({ prependScheme: 'never' })([alignedText('Hey')]).map(({ text }) => text)).toEqual([
      'Hey',
    ]);
    expect(
      metaspace({ prependScheme: 'first' })([alignedText('xHey').slice(1, 4)]).map(({ text }) => text),
    ).toEqual(['Hey']);
  });
});
