// The code that the page shows is run as it stands, and must give what the page shows.
import * as attention from '@heed/attention';
import * as tensor from '@heed/tensor';
import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { type FlashOptions, standardFlash } from '../../src/experiments/flashOptions.ts';
import { flashTiles } from '../../src/experiments/flashTiles.ts';
import { tilesCode } from '../../src/pages/flash/tilesCode.ts';

/** Runs the code: its imports become parameters. */
const outputOf = (options: FlashOptions, inputs: Record<string, tensor.Tensor>): tensor.Tensor => {
  const code = tilesCode(options);
  const libraries: Record<string, unknown> = { ...attention, ...tensor };
  const names = [...code.matchAll(/^import \{ (.*) \} from '@heed\/\w+';$/gm)].flatMap(([, list]) =>
    (list ?? '').split(', '),
  );
  for (const name of names) expect(libraries[name], name).toBeTypeOf('function');
  const body = `${code.replace(/^import .*$/gm, '')}\nreturn output;`;
  const run = new Function(...names, ...Object.keys(inputs), body);
  return run(...names.map((name) => libraries[name]), ...Object.values(inputs));
};

describe('the code of the tiles', () => {
  const cases: readonly Partial<FlashOptions>[] = [
    {},
    { order: 'queries', causal: true },
    { length: 24, blockQueries: 16, blockKeys: 5, causal: true },
    { spread: 10, depth: 8, blockKeys: 2 },
  ];
  it.each(cases)('with %o computes the output of the run', (changes) => {
    const options = { ...standardFlash, ...changes };
    const { query, key, value, steps } = flashTiles(options);
    const shape = [options.length, options.depth];
    const of = (data: Float32Array) => tensor.reshape(tensor.tensor(Array.from(data)), shape);
    const output = outputOf(options, { query: of(query), key: of(key), value: of(value) });
    expectClose(output, { shape, data: steps.at(-1)?.output ?? [] }, { absolute: 1e-6 });
  });
});
