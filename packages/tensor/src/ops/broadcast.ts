// Broadcasting for element-wise kernels: fast loops where one operand repeats as a suffix (a bias, a scalar), index tables elsewhere;
// and its reverse, the sum of a gradient down to the shape that was broadcast.

import { allocate } from '../regionStack.ts';
import { broadcastShapes, type Shape, sizeOf, stridesOf } from '../shape.ts';

/** Any typed array that holds elements. */
export type Elements = Float32Array | Int32Array | Uint8Array;

/** A kernel over `rows` repetitions of b: out[r·period + j] = a[r·period + j] ∘ b[j]. */
export type SuffixKernel = (a: Elements, b: Elements, out: Float32Array | Uint8Array, sizes: { readonly rows: number; readonly period: number }) => void;

/** Where `small` repeats in `full`: its period, if it is a suffix of the shape (leading ones apart); undefined otherwise. */
export const suffixPeriod = (full: Shape, small: Shape): number | undefined => {
  const first = small.findIndex((extent) => extent !== 1);
  const core = first < 0 ? [] : small.slice(first);
  const offset = full.length - core.length;
  return core.every((extent, axis) => extent === full[offset + axis]) ? sizeOf(core) : undefined;
};

/** For each element of `full`, the place of its element in a tensor of shape `small` that is broadcast to it. */
export const broadcastPlaces = (full: Shape, small: Shape): Int32Array => {
  const rank = full.length;
  const own = stridesOf(small);
  const steps = full.map((_, axis) => {
    const at = axis - rank + small.length;
    return at < 0 || small[at] === 1 ? 0 : (own[at] as number); // at < rank of small
  });
  const places = new Int32Array(sizeOf(full));
  const counter = new Int32Array(rank);
  let place = 0;
  for (let index = 0; index < places.length; index++) {
    places[index] = place;
    for (let axis = rank - 1; axis >= 0; axis--) {
      const extent = full[axis] as number; // axis < rank
      const step = steps[axis] as number; // axis < rank
      place += step;
      counter[axis] = (counter[axis] as number) + 1; // axis < rank
      if ((counter[axis] as number) < extent) break;
      counter[axis] = 0;
      place -= step * extent;
    }
  }
  return places;
};

/** An element-wise function of two operands: the loop for suffixes, and the function itself for the rest. */
export interface BinaryKernel {
  readonly suffix: SuffixKernel;
  readonly element: (a: number, b: number) => number;
  /** Whether a ∘ b = b ∘ a, so that the operands may change places for a fast loop. */
  readonly commutes: boolean;
}

interface Operand {
  readonly shape: Shape;
  readonly data: Elements;
}

/** Fills `out` (of the broadcast shape) with a ∘ b. */
export const fillBinary = (kernel: BinaryKernel, a: Operand, b: Operand, { shape, out }: { readonly shape: Shape; readonly out: Float32Array | Uint8Array }): void => {
  const size = out.length;
  const whole = (x: Operand) => x.data.length === size;
  const period = whole(a) ? suffixPeriod(shape, b.shape) : undefined;
  if (period !== undefined && period > 0) return kernel.suffix(a.data, b.data, out, { rows: size / period, period });
  const turned = kernel.commutes && whole(b) ? suffixPeriod(shape, a.shape) : undefined;
  if (turned !== undefined && turned > 0) return kernel.suffix(b.data, a.data, out, { rows: size / turned, period: turned });
  const left = broadcastPlaces(shape, a.shape);
  const right = broadcastPlaces(shape, b.shape);
  for (let i = 0; i < size; i++) out[i] = kernel.element(a.data[left[i] as number] as number, b.data[right[i] as number] as number); // places lie inside
};

/** Broadcast shape and a fresh float32 result of a ∘ b. */
export const applyBinary = (where: string, kernel: BinaryKernel, a: Operand, b: Operand): { readonly shape: Shape; readonly data: Float32Array } => {
  const shape = broadcastShapes(where, a.shape, b.shape);
  const data = allocate(sizeOf(shape));
  fillBinary(kernel, a, b, { shape, out: data });
  return { shape, data };
};

/** Sums `data` of shape `full` down to `small`, which was broadcast to it; float64 sums. */
export const sumDown = (data: Float32Array, full: Shape, small: Shape): Float32Array => {
  const sums = new Float64Array(sizeOf(small));
  const period = suffixPeriod(full, small);
  if (period !== undefined && period > 0) {
    for (let start = 0; start < data.length; start += period)
      for (let j = 0; j < period; j++) sums[j] = (sums[j] as number) + (data[start + j] as number); // start + j < length
  } else {
    const places = broadcastPlaces(full, small);
    for (let i = 0; i < data.length; i++) {
      const place = places[i] as number; // one place an element
      sums[place] = (sums[place] as number) + (data[i] as number);
    }
  }
  const result = allocate(sums.length);
  result.set(sums);
  return result;
};
