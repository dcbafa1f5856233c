// scores: scale · q·kᵀ + bias under a mask, for any rectangle of queries and keys; and the factors of dropout for the same places.

import {
  add,
  allocate,
  currentBackend,
  maskedFill,
  matmul,
  mul,
  type Random,
  reshape,
  slice,
  Tensor,
  tanh,
} from '@heed/tensor';
import { biasPart } from './biasParts.ts';
import { hidden } from './hidden.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';

/** Ranges [start, end) of queries and keys. Default: all. */
export interface Part {
  readonly queries: readonly [number, number];
  readonly keys: readonly [number, number];
}

/** A range of an axis of a tensor that may be broadcast along it. */
const cut = (x: Tensor, axisFromEnd: number, [start, end]: readonly [number, number]): Tensor => {
  const axis = x.rank - axisFromEnd;
  return axis < 0 || x.shape[axis] === 1 || (start === 0 && end === x.shape[axis])
    ? x
    : slice(x, axis, start, end);
};

const partOf = ({ query, key }: AttentionRequest, part: Part | undefined): Part =>
  part ?? { queries: [0, query.shape[2] as number], keys: [0, key.shape[2] as number] }; // rank 4

/**
 * q·kᵀ of a part, [batch, heads, queries, keys]. The heads of a group are stacked as rows of their key head, so that keys are
 * never copied.
 */
export const products = (request: AttentionRequest, part?: Part): Tensor => {
  const { batch, heads, kvHeads, depth } = sizesOf(request);
  const range = partOf(request, part);
  const rows = range.queries[1] - range.queries[0];
  const columns = range.keys[1] - range.keys[0];
  const stacked = reshape(cut(request.query, 2, range.queries), [
    batch,
    kvHeads,
    (heads / kvHeads) * rows,
    depth,
  ]);
  const stackedProducts = matmul(stacked, cut(request.key, 2, range.keys), { transposeB: true });
  return reshape(stackedProducts, [batch, heads, rows, columns]);
};

/** scale · q·kᵀ of a part, [batch, heads, queries, keys]. */
export const scaledScores = (request: AttentionRequest, part?: Part): Tensor =>
  mul(products(request, part), request.scale);

/** Scores of a part, bounded, biased, and −∞ where hidden; `masked: false` leaves the mask out (the part is wholly seen). */
export const maskedScores = (request: AttentionRequest, part?: Part, masked = true): Tensor => {
  const { batch, heads, queries, keys } = sizesOf(request);
  const range = partOf(request, part);
  const { softcap } = request;
  let scores = scaledScores(request, part);
  if (softcap !== undefined) scores = mul(tanh(mul(scores, 1 / softcap)), softcap);
  if (request.bias !== undefined)
    scores = add(scores, biasPart(request.bias, range, { batch, heads, queries, keys }));
  if (request.mask === undefined || !masked) return scores;
  return maskedFill(
    scores,
    hidden(request.mask, { batch, heads, queries, keys }, range),
    Number.NEGATIVE_INFINITY,
  );
};

/** The factors of dropout for a part, 0 or 1 / (1 − rate): the same numbers for the same places, whoever asks. */
export const dropoutFactors = (
  request: AttentionRequest,
  rate: number,
  source: Random,
  part?: Part,
): Tensor => {
  const { batch, heads, queries, keys } = sizesOf(request);
  const range = partOf(request, part);
  const shape = [batch, heads, range.queries[1] - range.queries[0], range.keys[1] - range.keys[0]] as const;
  const data = allocate(shape.reduce((a, b) => a * b, 1));
  const [low, high] = source.state();
  const fill = (out: Float32Array, position: number): void =>
    currentBackend().dropout({ x: undefined, out, key: [low, high], position, rate });
  // Whole rows of keys are numbered one behind the other.
  const whole = range.keys[1] - range.keys[0] === keys;
  const run = whole ? shape[2] * keys : range.keys[1] - range.keys[0];
  const runs = whole ? 1 : shape[2];
  for (let row = 0, index = 0; row < batch * heads; row++)
    for (let i = 0; i < runs; i++, index += run)
      fill(data.subarray(index, index + run), (row * queries + range.queries[0] + i) * keys + range.keys[0]);
  return new Tensor('float32', shape, data);
};

/** weights [batch, heads, queries, keys] · values, heads of a group stacked as rows of their key head. */
export const weightedValues = (weights: Tensor, value: Tensor): Tensor => {
  const [batch, heads, rows, columns] = weights.shape as [number, number, number, number]; // rank 4 by the contract
  const kvHeads = value.shape[1] as number; // rank 4
  const stacked = reshape(weights, [batch, kvHeads, (heads / kvHeads) * rows, columns]);
  return reshape(matmul(stacked, value), [batch, heads, rows, value.shape[3] as number]); // rank 4
};
