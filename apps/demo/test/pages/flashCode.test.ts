// The code that the Flash page shows is run as it stands, and must give what the page shows.
import * as attention from '@heed/attention';
import * as tensor from '@heed/tensor';
import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  type BytesOptions,
  bothPasses,
  bytesOf,
  machines,
  maskUses,
  paperProblem,
} from '../../src/experiments/attentionBytes.ts';
import { type FlashOptions, standardFlash } from '../../src/experiments/flashOptions.ts';
import { flashTiles } from '../../src/experiments/flashTiles.ts';
import { bytesCode } from '../../src/pages/flash/bytesCode.ts';
import { bytePasses, bytesFormulas } from '../../src/pages/flash/bytesFormulas.ts';
import { tilesCode } from '../../src/pages/flash/tilesCode.ts';
import { runCode } from '../runCode.ts';

const modules = { '@heed/attention': attention, '@heed/tensor': tensor };

describe('the code of the tiles', () => {
  const cases: readonly Partial<FlashOptions>[] = [
    {},
    { order: 'queries', causal: true },
    { length: 24, blockQueries: 16, blockKeys: 5, causal: true },
    { spread: 10, depth: 8, blockKeys: 2 },
  ];
  it.each(cases)('with %o computes the output of the run', async (changes) => {
    const options = { ...standardFlash, ...changes };
    const { query, key, value, steps } = flashTiles(options);
    const shape = [options.length, options.depth];
    const of = (data: Float32Array) => tensor.reshape(tensor.tensor(Array.from(data)), shape);
    const inputs = { query: of(query), key: of(key), value: of(value) };
    const output = await runCode(`${tilesCode(options)}\noutput`, { modules, globals: inputs });
    expectClose(output as tensor.Tensor, { shape, data: steps.at(-1)?.output ?? [] }, { absolute: 1e-6 });
  });
});

describe('the code of the bytes', () => {
  it.each(maskUses)('the formula of standard attention gives what is counted, mask: %s', (mask) => {
    for (const machine of Object.keys(machines) as BytesOptions['machine'][])
      for (const dropout of [false, true]) {
        const options = { ...paperProblem, mask, machine, dropout };
        const { scorePasses, scoreBytes, operandPasses, operandBytes } = bytePasses(options);
        const counted = bothPasses(bytesOf(options).standard).mainBytes;
        expect(scorePasses * scoreBytes + operandPasses * operandBytes).toBe(counted);
        expect(bytesFormulas(options).join()).toContain(`${scorePasses} \\, S + 12`);
      }
  });

  const cases: readonly Partial<BytesOptions>[] = [
    {},
    { mask: 'causal', dropout: false, blockKeys: 128 },
    ...(Object.keys(machines) as BytesOptions['machine'][]).map((machine) => ({ machine })),
  ];
  it.each(cases)('with %o counts the bytes of the page', async (changes) => {
    const options = { ...paperProblem, ...changes };
    const bytes = await runCode(`${bytesCode(options)}\nbytes`, { modules });
    const { standard, flash } = bytesOf(options);
    for (const [index, algorithm] of [standard, flash].entries())
      expect((bytes as number[])[index]).toBeCloseTo(bothPasses(algorithm).mainBytes, -8); // the share is written with 4 digits
  });
});
