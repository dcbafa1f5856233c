// What of a request happens between the engine's products: the bound of the scores, the bias, dropout of the weights.

import { type ScoreTerms, Tensor } from '@heed/tensor';
import { type Bias, biasTensor, extentsOf } from './bias.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';

type BiasTerm = NonNullable<ScoreTerms['bias']>;

/** A bias as the engine reads it: numbers from a batch, a head and a query to the next, 0 where all are alike. */
const biasTerm = (bias: Bias): BiasTerm => {
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

/** A bias of rows from `start` on, of which a call has `rows`, where `queries` have one. */
const biasOfRows = (
  bias: BiasTerm,
  { start, rows, queries }: Record<'start' | 'rows' | 'queries', number>,
): BiasTerm => ({
  ...bias,
  array: bias.array.subarray(start * bias.row),
  // By distance a call takes its last row to stand at the last key.
  first: bias.first + (bias.byDistance ? start + rows - queries : 0),
});

/** The terms of query rows [start, end) of a request, by default of all; undefined where it has none. */
export const scoreTerms = (
  request: AttentionRequest,
  of?: readonly [start: number, end: number],
): ScoreTerms | undefined => {
  const { softcap, bias, dropout } = request;
  if (softcap === undefined && bias === undefined && dropout === undefined) return undefined;
  const { heads, queries, keys } = sizesOf(request);
  const [start, end] = of ?? [0, queries];
  const [low, high] = dropout?.source.state() ?? [0, 0];
  return {
    softcap,
    bias: bias && biasOfRows(biasTerm(bias), { start, rows: end - start, queries }),
    dropout: dropout && {
      ...{ key: [low, high], rate: dropout.rate, position: start * keys },
      ...{ sequence: heads * queries * keys, head: queries * keys, row: keys },
    },
  };
};
