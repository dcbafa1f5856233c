// Broadcasting for element-wise kernels: straight loops over runs; and its reverse, the sum of a gradient down to the shape that was
// broadcast.

import { currentBackend } from '../backend/slot.ts';
import type { ArithmeticKind } from '../backend/trainingKernels.ts';
import { allocate } from '../regionStack.ts';
import { type Shape, sizeOf, stridesOf } from '../shape.ts';
import { type BroadcastPlan, broadcastPlan, eachRun } from './broadcastPlan.ts';
import { groupsOf, sumGroups } from './groups.ts';

/** Any typed array that holds elements. */
export type Elements = Float32Array | Int32Array | Uint8Array;

/**
 * One straight loop of an element-wise kernel: `length` elements from the starts on, out one after the other, a and b by steps of their own
 * (0 repeats one element).
 */
export interface Run<In extends Elements = Float32Array, Out extends Elements = Float32Array> {
  readonly a: In;
  readonly b: In;
  readonly out: Out;
  aStart: number;
  bStart: number;
  outStart: number;
  readonly aStep: number;
  readonly bStep: number;
  readonly length: number;
}

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

interface Operand<A extends Elements> {
  readonly shape: Shape;
  readonly data: A;
}

/** Fills `out` (of the plan's shape) run by run. */
export const fillRuns = <In extends Elements, Out extends Elements>(
  kernel: (run: Run<In, Out>) => void,
  plan: BroadcastPlan,
  { a, b, out }: { readonly a: In; readonly b: In; readonly out: Out },
): void => {
  const inner = plan.extents.length - 1;
  const run: Run<In, Out> = {
    a,
    b,
    out,
    aStart: 0,
    bStart: 0,
    outStart: 0,
    aStep: plan.aSteps[inner] as number, // a plan has an axis
    bStep: plan.bSteps[inner] as number, // a plan has an axis
    length: plan.extents[inner] as number, // a plan has an axis
  };
  if (inner === 0) {
    kernel(run);
    return;
  }
  eachRun(plan, (aStart, bStart, outStart) => {
    run.aStart = aStart;
    run.bStart = bStart;
    run.outStart = outStart;
    kernel(run);
  });
};

const arithmeticKinds: ReadonlySet<string> = new Set<ArithmeticKind>(['add', 'sub', 'mul', 'div']);

/** Computes a plan of at most two axes in the engine if it is arithmetic and its result lies there; says whether it was done. */
const inEngine = (
  where: string,
  { extents, aSteps, bSteps }: BroadcastPlan,
  operands: { readonly a: Float32Array; readonly b: Float32Array; readonly out: Float32Array },
): boolean => {
  const backend = currentBackend();
  if (!arithmeticKinds.has(where) || extents.length > 2 || backend.memory?.owns(operands.out, 0) !== true)
    return false;
  const inner = extents.length - 1;
  backend.arithmetic({
    ...operands,
    kind: where as ArithmeticKind, // one of them
    rows: inner === 0 ? 1 : (extents[0] as number), // a plan has an axis, here and below
    columns: extents[inner] as number,
    aRow: inner === 0 ? 0 : (aSteps[0] as number),
    aColumn: aSteps[inner] as number,
    bRow: inner === 0 ? 0 : (bSteps[0] as number),
    bColumn: bSteps[inner] as number,
  });
  return true;
};

/** Broadcast shape and a fresh float32 result of a ∘ b. */
export const applyBinary = (
  where: string,
  kernel: (run: Run) => void,
  ...[a, b]: readonly [Operand<Float32Array>, Operand<Float32Array>]
): { readonly shape: Shape; readonly data: Float32Array } => {
  const plan = broadcastPlan(where, a.shape, b.shape);
  const data = allocate(sizeOf(plan.shape));
  const operands = { a: a.data, b: b.data, out: data };
  if (!inEngine(where, plan, operands)) fillRuns(kernel, plan, operands);
  return { shape: plan.shape, data };
};

/** Sums `data` of shape `full` down to `small`, which was broadcast to it; float64 sums. */
export const sumDown = (data: Float32Array, full: Shape, small: Shape): Float32Array => {
  const extra = full.length - small.length;
  const axes = full
    .map((_, axis) => axis)
    .filter((axis) => axis < extra || (small[axis - extra] === 1 && full[axis] !== 1));
  const result = allocate(sizeOf(small));
  sumGroups(groupsOf({ shape: full, data }, axes), result);
  return result;
};
