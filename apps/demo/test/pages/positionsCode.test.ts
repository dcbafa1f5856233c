// The code that the Positions page shows is run as it stands: which encodings notice a move, and which pairs of RoPE meet new angles.

import * as attention from '@heed/attention';
import * as tensor from '@heed/tensor';
import * as nn from '@heed/tensor/nn';
import { describe, expect, it } from 'vitest';
import { encodings, layouts } from '../../src/experiments/positionOptions.ts';
import { type StretchOptions, stretched } from '../../src/experiments/ropeStretch.ts';
import { placeCode, stretchCode } from '../../src/pages/positions/positionsCode.ts';
import { runCode } from '../runCode.ts';

const world = { modules: { '@heed/attention': attention, '@heed/tensor': tensor, '@heed/tensor/nn': nn } };

describe('the code of encodings', () => {
  it.each(encodings)('of %s tells whether the weights notice the move', async (encoding) => {
    for (const layout of layouts)
      for (const shift of [0, 5]) {
        const code = placeCode({ text: 'she sat on the bank', encoding, layout, shift });
        const change = await runCode(`${code}\nchange`, world);
        if (shift > 0 && (encoding === 'sinusoidal' || encoding === 'learned'))
          expect(change).toBeGreaterThan(0.01);
        else expect(change).toBeLessThan(1e-4);
      }
  });
});

describe('the code of scalings', () => {
  const cases: readonly StretchOptions[] = [
    { depth: 64, trained: 2048, factor: 4, used: 4 },
    { depth: 128, trained: 4096, factor: 8, used: 0.5 },
    { depth: 32, trained: 256, factor: 2, used: 16 },
  ];
  it.each(cases)('with %o counts the pairs of the page', async (options) => {
    const unseen = await runCode(`${stretchCode(options)}\nunseen`, world);
    expect(unseen).toEqual(stretched(options).map((line) => line.unseen));
  });
});
