// The code that the Heads page shows, with the numbers of the present view: plain JavaScript on the packages' public names, which
// test/pages/headsCode.test.ts runs.

import type { Pooling } from '../../experiments/headConversionWays.ts';
import type { HeadsOptions } from '../../experiments/headCounts.ts';

/** Lines that make one layer's cache of a few tokens, read its bytes, and time a step. */
export const sizesCode = ({
  heads,
  kvHeads,
  width,
  layers,
  context,
  bytes,
}: HeadsOptions): string => `import { a100, KVCache, traffic } from '@heed/attention';
import { normal, random } from '@heed/tensor';

const source = random(1);
const token = () => normal([1, ${kvHeads}, 1, ${width / heads}], source);
const cache = new KVCache();
for (let position = 0; position < 64; position++) cache.append(token(), token());
const begin = performance.now();
cache.append(token(), token());
cache.attend(normal([1, ${heads}, 1, ${width / heads}], source));
const milliseconds = performance.now() - begin;

// float32 here; ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} a number, ${layers} ${layers === 1 ? 'layer' : 'layers'} and ${context} tokens:
const cacheBytes = (cache.bytes / cache.length) * ${context} * ${layers} * (${bytes} / 4);
const problem = { batch: 1, heads: ${heads}, kvHeads: ${kvHeads}, queries: 1, keys: ${context}, depth: ${width / heads}, bytesPerElement: ${bytes} };
const tokenBytes = ${layers} * traffic(problem, a100).flash.forward.mainBytes;`;

/** Lines that convert all layers of the loaded model's checkpoint. */
export const conversionCode = ({
  heads,
  kvHeads,
  by,
  own,
}: {
  readonly heads: number;
  readonly kvHeads: number;
  readonly by: Pooling;
  /** Whether the model is the reader's own folder. */
  readonly own: boolean;
}): string => `import { groupKeyHeads } from '@heed/attention';
import { pipeline } from '@heed/models-bert';
import { random } from '@heed/tensor';
import { baseUrl } from '@heed/tensor/io';
import { parameters } from '@heed/tensor/nn';

// ${own ? 'Your folder, served beside the page.' : 'The files of this page’s own model.'}
const { model } = await pipeline('feature-extraction', baseUrl(new URL('${own ? 'model/' : 'weights/use-lite/'}', document.baseURI).href));
const checkpoint = parameters(model.module);
const grouped = groupKeyHeads(checkpoint, { heads: ${heads}, to: ${kvHeads}, by: '${by}', random: random(1) });
const sizes = [checkpoint, grouped].map((one) => [...one.values()].reduce((sum, { size }) => sum + size, 0));`;
