import { maskCode, maskFromJson, maskToJson, toTensor } from '@heed/attention';
import { random } from '@heed/tensor';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskOf, partNames, parts } from '../../src/experiments/maskParts.ts';
import { formatMask, MaskTextError, mostParts, parseMask } from '../../src/experiments/maskSpec.ts';
import { randomMask } from '../../src/experiments/randomMask.ts';

const sizes = (length: number) => ({ batch: 1, heads: 1, queries: length, keys: length });
const problemOf = (text: string): string => {
  try {
    parseMask(text);
    return 'none';
  } catch (error) {
    return error instanceof MaskTextError ? error.problem : String(error);
  }
};

describe('compositions of masks', () => {
  it('are read as they are written, whatever a seed draws', () => {
    forAll([fc.nat(10_000), fc.integer({ min: 1, max: 64 })], (seed, length) => {
      const spec = randomMask(random(seed), length);
      expect(parseMask(formatMask(spec))).toEqual(spec);
    });
  });
  it('become masks of the library that JSON carries and that mean the same there', () => {
    forAll([fc.nat(10_000), fc.integer({ min: 1, max: 40 })], (seed, length) => {
      const mask = maskOf(randomMask(random(seed), length), { length });
      const copy = maskFromJson(JSON.parse(JSON.stringify(maskToJson(mask))));
      expect([...toTensor(copy, sizes(length)).data]).toEqual([...toTensor(mask, sizes(length)).data]);
      expect(maskCode(mask)).not.toContain('…');
    });
  });
  it('every part has first numbers that it takes', () => {
    for (const name of partNames) {
      const { parameters } = parts[name];
      const spec = parseMask(name);
      expect(spec).toEqual({ kind: name, values: parameters.map(({ first }) => first) });
      expect(toTensor(maskOf(spec, { length: 32 }), sizes(32)).size).toBe(1024);
    }
  });
  it('enlarged they see about the same share', () => {
    for (const text of [
      'causal',
      'padding(20)',
      'window(8, 4, 1)',
      'global(0, 7)',
      'blocks(8, 1, 0)',
      'documents(12, 9)',
      'prefix(6)',
      'longformer(8, 0)',
      'bigBird(4, 3, 1, 2, 1)',
      'streaming(12, 4)',
      'and(causal, not(firstKeys(5)))',
    ]) {
      const share = (factor: number): number => {
        const length = 32 * factor;
        const { data } = toTensor(maskOf(parseMask(text), { length, factor }), sizes(length));
        return data.reduce((a, b) => a + b, 0) / length ** 2;
      };
      expect(Math.abs(share(8) - share(1)), text).toBeLessThan(0.035);
    }
  });
  it('an odd or missing thing is told by its kind, and nothing hangs', () => {
    expect(problemOf('caus')).toBe('unknown');
    expect(problemOf('')).toBe('unknown');
    expect(problemOf('and(causal')).toBe('expected');
    expect(problemOf('and(causal))')).toBe('expected');
    expect(problemOf('window(1 2)')).toBe('expected');
    expect(problemOf('window(-1)')).toBe('expected');
    expect(problemOf('window(9999)')).toBe('value');
    expect(problemOf('longformer(7)')).toBe('value');
    expect(problemOf('window(1, 2, 3, 4)')).toBe('count');
    expect(problemOf('not(causal, causal)')).toBe('count');
    expect(problemOf('not('.repeat(mostParts + 1))).toBe('size');
    expect(problemOf(`or(${'causal,'.repeat(mostParts)}causal)`)).toBe('size');
  });
});
