// Scores of a tile in one loop over its products: what maskedScores says in operations, without a derivative. One pass over memory where
// operations take four.

import { mul, noGrad, Tensor, tanh } from '@heed/tensor';
import { biasAdder } from './biasParts.ts';
import { hidden } from './hidden.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import { type Part, products } from './scores.ts';

/** What a mask hides of a part, and how far apart batches and heads stand in it. */
const hiding = (request: AttentionRequest, part: Part) => {
  const { mask } = request;
  if (mask === undefined) return undefined;
  const { shape, data } = hidden(mask, sizesOf(request), part);
  const [batches, heads, rows, columns] = shape as [number, number, number, number]; // rank 4
  const rowAt = (b: number, head: number, i: number) =>
    (((batches === 1 ? 0 : b) * heads + (heads === 1 ? 0 : head)) * rows + i) * columns;
  return { data, rowAt };
};

/** What is done to each row of scores [start, end) when it stands. */
type RowDone = (scores: Float32Array, start: number, end: number) => void;

/** Scores of a part [batch, heads, queries, keys]: scaled, bounded, biased, −∞ where hidden; `masked: false` leaves the mask out. Without gradient. */
export const tileScores = (
  request: AttentionRequest,
  part: Part,
  masked: boolean,
  rowDone?: RowDone,
): Tensor =>
  noGrad(() => {
    const { softcap, bias } = request;
    const plain = products(request, part);
    const bounded = softcap === undefined ? plain : tanh(mul(plain, request.scale / softcap));
    const factor = softcap ?? request.scale;
    const [batch, heads, rows, columns] = bounded.shape as [number, number, number, number]; // rank 4
    const add = bias === undefined ? undefined : biasAdder(bias, part, sizesOf(request));
    const hide = masked ? hiding(request, part) : undefined;
    const scores = bounded.data; // fresh, nobody else's
    let at = 0;
    for (let b = 0; b < batch; b++)
      for (let head = 0; head < heads; head++)
        for (let i = 0; i < rows; i++) {
          for (let j = at; j < at + columns; j++) scores[j] = (scores[j] as number) * factor; // j < size
          add?.(scores, at, [b, head, i]);
          if (hide !== undefined) {
            const start = hide.rowAt(b, head, i);
            for (let j = 0; j < columns; j++) if (hide.data[start + j] === 1) scores[at + j] = -Infinity;
          }
          rowDone?.(scores, at, at + columns);
          at += columns;
        }
    return new Tensor('float32', bounded.shape, scores);
  });

/** Scores of a part less the largest of their row, and those: [batch, heads, queries, keys] and [batch, heads, queries, 1], −∞ where nothing is seen. */
export const loweredScores = (
  request: AttentionRequest,
  part: Part,
  masked: boolean,
): { readonly lowered: Tensor; readonly max: Tensor } => {
  const { batch, heads } = sizesOf(request);
  const rows = part.queries[1] - part.queries[0];
  const tops = new Float32Array(batch * heads * rows);
  let row = 0;
  const lowered = tileScores(request, part, masked, (scores, start, end) => {
    let top = -Infinity;
    for (let j = start; j < end; j++) if ((scores[j] as number) > top) top = scores[j] as number; // inside the row
    tops[row++] = top;
    if (top === -Infinity) return; // they stay −∞, and exp(−∞) is 0
    for (let j = start; j < end; j++) scores[j] = (scores[j] as number) - top;
  });
  return { lowered, max: new Tensor('float32', [batch, heads, rows, 1], tops) };
};
