import { tensor } from '@heed/tensor';
import { describe, expect, it } from 'vitest';
import {
  attention,
  blocks,
  causal,
  documents,
  firstKeys,
  global,
  hideWhere,
  keepWhere,
  type Mask,
  padding,
  toTensor,
  where,
  window,
} from '../src/index.ts';

describe('masks', () => {
  it('causal is aligned at the lower right, with fewer queries than keys and with more', () => {
    const print = (queries: number, keys: number) =>
      toTensor(causal(), { batch: 1, heads: 1, queries, keys }).toArray();
    expect(print(2, 5)).toEqual([
      [
        [
          [1, 1, 1, 1, 0],
          [1, 1, 1, 1, 1],
        ],
      ],
    ]);
    expect(print(5, 2)).toEqual([
      [
        [
          [0, 0],
          [0, 0],
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
    ]);
  });
  it('window includes both of its ends', () => {
    const print = toTensor(window({ left: 1, right: 1 }), {
      batch: 1,
      heads: 1,
      queries: 4,
      keys: 4,
    }).toArray();
    expect(print).toEqual([
      [
        [
          [1, 1, 0, 0],
          [1, 1, 1, 0],
          [0, 1, 1, 1],
          [0, 0, 1, 1],
        ],
      ],
    ]);
  });
  it('hideWhere hides what keepWhere keeps', () => {
    const bits = tensor(Uint8Array.of(1, 0, 0, 1), [2, 2]);
    const two = { batch: 1, heads: 1, queries: 2, keys: 2 };
    expect(toTensor(keepWhere(bits), two).toArray()).toEqual([
      [
        [
          [1, 0],
          [0, 1],
        ],
      ],
    ]);
    expect(toTensor(hideWhere(bits), two).toArray()).toEqual([
      [
        [
          [0, 1],
          [1, 0],
        ],
      ],
    ]);
  });
  it('masks that do not fit are refused by name', () => {
    const x = tensor(new Float32Array(2 * 1 * 3 * 4), [2, 1, 3, 4]);
    const call = (mask: Mask) => () => attention(x, x, x, { mask });
    expect(call(padding([3]))).toThrow(/padding: lengths \[3\] for 2 batches/);
    expect(call(padding([3, 9]))).toThrow(/at most 3/);
    expect(call(documents([0, 1]))).toThrow(/documents: 2 query ids/);
    expect(call(keepWhere(tensor(new Uint8Array(4), [4])))).toThrow(/does not broadcast/);
    expect(call(global([[0], [1], [2]]))).toThrow(/global: positions of 3 batches for 2/);
    expect(call(blocks({ size: 2, table: [[1, 0]] }))).toThrow(/1 × 2 blocks of 2 .* expected 2 × 2/);
    expect(() => window({ left: -1, right: 0 })).toThrow(/window: left -1/);
    expect(() => window({ left: 1, right: 0, dilation: 0 })).toThrow(/dilation 0/);
    expect(() => global([-1])).toThrow(/global: position -1/);
    expect(() => firstKeys(0.5)).toThrow(/firstKeys: 0.5/);
    expect(() => blocks({ size: 1, table: [[1], [1, 0]] })).toThrow(/different lengths/);
    expect(call(where(() => true))).not.toThrow();
  });
});
