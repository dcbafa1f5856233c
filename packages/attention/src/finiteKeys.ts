// What a mask hides may hold anything, NaN too: 0 · NaN is NaN in a product, so numbers that are not finite are taken out before a kernel
// runs, and rows that do see one are marked after it.

import { Tensor, where } from '@heed/tensor';
import { biasAt } from './biasParts.ts';
import { type AttentionRequest, sizesOf } from './kernel.ts';
import { allows } from './tiles.ts';

/** Whether all numbers are finite: 0 · ∞ and 0 · NaN are NaN. Four sums, so that none waits for the one before: a third of the time. */
const allFinite = (data: Float32Array): boolean => {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = data.length - (data.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += 0 * (data[i] as number); // i + 3 < length, here and below
    b += 0 * (data[i + 1] as number);
    c += 0 * (data[i + 2] as number);
    d += 0 * (data[i + 3] as number);
  }
  for (let i = whole; i < data.length; i++) a += 0 * (data[i] as number); // i < length
  return a + b + c + d === 0;
};

const cleaned = (x: Tensor): Tensor =>
  where(
    new Tensor(
      'bool',
      x.shape,
      Uint8Array.from(x.data, (number) => (Number.isFinite(number) ? 1 : 0)),
    ),
    x,
    0,
  );

/** Adds the rows [batch · kvHeads · keys] of x that hold something not finite. */
const findBad = (x: Tensor, rows: Set<number>): void => {
  const width = x.shape.at(-1) as number; // rank 4
  for (const [index, number] of x.data.entries())
    if (!Number.isFinite(number)) rows.add(Math.floor(index / width));
};

/** 1 for each row [batch, heads, queries] that sees one of the bad keys. */
const rowsThatSee = (request: AttentionRequest, bad: ReadonlySet<number>): Uint8Array => {
  const sizes = sizesOf(request);
  const { batch, heads, kvHeads, queries, keys } = sizes;
  const { mask, bias } = request;
  const found = new Uint8Array(batch * heads * queries);
  for (const row of bad) {
    const [b, kvHead, key] = [
      Math.floor(row / (kvHeads * keys)),
      Math.floor(row / keys) % kvHeads,
      row % keys,
    ];
    const group = heads / kvHeads;
    for (let head = kvHead * group; head < (kvHead + 1) * group; head++)
      for (let query = 0; query < queries; query++) {
        const place = { batch: b, head, query, key };
        const seen =
          (mask === undefined || allows(mask, place, sizes)) &&
          (bias === undefined || biasAt(bias, place, sizes) !== Number.NEGATIVE_INFINITY);
        if (seen) found[(b * heads + head) * queries + query] = 1;
      }
  }
  return found;
};

/** A request whose keys and values are finite, and what to do with what comes of it. */
export interface FiniteKeys {
  readonly request: AttentionRequest;
  /** NaN in the rows of x [batch, heads, queries, ...] that saw what is not finite. */
  mark(x: Tensor): Tensor;
}

/** Takes out of keys and values what is not finite, where a mask or bias may hide it. Costs one pass over them. */
export const finiteKeys = (request: AttentionRequest): FiniteKeys => {
  const { key, value, mask, bias } = request;
  const hides = mask !== undefined || bias !== undefined;
  if (!hides || (allFinite(key.data) && allFinite(value.data))) return { request, mark: (x) => x };
  const bad = new Set<number>();
  findBad(key, bad);
  findBad(value, bad);
  const { batch, heads, queries } = sizesOf(request);
  const rows = rowsThatSee(request, bad);
  return {
    request: { ...request, key: cleaned(key), value: cleaned(value) },
    mark: (x) => {
      const shape = [batch, heads, queries, ...new Array<number>(x.rank - 3).fill(1)];
      return where(new Tensor('bool', shape, rows), Number.NaN, x);
    },
  };
};
