// The code that the page on scaling shows, with the numbers of the present view: plain JavaScript on the packages' public names, which
// test/pages/scalingCode.test.ts runs.

import { type ScalingOptions, scalingQueries } from '../../experiments/scalingOptions.ts';

/** Lines that measure the variance, and the gradient at the scores, of the unscaled way; others by a change named in them. */
export const scalingCode = (
  depth: number,
  { keys, seed }: ScalingOptions,
): string => `import { attentionWeights, unscaled } from '@heed/attention';
import { backward, matmul, mul, normal, random, reshape, softmax, variable, variance } from '@heed/tensor';

const source = random(${seed});
const [x, y] = [normal([${scalingQueries}, 256], source), normal([${keys}, 256], source)];
const weights = () => mul(normal([256, ${depth}], source), 1 / 16); // T5's of queries: 1 / (16 * Math.sqrt(${depth}))
const [query, key] = [matmul(x, weights()), matmul(y, weights())];
const scores = variable(matmul(query, key, { transposeB: true })); // the right way: times 1 / Math.sqrt(${depth})
const spread = variance(scores).item();
const gradient = backward(softmax(scores), normal([${scalingQueries}, ${keys}], random(${seed + 1000}))).get(scores);

// The same weights by the one function; scaledDot() is its default.
const heads = (x) => reshape(x, [1, 1, ...x.shape]);
const looks = attentionWeights(heads(query), heads(key), { scores: unscaled() });`;
