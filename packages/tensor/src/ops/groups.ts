// Groups: what a reduction sees, [outer, count, inner], the elements of a group being `inner` apart; and the loops over them.

import { currentBackend } from '../backend/slot.ts';
import type { Shape } from '../shape.ts';
import { permutedData } from './move.ts';

/** A tensor's data seen as [outer, count, inner]: reduced over the middle. */
export interface Groups {
  readonly data: Float32Array;
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

const product = (extents: readonly number[]): number => extents.reduce((size, extent) => size * extent, 1);

/** Groups over axes in rising order; data are reordered only where kept axes lie between reduced ones. */
export const groupsOf = (
  x: { readonly shape: Shape; readonly data: Float32Array },
  axes: readonly number[],
): Groups => {
  const { shape } = x;
  const first = axes[0] ?? shape.length;
  const last = axes.at(-1) ?? shape.length - 1;
  const count = product(axes.map((axis) => shape[axis] as number)); // axes of x
  if (product(shape.filter((_, axis) => axis > first && axis < last && !axes.includes(axis))) === 1)
    return {
      data: x.data,
      outer: product(shape.slice(0, first)),
      count,
      inner: product(shape.slice(last + 1)),
    };
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const data = permutedData('float32', x.data, [shape, [...kept, ...axes]]);
  return { data, outer: product(kept.map((axis) => shape[axis] as number)), count, inner: 1 };
};

/**
 * out[outer, inner] = Σ over each group, in float64: float32 sums of a million terms lose three digits. Sums of rows that lie in the engine's
 * memory are the engine's, which adds in short runs.
 */
export const sumGroups = ({ data, outer, count, inner }: Groups, out: Float32Array): void => {
  if (inner === 1) {
    for (let group = 0; group < outer; group++) {
      const start = group * count;
      let sum = 0;
      for (let i = start; i < start + count; i++) sum += data[i] as number; // inside the groups
      out[group] = sum;
    }
    return;
  }
  const backend = currentBackend();
  if (outer === 1 && backend.memory?.owns(data, 0) === true) {
    backend.sumColumns({ x: data, out, rows: count, columns: inner });
    return;
  }
  const sums = new Float64Array(inner);
  for (let block = 0; block < outer; block++) {
    sums.fill(0);
    for (let i = 0; i < count; i++) {
      const start = (block * count + i) * inner;
      for (let j = 0; j < inner; j++) sums[j] = (sums[j] as number) + (data[start + j] as number); // j < inner
    }
    const start = block * inner;
    for (let j = 0; j < inner; j++) out[start + j] = sums[j] as number; // j < inner
  }
};

/** out[outer, inner] = the largest of each group (sign 1) or the smallest (sign −1); NaN where there is one. Groups are not empty. */
export const extremesOf = ({ data, outer, count, inner }: Groups, out: Float32Array, sign: 1 | -1): void => {
  for (let block = 0; block < outer; block++)
    for (let j = 0; j < inner; j++) {
      const start = block * count * inner + j;
      const end = start + count * inner;
      let best = sign * (data[start] as number); // inside the groups, here and below
      for (let at = start + inner; at < end; at += inner) {
        const value = sign * (data[at] as number);
        if (value > best || Number.isNaN(value)) best = value;
      }
      out[block * inner + j] = sign * best;
    }
};

/** out[outer, inner] = log Σ exp over each group, without overflow; −∞ where all are −∞ or there is none. */
export const logSumExpOf = ({ data, outer, count, inner }: Groups, out: Float32Array): void => {
  for (let block = 0; block < outer; block++)
    for (let j = 0; j < inner; j++) {
      const start = block * count * inner + j;
      const end = start + count * inner;
      let top = -Infinity;
      for (let at = start; at < end; at += inner) top = Math.max(top, data[at] as number); // inside the groups, here and below
      const shift = Number.isFinite(top) ? top : 0;
      let sum = 0;
      for (let at = start; at < end; at += inner) sum += Math.exp((data[at] as number) - shift);
      out[block * inner + j] = shift + Math.log(sum);
    }
};
