import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlignedText, alignedText } from '../src/alignedText.ts';

// Any UTF-16 string: whole characters, lone surrogates, controls, marks.
const anyText = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('\ud800', '\udc00', '\0', 'a'),
  ),
});

/** Checks that origins lie in the source, in order, each a whole character or nothing. */
function expectSound(text: AlignedText): void {
  let before = 0;
  for (let index = 0; index < text.length; index++) {
    const start = text.startOf(index);
    const end = text.endOf(index + 1);
    expect(start).toBeGreaterThanOrEqual(before);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.source.length);
    expect([...text.source.slice(start, end)].length).toBeLessThanOrEqual(1);
    before = start;
  }
}

describe('AlignedText', () => {
  test('a new text stands for itself, character by character', () => {
    forAll([anyText], (source) => {
      const text = alignedText(source);
      let at = 0;
      for (const character of source) {
        expect([text.startOf(at), text.endOf(at + character.length)]).toEqual([at, at + character.length]);
        at += character.length;
      }
    });
  });

  test('whatever is mapped, filtered, replaced, prepended and sliced, origins stay in the source and in order', () => {
    const operation = fc.constantFrom('map', 'filter', 'replace', 'prepend', 'slice');
    forAll([anyText, fc.array(operation, { maxLength: 6 })], (source, operations) => {
      let text = alignedText(source);
      for (const [turn, name] of operations.entries()) {
        if (name === 'map')
          text = text.map((codePoint) =>
            codePoint < 0x6d ? `${String.fromCodePoint(codePoint)}😀` : codePoint < 0x80 ? 'Z' : undefined,
          );
        if (name === 'filter') text = text.filter((codePoint) => codePoint % 3 !== turn % 3);
        if (name === 'replace') text = text.replace(text.length >= 1 ? [0, 0] : [], 'xy');
        if (name === 'prepend') text = text.prepend('▁▁');
        if (name === 'slice')
          text = text.slice(text.length - [...text.text].slice(1).join('').length, text.length);
        expectSound(text);
      }
    });
  });

  test('cutting and joining the ranges of untouched characters gives the source again', () => {
    forAll([anyText], (source) => {
      const text = alignedText(source).map((codePoint) => String.fromCodePoint(codePoint).repeat(2));
      let read = '';
      let done = 0;
      for (let index = 0; index < text.length; index++) {
        if (text.startOf(index) < done) continue;
        read += source.slice(text.startOf(index), text.endOf(index + 1));
        done = text.endOf(index + 1);
      }
      expect(read).toBe(source);
    });
  });

  test('a character that becomes several gives its place to all of them', () => {
    const text = alignedText('aﬁb').map((codePoint) => String.fromCodePoint(codePoint).normalize('NFKC'));
    expect(text.text).toBe('afib');
    expect([text.startOf(1), text.endOf(2), text.startOf(2), text.endOf(3)]).toEqual([1, 2, 1, 2]);
  });

  test('a replaced range takes the place of its last character, an empty one that of the character before', () => {
    expect(alignedText('ab😀c').replace([1, 4], '-').startOf(1)).toBe(2);
    const inserted = alignedText('ab').replace([0, 0, 1, 1], '-');
    expect(inserted.text).toBe('-a-b');
    expect([inserted.startOf(0), inserted.endOf(1), inserted.startOf(2), inserted.endOf(3)]).toEqual([
      0, 0, 0, 1,
    ]);
  });

  test('a text that only changes its letters keeps all places, before and after its widths change', () => {
    forAll([anyText], (source) => {
      const spelled = alignedText(source).map((codePoint) => (codePoint > 0xffff ? '𝓧' : 'x'));
      const wider = spelled.map((codePoint) =>
        codePoint > 0xffff ? 'yy' : codePoint === 0x78 ? 'Y' : undefined,
      );
      expect(wider.text).toBe([...source].map((character) => (character.length === 2 ? 'yy' : 'Y')).join(''));
      for (let index = 0, at = 0; index < wider.length; at = wider.endOf(++index))
        expect(wider.startOf(index)).toBeLessThanOrEqual(at);
      expectSound(wider);
    });
  });

  test('operations that change nothing give the same value back', () => {
    const text = alignedText('abc');
    expect(text.map(() => undefined)).toBe(text);
    expect(text.filter(() => true)).toBe(text);
    expect(text.replace([], 'x')).toBe(text);
    expect(text.slice(0, 3)).toBe(text);
  });

  test('the empty text stays empty', () => {
    expect(alignedText('').prepend('▁').text).toBe('');
    expect(alignedText('').map(() => 'x').text).toBe('');
  });
});
