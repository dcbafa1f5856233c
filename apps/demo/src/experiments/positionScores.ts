// One attention layer over the words of a sentence, its weights drawn by a seed, with each encoding of positions in turn: scores where the sentence
// stands, and outputs. Moving the sentence is real: other words are put before it, and its block of the scores is cut out.

import {
  alibi,
  alibiSlopes,
  attention,
  type Bias,
  type ByDistance,
  relativeShift,
  rope,
  shawBias,
  sinusoidal,
  t5Bias,
  transformerXlBias,
  withContentBias,
} from '@heed/attention';
import {
  add,
  concat,
  expand,
  matmul,
  mul,
  normal,
  random,
  reshape,
  slice,
  type Tensor,
  transpose,
} from '@heed/tensor';
import { type Encoding, type Layout, positionSizes, shawReach, t5Buckets } from './positionOptions.ts';
import { trainedPositions } from './trainedPositions.ts';

const { width, heads, depth } = positionSizes;

/** The word that stands before a sentence that is moved. */
export const filler = '·';

/** Seed of a word's vector: by its letters, so that the same word has the same vector everywhere. */
const seedOf = (word: string): number =>
  [...word].reduce((seed, letter) => (31 * seed + (letter.codePointAt(0) ?? 0)) % 2 ** 32, 7);

/** [words, width], of variance 1. */
export const wordVectors = (words: readonly string[]): Tensor =>
  concat(
    words.map((word) => normal([1, width], random(seedOf(word)))),
    0,
  );

/** The weights of the layer; the same for all encodings. */
const drawn = () => {
  const source = random(2017);
  const matrix = (): Tensor => mul(normal([width, width], source), 1 / Math.sqrt(width));
  return {
    ...{ query: matrix(), key: matrix(), value: matrix(), relative: matrix() },
    relativeKeys: normal([2 * shawReach + 1, depth], source),
    buckets: normal([t5Buckets.buckets, heads], source),
    contentBias: mul(normal([heads, depth], source), 0.5),
    positionBias: mul(normal([heads, depth], source), 0.5),
  };
};
let weights: ReturnType<typeof drawn> | undefined;

/** Those weights, drawn when they are first asked for. */
export const layerWeights = (): ReturnType<typeof drawn> => {
  weights ??= drawn();
  return weights;
};

/** [n, width] → [1, heads, n, depth] */
const inHeads = (x: Tensor): Tensor => transpose(reshape(x, [1, x.shape[0] ?? 0, heads, depth]), 1, 2);

/** Transformer-XL's vectors of all distances 1 − n … n − 1: [heads, 2n − 1, depth]. */
export const relativeVectors = (length: number): Tensor => {
  const waves = sinusoidal(2 * length - 1, width, { start: 1 - length });
  return transpose(reshape(matmul(waves, layerWeights().relative), [2 * length - 1, heads, depth]), 0, 1);
};

/** What attention is called with. */
export interface PlacedCall {
  /** [1, heads, n, depth] */
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly bias: ByDistance | undefined;
}

/** Queries, keys, values and bias of words that stand at places 0, 1, … */
export const placed = (words: readonly string[], encoding: Encoding, layout: Layout): PlacedCall => {
  const length = words.length;
  const own = layerWeights();
  const vectors = wordVectors(words);
  const table =
    encoding === 'sinusoidal'
      ? sinusoidal(length, width, { order: layout })
      : encoding === 'learned'
        ? slice(trainedPositions(), 0, 0, length)
        : undefined;
  const x = table === undefined ? vectors : add(vectors, table);
  const [query, key, value] = [own.query, own.key, own.value].map((matrix) => inHeads(matmul(x, matrix))) as [
    Tensor,
    Tensor,
    Tensor,
  ]; // three
  const plain = { query, key, value, bias: undefined };
  const sizes = { queries: length, keys: length };
  switch (encoding) {
    case 'none':
    case 'sinusoidal':
    case 'learned':
      return plain;
    case 'rope':
      return { ...plain, query: rope(query, { pairs: layout }), key: rope(key, { pairs: layout }) };
    case 'alibi':
      return { ...plain, bias: alibi(alibiSlopes(heads), sizes) };
    case 't5':
      return { ...plain, bias: t5Bias(own.buckets, { ...sizes, maxDistance: t5Buckets.maxDistance }) };
    case 'shaw':
      return { ...plain, bias: shawBias(query, own.relativeKeys) };
    case 'transformerXl':
      return {
        ...plain,
        query: withContentBias(query, own.contentBias),
        bias: transformerXlBias(query, {
          relative: relativeVectors(length),
          positionBias: own.positionBias,
          keys: length,
        }),
      };
    default:
      return encoding satisfies never;
  }
};

/** A bias by distance as numbers [1, heads, n, n]. */
const biasMatrix = ({ table, first }: ByDistance, length: number): Tensor => {
  const rows = table.rank === 4 ? table : reshape(table, [1, heads, 1, table.shape.at(-1) ?? 0]);
  const full = expand(rows, [1, heads, length, rows.shape.at(-1) ?? 0]);
  return relativeShift(full, { keys: length, first });
};

/** Scores before softmax of all words: [heads, n, n]. */
const scoresOf = ({ query, key, bias }: PlacedCall): Tensor => {
  const length = query.shape[2] ?? 0;
  const products = mul(matmul(query, key, { transposeB: true }), 1 / Math.sqrt(depth));
  const scores = bias === undefined ? products : add(products, biasMatrix(bias, length));
  return reshape(scores, [heads, length, length]);
};

/** Scores [heads, n, n] of the words of a sentence that begins at place `start`. */
export const positionScores = (
  words: readonly string[],
  {
    encoding,
    layout,
    start,
  }: { readonly encoding: Encoding; readonly layout: Layout; readonly start: number },
): Tensor => {
  const all = [...Array.from({ length: start }, () => filler), ...words];
  const scores = scoresOf(placed(all, encoding, layout));
  return slice(slice(scores, 1, start), 2, start);
};

/** What the layer gives for each word of a sentence: [n, width]. */
export const positionOutput = (
  words: readonly string[],
  { encoding, layout }: { readonly encoding: Encoding; readonly layout: Layout },
): Tensor => {
  const { query, key, value, bias } = placed(words, encoding, layout);
  const options: { readonly bias?: Bias } = bias === undefined ? {} : { bias };
  return reshape(transpose(attention(query, key, value, options), 1, 2), [words.length, width]);
};
