// Scores of random queries and keys, right after initialization, by depth: their variance, and what softmax makes of them: entropy, largest
// weight, and how much of a gradient gets back through it.

import {
  backward,
  matmul,
  mul,
  normal as normalTensor,
  random,
  slice,
  softmax,
  type Tensor,
  variable,
} from '@heed/tensor';
import { type Initializer, normal, parameter, t5 } from '@heed/tensor/nn';
import {
  type OverQueries,
  type ScalingOptions,
  type ScalingPoint,
  type ScalingView,
  type ScalingWay,
  scalingQueries,
  shownKeys,
} from './scalingOptions.ts';

/** Width of the inputs, which have variance 1, as a norm leaves them. */
const width = 256;

/** Laws of the two projections: q and k have variance 1, but T5's q, whose weights are √d smaller. */
const laws = (way: ScalingWay, depth: number): { readonly query: Initializer; readonly key: Initializer } => {
  const plain = normal(1 / Math.sqrt(width));
  return way === 't5'
    ? t5({ width, headWidth: depth, heads: 1, innerWidth: width })
    : { query: plain, key: plain };
};

/** Inputs and what attention makes of them; the same draws for every way, only their sizes differ. */
interface Drawn {
  /** [queries, width] */
  readonly input: Tensor;
  /** [queries, depth] and [keys, depth]. */
  readonly query: Tensor;
  readonly key: Tensor;
  /** [queries, keys], differentiable by the input. */
  readonly scores: Tensor;
}

/** Draws queries and keys by a way. */
export const drawScores = (way: ScalingWay, depth: number, { keys, seed }: ScalingOptions): Drawn => {
  const source = random(seed);
  const project = (law: Initializer): Tensor => {
    const weight = parameter([width, depth], law);
    weight.draw(source);
    weight.freeze();
    return weight;
  };
  const input = variable(normalTensor([scalingQueries, width], source));
  const other = normalTensor([keys, width], source);
  const { query: queryLaw, key: keyLaw } = laws(way, depth);
  const query = matmul(input, project(queryLaw));
  const key = matmul(other, project(keyLaw));
  const product = matmul(query, key, { transposeB: true });
  return { input, query, key, scores: way === 'scaled' ? mul(product, 1 / Math.sqrt(depth)) : product };
};

const overQueries = (values: readonly number[]): OverQueries => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    median: ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2,
  };
};

const rowsOf = ({ data, shape }: Tensor): Float32Array[] => {
  const columns = shape.at(-1) ?? 1;
  return Array.from({ length: data.length / columns }, (_, row) =>
    data.subarray(row * columns, (row + 1) * columns),
  );
};

const norm = (values: Float32Array): number => Math.hypot(...values);

const entropyBits = (weights: Float32Array): number =>
  weights.reduce((sum, weight) => sum - (weight > 0 ? weight * Math.log2(weight) : 0), 0);

const varianceOf = (values: Float32Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
};

/** Norms of the rows of a gradient over those of what was sent in. */
const arriving = (gradient: Tensor | undefined, sent: Tensor): OverQueries => {
  const norms = rowsOf(sent).map(norm);
  return overQueries(
    gradient === undefined ? [] : rowsOf(gradient).map((row, i) => norm(row) / (norms[i] ?? 1)),
  );
};

/**
 * Measures one way at one depth.
 *
 * @example
 * scalingPoint('unscaled', 64, standardScaling).variance; // about 64
 */
export const scalingPoint = (way: ScalingWay, depth: number, options: ScalingOptions): ScalingPoint => {
  const { input, scores } = drawScores(way, depth, options);
  const leaf = variable(scores); // so that the gradient can be read between softmax and scores
  const weights = softmax(leaf);
  const sent = normalTensor([scalingQueries, options.keys], random(options.seed + 1000));
  const atScores = backward(weights, sent).get(leaf);
  const atInput = atScores && backward(scores, atScores).get(input);
  const rows = rowsOf(weights);
  const reach = 3 * Math.sqrt(depth);
  return {
    ...{ way, depth, variance: varianceOf(scores.data) },
    withinNotesRange: scores.data.filter((score) => Math.abs(score) <= reach).length / scores.size,
    entropy: overQueries(rows.map(entropyBits)).mean,
    largest: overQueries(rows.map((row) => Math.max(...row))).mean,
    atScores: arriving(atScores, sent),
    atInput: arriving(atInput, sent),
  };
};

/** Looks at one way at one depth: all scores, and the weights and the Jacobian of the first query over the first keys. */
export const scalingView = (way: ScalingWay, depth: number, options: ScalingOptions): ScalingView => {
  const { scores } = drawScores(way, depth, { ...options, keys: Math.max(options.keys, shownKeys) });
  const { data } = softmax(slice(slice(scores, 0, 0, 1), 1, 0, shownKeys));
  const jacobian = new Float32Array(shownKeys * shownKeys);
  for (const [i, weight] of data.entries())
    for (const [j, other] of data.entries())
      jacobian[i * shownKeys + j] = Math.abs(weight * ((i === j ? 1 : 0) - other));
  return { ...{ way, depth, jacobian }, scores: scores.data, weights: data };
};
