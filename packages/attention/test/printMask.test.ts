// Masks for people and for workers: the notes' table, code that makes the mask again, plain data.
import { booleans } from '@heed/tensor';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  and,
  blocks,
  causal,
  documents,
  firstKeys,
  global,
  keepWhere,
  type Mask,
  maskCode,
  maskFromJson,
  maskToJson,
  not,
  or,
  padding,
  printMask,
  toTensor,
  where,
  window,
} from '../src/index.ts';
import { maskExpression } from './masks.ts';

describe('printMask', () => {
  it('prints the causal mask as the notes do, True where it hides, under the name hidden', () => {
    expect(printMask(causal(), { queries: 5, keys: 5, show: 'hidden' })).toBe(
      [
        'hidden([[False,  True,  True,  True,  True],',
        '        [False, False,  True,  True,  True],',
        '        [False, False, False,  True,  True],',
        '        [False, False, False, False,  True],',
        '        [False, False, False, False, False]])',
      ].join('\n'),
    );
  });
  it('prints True where it keeps under the name kept, in the batch and head asked for', () => {
    const mask = and(
      padding([3, 1]),
      where(({ head, key }) => head === 0 || key === 0),
    );
    const size = { queries: 1, keys: 3, show: 'kept', batches: 2, heads: 2 } as const;
    expect(printMask(mask, size)).toBe('kept([[ True,  True,  True]])');
    expect(printMask(mask, { ...size, batch: 1 })).toBe('kept([[ True, False, False]])');
    expect(printMask(mask, { ...size, head: 1 })).toBe('kept([[ True, False, False]])');
  });
});

describe('maskCode', () => {
  it('says what a mask is', () => {
    expect(maskCode(or(and(causal(), padding([3, 5])), not(global([0]))))).toBe(
      'or(and(causal(), padding([3, 5])), not(global([0])))',
    );
    expect(maskCode(documents([0, 0, 1]))).toBe('documents([0, 0, 1])');
    expect(maskCode(keepWhere(booleans([[1, 0]])))).toBe('keepWhere(bool[1, 2])');
    expect(maskCode(where(() => true))).toBe('where(…)');
  });
  it('is code that makes the same mask', () => {
    forAll([maskExpression({ batch: 2, heads: 1, queries: 4, keys: 5 })], (mask) => {
      const code = maskCode(mask);
      if (code.includes('keepWhere')) return;
      const names = { and, or, not, causal, window, global, firstKeys, blocks, padding, documents };
      const make = new Function(...Object.keys(names), `return ${code}`) as (...values: unknown[]) => Mask;
      expect(make(...Object.values(names))).toEqual(mask);
    });
  });
});

describe('maskToJson', () => {
  const sizes = { batch: 2, heads: 1, queries: 4, keys: 5 };
  it('crosses JSON and structured clone: what comes back shows the same', () => {
    forAll([maskExpression(sizes)], (mask) => {
      const data = maskToJson(mask);
      const [byText, byClone] = [JSON.parse(JSON.stringify(data)) as unknown, structuredClone(data)];
      for (const way of [byText, byClone])
        expect([...toTensor(maskFromJson(way), sizes).data]).toEqual([...toTensor(mask, sizes).data]);
    });
  });
  it('refuses a predicate by name', () => {
    expect(() =>
      maskToJson(
        and(
          causal(),
          where(() => true),
        ),
      ),
    ).toThrow(/by `where` holds a function/);
  });
  it('refuses what is no mask, whatever it is, without crashing', () => {
    for (const json of [
      undefined,
      null,
      3,
      'causal',
      [],
      {},
      { kind: 'where' },
      { kind: 'window', left: 'x' },
    ])
      expect(() => maskFromJson(json)).toThrow(/maskFromJson/);
    expect(() => maskFromJson({ kind: 'keep', shape: [1e9, 1e9], bits: '1' })).toThrow(/string of 0 and 1/);
    expect(() => maskFromJson({ kind: 'keep', shape: [-1, -1], bits: '1' })).toThrow(/string of 0 and 1/);
    expect(() => maskFromJson({ kind: 'window', left: -1, right: 0, dilation: 1 })).toThrow(/left -1/);
    let deep: unknown = maskToJson(window({ left: 1, right: 1 }));
    for (let i = 0; i < 100_000; i++) deep = { kind: 'not', part: deep };
    expect(() => maskFromJson(deep)).toThrow(/nested more than 1000 deep/);
    forAll([fc.jsonValue()], (json) => {
      try {
        maskFromJson(json);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    });
  });
});
