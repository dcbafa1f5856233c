import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixedLengths, padBatches, unpad } from '../src/padding.ts';

const sequences = fc.array(
  fc
    .array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 9 })
    .map((ids) => Int32Array.from(ids)),
  { minLength: 1, maxLength: 20 },
);

describe('padBatches', () => {
  it('and unpad are inverse, in both orders and any size of batch', () => {
    forAll(
      [sequences, fc.integer({ min: 1, max: 6 }), fc.constantFrom('arrival' as const, 'length' as const)],
      (list, size, order) => {
        const batches = padBatches(list, size, order);
        const outputs = batches.map(({ ids }) => Float32Array.from([...ids].flatMap((id) => [id, -id]))); // width 2
        expect([...unpad(list, batches, outputs)]).toEqual(
          list.flatMap((ids) => [...ids].flatMap((id) => [id, -id])),
        );
      },
    );
  });
  it('marks exactly the real tokens', () => {
    const [batch] = padBatches([Int32Array.of(5, 6, 7), Int32Array.of(8)], 8, 'arrival');
    expect(batch).toEqual({
      members: [0, 1],
      length: 3,
      ids: Int32Array.of(5, 6, 7, 8, 0, 0),
      mask: Int32Array.of(1, 1, 1, 1, 0, 0),
    });
  });
  it('by length never pads more than in order of arrival, where all batches are full', () => {
    const padded = (list: readonly Int32Array[], order: 'arrival' | 'length') =>
      padBatches(list, 4, order).reduce((sum, { ids }) => sum + ids.length, 0);
    forAll([sequences], (some) => {
      const list = some.slice(0, some.length - (some.length % 4));
      expect(padded(list, 'length')).toBeLessThanOrEqual(padded(list, 'arrival'));
    });
  });
});

it('the mixed set has the 32 lengths and 2087 tokens of the yardstick', () => {
  const lengths = mixedLengths();
  expect([lengths.length, lengths.reduce((sum, length) => sum + length, 0)]).toEqual([32, 2087]);
  expect(lengths.every((length) => length >= 8 && length <= 128)).toBe(true);
});
