// Moving elements: kernels that copy and reorder data and look at no value. They work on words, so that float32 and int32 share one
// compiled loop and no NaN loses its bits.

import type { DataOf, DType } from '../dtype.ts';
import { emptyData } from '../dtype.ts';
import { allocate } from '../regionStack.ts';
import { type Shape, stridesOf } from '../shape.ts';
import { broadcastPlan, eachRun } from './broadcastPlan.ts';

type Words = Int32Array | Uint8Array;

const wordsOf = (data: Float32Array | Int32Array | Uint8Array): Words =>
  data instanceof Float32Array ? new Int32Array(data.buffer, data.byteOffset, data.length) : data;

/** Room for a result of any dtype; floats may lie in the engine's memory, with undefined content. */
export const room = <D extends DType>(dtype: D, length: number): DataOf<D> =>
  dtype === 'float32' ? (allocate(length) as DataOf<D>) : emptyData(dtype, length);

/** `count` blocks of `length` elements, evenly spaced in source and target. */
export interface Blocks {
  readonly count: number;
  readonly length: number;
  readonly sourceStart: number;
  readonly sourceStep: number;
  readonly targetStart: number;
  readonly targetStep: number;
}

const shortBlock = 48; // elements below which a loop beats making two views

/** Copies blocks. */
export const copyBlocks = <D extends DType>(source: DataOf<D>, target: DataOf<D>, blocks: Blocks): void => {
  const { count, length, sourceStart, sourceStep, targetStart, targetStep } = blocks;
  if (length === 0) return;
  if (length >= shortBlock) {
    for (let block = 0; block < count; block++) {
      const from = sourceStart + block * sourceStep;
      target.set(source.subarray(from, from + length), targetStart + block * targetStep);
    }
    return;
  }
  const from = wordsOf(source);
  const to = wordsOf(target);
  for (let block = 0; block < count; block++) {
    const read = sourceStart + block * sourceStep;
    const write = targetStart + block * targetStep;
    for (let i = 0; i < length; i++) to[write + i] = from[read + i] as number; // inside by the caller's contract
  }
};

/** Elements of `shape` repeated to `wanted`, to which it broadcasts. */
export const expandedData = <D extends DType>(
  dtype: D,
  data: DataOf<D>,
  [shape, wanted]: readonly [Shape, Shape],
): DataOf<D> => {
  const plan = broadcastPlan('expand', shape, wanted);
  const out = room(
    dtype,
    plan.shape.reduce((size, extent) => size * extent, 1),
  );
  const from = wordsOf(data);
  const to = wordsOf(out);
  const inner = plan.extents.length - 1;
  const length = plan.extents[inner] as number; // a plan has an axis
  const step = plan.aSteps[inner] as number;
  eachRun(plan, (read, _, write) => {
    if (step === 0) to.fill(from[read] as number, write, write + length);
    else for (let i = 0; i < length; i++) to[write + i] = from[read + i] as number; // inside the plan
  });
  return out;
};

const tile = 32; // 32 × 32 words of source and of target: 8 KiB, inside the first cache level

/** out[i · rowStep + j] = source[i + j · columnStep], by tiles: both sides are read and written in whole cache lines. */
const transposeTiles = (
  [from, to]: readonly [Words, Words],
  [read, write]: readonly [number, number],
  {
    rows,
    rowStep,
    columns,
    columnStep,
  }: { rows: number; rowStep: number; columns: number; columnStep: number },
): void => {
  for (let top = 0; top < rows; top += tile)
    for (let left = 0; left < columns; left += tile) {
      const bottom = Math.min(rows, top + tile);
      const right = Math.min(columns, left + tile);
      for (let i = top; i < bottom; i++)
        for (let j = left; j < right; j++)
          to[write + i * rowStep + j] = from[read + i + j * columnStep] as number; // inside the shapes
    }
};

/** Axes of a permutation in the order of the result, joined where neighbours stay neighbours, without those of extent 1. */
const joinedAxes = (shape: Shape, axes: readonly number[]): { extents: number[]; steps: number[] } => {
  const strides = stridesOf(shape);
  const extents: number[] = [];
  const steps: number[] = [];
  for (const axis of axes) {
    const extent = shape[axis] as number; // axes are a permutation, here and below
    const step = strides[axis] as number;
    if (extent === 1) continue;
    const last = extents.length - 1;
    if (last >= 0 && steps[last] === step * extent) {
      extents[last] = (extents[last] as number) * extent; // last < length
      steps[last] = step;
    } else {
      extents.push(extent);
      steps.push(step);
    }
  }
  return { extents, steps };
};

/** Data of the permuted tensor: axis i of the result is axis axes[i] of the source. */
export const permutedData = <D extends DType>(
  dtype: D,
  data: DataOf<D>,
  [shape, axes]: readonly [Shape, readonly number[]],
): DataOf<D> => {
  const out = room(dtype, data.length);
  if (data.length === 0) return out;
  const { extents, steps } = joinedAxes(shape, axes);
  const [from, to] = [wordsOf(data), wordsOf(out)];
  const inner = extents.length - 1;
  if (inner <= 0) {
    to.set(from);
    return out;
  }
  const columns = extents[inner] as number; // inner ≥ 1, here and below
  const columnStep = steps[inner] as number;
  // The axis along which the source is contiguous, unless that is already the innermost one.
  const rowAxis = columnStep === 1 ? -1 : steps.indexOf(1);
  const outSteps = stridesOf(extents);
  const outer = extents.map((_, axis) => axis).filter((axis) => axis !== inner && axis !== rowAxis);
  const counters = new Array<number>(outer.length).fill(0);
  let [read, write] = [0, 0];
  for (;;) {
    if (rowAxis < 0)
      for (let i = 0; i < columns; i++) to[write + i] = from[read + i] as number; // inside the shapes
    else {
      const rows = extents[rowAxis] as number; // found above
      transposeTiles([from, to], [read, write], {
        rows,
        rowStep: outSteps[rowAxis] as number,
        columns,
        columnStep,
      });
    }
    let place = outer.length - 1;
    for (; place >= 0; place--) {
      const axis = outer[place] as number; // place < length, here and below
      const next = (counters[place] as number) + 1;
      const extent = extents[axis] as number;
      read += steps[axis] as number;
      write += outSteps[axis] as number;
      if (next < extent) {
        counters[place] = next;
        break;
      }
      counters[place] = 0;
      read -= extent * (steps[axis] as number);
      write -= extent * (outSteps[axis] as number);
    }
    if (place < 0) return out;
  }
};
