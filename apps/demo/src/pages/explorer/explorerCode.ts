// The lines that the explorer shows: what one would write to get its numbers. A test runs them.

/** What the lines are about. */
export interface CodeFacts {
  readonly text: string;
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly key: number;
  /** Whether the model is the reader's own folder. */
  readonly own: boolean;
}

const opening = (own: boolean): string => `import { pipeline } from '@heed/models-bert';
import { ${own ? 'fromFiles' : 'baseUrl'} } from '@heed/tensor/io';

const folder = ${own ? 'fromFiles(input.files)' : "baseUrl(new URL('weights/use-lite/', document.baseURI).href)"};
const extract = await pipeline('feature-extraction', folder);`;

/** How much each token looks at the one before it, in one head. */
export const headCode = ({ text, layer, head, own }: CodeFacts): string => `${opening(own)}

const { tokens, attentions } = extract(${JSON.stringify(text)}, { output: { attentions: true } });
const n = tokens.length;
const map = attentions[${layer}].data.subarray(${head} * n * n, ${head + 1} * n * n); // row = the token that looks
const previous = tokens.slice(1).map((_, i) => map[(i + 1) * n + i]);
previous.reduce((sum, weight) => sum + weight, 0) / previous.length;`;

/** One weight, from q and k on. */
export const neuronCode = ({ text, layer, head, query, key, own }: CodeFacts): string => `${opening(own)}

const { queries, keys } = extract(${JSON.stringify(text)}, { output: { projections: true } });
const [, n, depth] = queries[${layer}].shape; // [heads, tokens, depth]
const row = (x, i) => x.data.subarray((${head} * n + i) * depth, (${head} * n + i + 1) * depth);
const q = row(queries[${layer}], ${query});
const dot = (k) => k.reduce((sum, value, e) => sum + q[e] * value, 0);
const scores = Array.from({ length: n }, (_, j) => dot(row(keys[${layer}], j)) / Math.sqrt(depth));
const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
Math.exp(scores[${key}]) / sum;`;
