// A smoke run of the suite `tokenizers`, without peers.
import { shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { measure } from '../../src/measure.ts';
import { tokenizerCases, tokenizerNames } from '../../src/suites/tokenizers.ts';

// The folder itself: where its part `data` is, without the part.
const folder = shared('data')?.replace(/[/\\]data$/, '') ?? '';

describe.skipIf(folder === '')(`tokenizers${skipReason('data')}`, () => {
  it.each([
    [tokenizerNames.warm('GPT-2'), 1],
    [tokenizerNames.cold('WordPiece 30k'), 1],
    [tokenizerNames.batch, 2],
  ] as const)('%s', { timeout: 60_000 }, async (name, count) => {
    const documents = Array.from({ length: 4000 }, (_, k) => `Document ${k} says something else.`);
    const one = tokenizerCases({ shared: folder, peers: [], documents }).find((each) => each.name === name);
    const conditions = { simd: 'plain', threads: 1 } as const;
    const { failure, contenders } = await measure(
      { ...one!, rounds: 1 },
      { suite: 'smoke', conditions, rounds: 1 },
    );
    expect([failure, contenders.length]).toEqual([undefined, count]);
    expect(contenders.every(({ times }) => times.length === 1)).toBe(true);
  });
});
