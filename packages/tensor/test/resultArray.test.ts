// Arrays for results: new ones are zeros, copies are whole and lie in memory of their own, small and large.
import { noise } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import { resultArray, resultCopy } from '../src/resultArray.ts';

const lengths = [0, 1, 2 ** 16 - 1, 2 ** 16, 2 ** 16 + 1, 2 ** 20];

describe('arrays for results', () => {
  test('are zeros, also where memory was used before', () => {
    for (const length of [...lengths, ...lengths]) {
      const array = resultArray(length);
      expect([array.length, array.every((x) => x === 0)]).toEqual([length, true]);
      array.fill(7);
    }
  });

  test('copies hold the same bits, in a buffer that is theirs alone', () => {
    for (const length of lengths) {
      const shared = new Float32Array(new SharedArrayBuffer(4 * length + 8), 4, length);
      shared.set(noise([length], length + 1).data);
      const copy = resultCopy(shared);
      expect(Buffer.compare(Buffer.from(copy.buffer), Buffer.from(shared.slice().buffer))).toBe(0);
      expect([copy.byteOffset, copy.buffer instanceof ArrayBuffer]).toEqual([0, true]);
      shared.fill(Number.NaN);
      expect(copy.some(Number.isNaN)).toBe(false);
    }
  });
});
