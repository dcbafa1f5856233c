// What of a request happens between the engine's products: the bound of the scores, the bias, dropout of the weights.

import { type ScoreTerms, Tensor } from '@heed/tensor';
import { type Bias, biasTensor, extentsOf } from './bias.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';

/** A bias as the engine reads it: numbers from a batch, a head and a query to the next, 0 where all are alike. */
const biasTerm = (bias: Bias): ScoreTerms['bias'] => {
  const tensor = biasTensor(bias);
  const [batches, heads, rows, columns] =
    bias instanceof Tensor
      ? ([...new Array<number>(4 - bias.rank).fill(1), ...bias.shape] as [number, number, number, number])
      : extentsOf(bias.table);
  return {
    array: tensor.data,
    sequence: batches === 1 ? 0 : heads * rows * columns,
    head: heads === 1 ? 0 : rows * columns,
    row: rows === 1 ? 0 : columns,
    columns,
    first: bias instanceof Tensor ? 0 : bias.first,
    byDistance: !(bias instanceof Tensor),
  };
};

/** The terms of a request; undefined where it has none. */
export const scoreTerms = (request: AttentionRequest): ScoreTerms | undefined => {
  const { softcap, bias, dropout } = request;
  if (softcap === undefined && bias === undefined && dropout === undefined) return undefined;
  const { heads, queries, keys } = sizesOf(request);
  const [low, high] = dropout?.source.state() ?? [0, 0];
  return {
    softcap,
    bias: bias && biasTerm(bias),
    dropout: dropout && {
      ...{ key: [low, high], rate: dropout.rate, position: 0 },
      ...{ sequence: heads * queries * keys, head: queries * keys, row: keys },
    },
  };
};
