import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterEnd } from '../../src/normalizers/graphemes.ts';

test('clusters of at most five bytes are those of Intl.Segmenter', () => {
  const unit = fc.constantFrom(
    'a',
    '1',
    '\r',
    '\n',
    'é',
    '\u0301',
    '\u0489',
    '\u200d',
    '\u200b',
    '\u0600',
    '©',
    '❤',
    '\ufe0f',
    '가',
    '\u1100',
    '\u1161',
    '\u11a8',
    '\u0903',
    'क',
    '\u0e33',
    'ก',
    '🇩',
    '😀',
    '🏽',
    '\u00ad',
    '\u1032',
  );
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  const size = (text: string): number => new TextEncoder().encode(text).length;
  forAll(
    [fc.string({ unit, maxLength: 8 })],
    (text) => {
      const wanted = [...segmenter.segment(text)].filter(
        ({ segment }) => size(segment) < 6 && [...segment].length > 1,
      );
      const found: { index: number; segment: string }[] = [];
      for (let at = 0; at < text.length; at = clusterEnd(text, at)) {
        const segment = text.slice(at, clusterEnd(text, at));
        if (size(segment) < 6 && [...segment].length > 1) found.push({ index: at, segment });
      }
      expect(found).toEqual(wanted.map(({ index, segment }) => ({ index, segment })));
    },
    { runs: 3000 },
  );
});
