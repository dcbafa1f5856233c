import { describe, expect, it } from 'vitest';
import { agree } from '../src/agree.ts';

class Named {
  toString(): string {
    return 'float32[2, 3]';
  }
}

describe('agree', () => {
  it.each<[unknown, string]>([
    [0.87654, '0.877'],
    [3, '3'],
    [-1e-7, '-1e-7'],
    [new Float32Array([1, 2.5]), '[1, 2.5]'],
    [new Float32Array([1, 2.5]), 'Float32Array(2) [1, 2.5]'],
    [{ ids: new Int32Array([1]), text: 'a b' }, "{ ids: [1], text: 'a b' }"],
    [[1, 2, 3, 4], '[1, 2, …]'],
    [new Named(), 'float32[2, 3]'],
    ['ab', "'ab'"],
    [undefined, 'undefined'],
    [[['a', 0.5]], "[['a', 0.50]]"],
  ])('%o may be written %s', (value, promised) => {
    agree(value, promised, 1);
  });
  it.each<[unknown, string]>([
    [0.8779, '0.877'],
    [3.2, '3'],
    [new Float32Array([1, 2.5]), '[1, 2.6]'],
    [[1, 2, 3], '[1, 2]'],
    [[1, 2], '[1, 2, 3]'],
    [{ a: 1 }, '{ b: 1 }'],
    ['ab', "'abc'"],
    [Number.NaN, '0'],
    [1, ''],
  ])('%o is not %s', (value, promised) => {
    expect(() => agree(value, promised, 7)).toThrow('line 7');
  });
});
