// Attention over rows that hold their heads side by side, [rows, heads·depth]: as projections leave them and want them back, so that nothing is
// permuted. One engine call forward, one backward; for masks that are one interval of keys a row.

import { allocate, currentBackend, defineOp, Tensor } from '@heed/tensor';
import { checkMask } from './checkMask.ts';
import type { Mask } from './mask.ts';
import { intervals } from './runs.ts';
import type { MaskSizes } from './tiles.ts';

/** Which rows are a sequence, and which keys each of its queries sees. */
export interface RowPlaces {
  /** Five numbers a sequence: first query row, end, first key row, end, first row of `visible`. All rows belong to one. */
  readonly sequences: Int32Array;
  /** Two numbers a query row, [first, end) of the sequence's keys; undefined: all. */
  readonly visible: Int32Array | undefined;
}

/** How rows are read. */
export interface RowsOptions extends RowPlaces {
  readonly heads: number;
  readonly kvHeads: number;
  readonly scale: number;
}

/** The places of padded batches, [batch, queries] and [batch, keys] rows; undefined where the mask is no interval of keys a row. */
export const placesOfBatch = (mask: Mask | undefined, sizes: MaskSizes): RowPlaces | undefined => {
  const { batch, queries, keys } = sizes;
  if (mask !== undefined) checkMask(mask, sizes);
  const visible = mask === undefined ? undefined : intervals(mask, sizes);
  if (mask !== undefined && visible === undefined) return undefined;
  const sequences = new Int32Array(5 * batch);
  for (let b = 0; b < batch; b++)
    sequences.set([b * queries, (b + 1) * queries, b * keys, (b + 1) * keys, b * queries], 5 * b);
  return { sequences, visible };
};

const layoutOf = (x: Tensor, heads: number) => {
  const row = x.shape[1] as number; // rank 2 by the contract
  return { row, head: row / heads };
};

/** What both engine calls are told beside arrays. */
const placed = ([q, k, v]: readonly [Tensor, Tensor, Tensor], options: RowsOptions) => {
  const { heads, kvHeads, scale, sequences, visible } = options;
  const [qLayout, kLayout, vLayout] = [layoutOf(q, heads), layoutOf(k, kvHeads), layoutOf(v, kvHeads)];
  const valueDepth = vLayout.head;
  return {
    ...{ q: q.data, k: k.data, v: v.data, qLayout, kLayout, vLayout },
    outLayout: { row: heads * valueDepth, head: valueDepth },
    ...{ depth: qLayout.head, valueDepth, heads, kvHeads, scale, sequences, visible },
  };
};

const rowsOp = defineOp<readonly [Tensor, Tensor, Tensor], RowsOptions>({
  name: 'rowsAttention',
  forward: (inputs, options) => {
    const call = placed(inputs, options);
    const shape = [inputs[0].shape[0] as number, call.outLayout.row]; // rank 2 by the contract
    const out = allocate((shape[0] as number) * call.outLayout.row);
    currentBackend().attention({
      ...{ ...call, out },
      ...{ logSumExp: undefined, logSumExpLayout: { row: 0, head: 0 } },
    });
    return { shape, data: out };
  },
  backward: (gradient, { inputs, output, options }) => {
    const [qGradient, kGradient, vGradient] = inputs.map(({ size }) => allocate(size)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]; // three
    currentBackend().attentionGradient({
      ...placed(inputs, options),
      ...{ out: output.data, gradient: gradient.data, qGradient, kGradient, vGradient },
    });
    return [qGradient, kGradient, vGradient].map(
      (data, index) => new Tensor('float32', (inputs[index] as Tensor).shape, data), // three
    );
  },
});

/**
 * softmax(scale · q·kᵀ) · v within each sequence: q [rows, heads·depth], k [key rows, kvHeads·depth], v [key rows, kvHeads·valueDepth] →
 * [rows, heads·valueDepth]. Differentiable.
 */
export const rowsAttention = (q: Tensor, k: Tensor, v: Tensor, options: RowsOptions): Tensor =>
  rowsOp([q, k, v], options);
