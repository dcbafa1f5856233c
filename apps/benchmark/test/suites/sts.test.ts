import { describe, expect, it } from 'vitest';
import { readPairs } from '../../src/suites/sts.ts';

describe('readPairs', () => {
  it('reads score and two sentences, whatever follows, with either end of line', () => {
    expect(readPairs('2.5\ta b\tc\tnews\r\n0\td\te\n')).toEqual([
      { score: 2.5, sentences: ['a b', 'c'] },
      { score: 0, sentences: ['d', 'e'] },
    ]);
  });
  it.each(['x\ta\tb', '1\ta', 'a b'])('names the line of what is no pair: %j', (line) => {
    expect(() => readPairs(`1\ta\tb\n${line}`)).toThrow('line 2');
  });
});
