// A smoke run of our own engines, and of the yardstick where it is there: tiny sizes, no peers.

import path from 'node:path';
import { shared } from '@heed/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { minilmShape, randomEncoder } from '../../src/encoderModel.ts';
import { type Engines, ours, startEngines, yardstickName } from '../../src/engines.ts';
import { measure } from '../../src/measure.ts';
import { attentionCases } from '../../src/suites/attention.ts';
import { attentionFormCases, forms } from '../../src/suites/attentionForms.ts';
import { encoderCases } from '../../src/suites/encoder.ts';
import { int8Cases, oursFloat } from '../../src/suites/int8.ts';
import { layerCases } from '../../src/suites/layers.ts';
import { matmulCases } from '../../src/suites/matmul.ts';
import { trainingCases } from '../../src/suites/training.ts';

const conditions = { simd: 'plain', threads: 1 } as const;
const options = { suite: 'smoke', conditions, rounds: 1 } as const;
let engines: Engines;

beforeAll(async () => {
  engines = await startEngines({
    conditions,
    peers: [],
    yardstick: shared('yardstick') ?? path.resolve('nowhere'),
  });
});

/** Ours always; the yardstick where its folder is. */
const expected = (): string[] => (engines.yardstick === undefined ? [ours] : [ours, yardstickName]);

describe('our engine computes and is timed', () => {
  it('a product', async () => {
    const [one] = matmulCases(engines, [{ m: 12, n: 24, k: 16 }]);
    const { failure, contenders } = await measure(one!, options);
    expect([failure, contenders.map(({ name }) => name)]).toEqual([undefined, expected()]);
    expect(contenders.every(({ times }) => times.length === 1 && times[0]! > 0)).toBe(true);
  });
  it('a batch of products', async () => {
    const [one] = matmulCases(engines, [{ m: 8, n: 8, k: 4, batches: 3, free: true }]);
    expect(await measure(one!, options)).toMatchObject({ failure: undefined, contenders: [{ name: ours }] });
  });
  it('a linear layer with 8-bit weights', async () => {
    const [one] = int8Cases(engines, [{ rows: 5, inputs: 40, outputs: 24 }]);
    expect(await measure(one!, options)).toMatchObject({
      failure: undefined,
      contenders: [{ name: ours }, { name: oursFloat }],
    });
  });
  it('a training step, twice from the same weights with the same losses', async () => {
    const sizes = { layers: 1, width: 8, heads: 2, innerWidth: 16, batch: 2, length: 5, classes: 3 };
    const [one] = trainingCases({ ...engines, own: [...engines.own, ...engines.own] }, [sizes]);
    const { failure, contenders } = await measure(one!, options);
    expect([failure, contenders.map(({ error }) => error)]).toEqual([undefined, [0, 0]]);
  });
  it('layers, which agree with plain TypeScript, beside a copy', async () => {
    for (const one of layerCases(engines, 3000)) {
      const { failure, contenders } = await measure(one, options);
      expect([one.name, failure]).toEqual([one.name, undefined]);
      expect(contenders.map(({ name }) => name)).toEqual([ours, 'plain TypeScript', 'copy']);
    }
  });
  it.each([false, true])('attention, causal: %s', async (causal) => {
    const [one] = attentionCases(engines, [{ heads: 2, length: 40, depth: 16, causal }]);
    const { failure, contenders } = await measure(one!, options);
    expect([failure, contenders.map(({ name }) => name)]).toEqual([undefined, causal ? [ours] : expected()]);
  });
  it('attention in other forms, which agree where they see the same', async () => {
    const short = [48];
    const lengths = {
      dense: short,
      causal: short,
      window: [600],
      heads: short,
      backward: short,
      long: short,
      cache: short,
    };
    const found = [];
    for (const one of attentionFormCases(engines, lengths)) {
      const { name, failure, contenders } = await measure(one, options);
      expect([name, failure]).toEqual([name, undefined]);
      found.push(contenders.map((contender) => contender.name));
    }
    const beside = [forms.dense, forms.all, forms.half, forms.heads, forms.forward];
    expect(found).toEqual([...beside.map((other) => [ours, other]), [ours], [ours]]);
  });
  it('an encoder over mixed lengths', async () => {
    const model = randomEncoder({
      ...minilmShape,
      vocabulary: 50,
      width: 48,
      heads: 3,
      layers: 2,
      innerWidth: 96,
      positions: 16,
    });
    const [one] = await encoderCases(engines, model, [{ name: 'tiny', lengths: [3, 11, 16, 7] }]);
    const { failure, contenders } = await measure(one!, options);
    expect([failure, contenders.map(({ name }) => name)]).toEqual([undefined, expected()]);
  });
});

it('says who is missing and why', async () => {
  const { yardstick, absences } = await startEngines({
    conditions,
    peers: [],
    yardstick: path.resolve('nowhere'),
  });
  expect([yardstick, absences]).toEqual([
    undefined,
    [{ name: 'yardstick', reason: 'its folder is not there; give it by --yardstick DIR' }],
  ]);
});
