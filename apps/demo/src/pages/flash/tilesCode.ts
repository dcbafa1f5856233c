// The code that the part on tiles shows, with the numbers of the present run in it: plain JavaScript on the packages' public names, which
// test/pages/tilesCode.test.ts runs.

import type { FlashOptions } from '../../experiments/flashOptions.ts';

/** Lines that compute the output of `query`, `key` and `value`, [length, depth] each, tile by tile. */
export const tilesCode = (options: FlashOptions): string => {
  const { length, depth, blockQueries, blockKeys, causal, order, spread } = options;
  const end = (from: string, size: number): string =>
    length % size === 0 ? `${from} + ${size}` : `Math.min(${length}, ${from} + ${size})`;
  const loops = {
    keys: `for (let j = 0; j < ${length}; j += ${blockKeys})`,
    queries: `for (let i = 0; i < ${length}; i += ${blockQueries})`,
  };
  const [outer, inner] = order === 'keys' ? [loops.keys, loops.queries] : [loops.queries, loops.keys];
  const hides = causal
    ? `    const seen = reshape(toTensor(causal(), sizes, { queries: rows, keys }), scores.shape);
    scores = maskedFill(scores, logicalNot(seen), -Infinity);
`
    : '';
  const skips = causal
    ? `    const place = { batch: 0, queryStart: rows[0], queryEnd: rows[1], keyStart: keys[0], keyEnd: keys[1] };
    if (tile(causal(), place, sizes) === 0) continue; // an empty tile costs nothing
`
    : '';
  const masks = ['causal', 'finishSoftmax', 'mergeSoftmax', 'softmaxBlock', 'tile', 'toTensor'];
  const operations = ['concat', 'logicalNot', 'maskedFill', 'matmul', 'mul', 'reshape', 'slice'];
  const body = `${causal ? `const sizes = { batch: 1, heads: 1, queries: ${length}, keys: ${length} };\n` : ''}const states = [];
${outer}
  ${inner} {
    const [rows, keys] = [[i, ${end('i', blockQueries)}], [j, ${end('j', blockKeys)}]];
${skips}    ${causal ? 'let' : 'const'} scores = mul(matmul(slice(query, 0, ...rows), slice(key, 0, ...keys), { transposeB: true }), ${spread} / Math.sqrt(${depth}));
${hides}    const block = softmaxBlock(scores, (weights) => matmul(weights, slice(value, 0, ...keys)));
    const n = i / ${blockQueries};
    states[n] = states[n] === undefined ? block : mergeSoftmax(states[n], block);
  }
const output = concat(states.map(finishSoftmax), 0);`;
  const used = (names: readonly string[]): string =>
    names.filter((name) => new RegExp(`\\b${name}\\b`).test(body)).join(', ');
  return `import { ${used(masks)} } from '@heed/attention';
import { ${used(operations)} } from '@heed/tensor';

${body}`;
};
