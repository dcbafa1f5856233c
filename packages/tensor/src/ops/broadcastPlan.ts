// broadcastPlan: how two shapes are walked together under NumPy's broadcasting: as few axes as possible, each with a step in either operand.
// Knows numbers only.

import { broadcastShapes, type Shape, sameShape, sizeOf } from '../shape.ts';

/** Axes to walk, outermost first, at least one; the result is walked in order, the operands by steps (0 where broadcast). */
export interface BroadcastPlan {
  readonly shape: number[];
  readonly extents: number[];
  readonly aSteps: number[];
  readonly bSteps: number[];
}

/** Steps of a shape along the axes of a result of `rank` axes: 0 where it has extent 1 or no such axis. */
const stepsWithin = (shape: Shape, rank: number): number[] => {
  const steps = new Array<number>(rank).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] as number; // axis < length
    if (extent !== 1) steps[axis + rank - shape.length] = step;
    step *= extent;
  }
  return steps;
};

/**
 * The plan of two shapes. Axes of extent 1 are left out, neighbours that both operands walk evenly are joined: equal shapes
 * give one axis, a bias two.
 */
export const broadcastPlan = (where: string, a: Shape, b: Shape): BroadcastPlan => {
  if (sameShape(a, b)) return { shape: [...a], extents: [sizeOf(a)], aSteps: [1], bSteps: [1] };
  const shape = broadcastShapes(where, a, b);
  const aAll = stepsWithin(a, shape.length);
  const bAll = stepsWithin(b, shape.length);
  const extents: number[] = [];
  const aSteps: number[] = [];
  const bSteps: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis] as number; // axis < length, here and below
    if (extent === 1) continue;
    const aStep = aAll[axis] as number;
    const bStep = bAll[axis] as number;
    const last = extents.length - 1;
    if (last >= 0 && aSteps[last] === aStep * extent && bSteps[last] === bStep * extent) {
      extents[last] = (extents[last] as number) * extent; // last < length
      aSteps[last] = aStep;
      bSteps[last] = bStep;
    } else {
      extents.push(extent);
      aSteps.push(aStep);
      bSteps.push(bStep);
    }
  }
  if (extents.length === 0) return { shape, extents: [1], aSteps: [0], bSteps: [0] };
  return { shape, extents, aSteps, bSteps };
};

/** Calls back with the places in a, b and the result where each run along the innermost axis begins. */
export const eachRun = (
  { extents, aSteps, bSteps }: BroadcastPlan,
  visit: (aStart: number, bStart: number, outStart: number) => void,
): void => {
  if (extents.includes(0)) return;
  const inner = extents.length - 1;
  const length = extents[inner] as number; // a plan has at least one axis
  const counters = new Array<number>(inner).fill(0);
  let [aStart, bStart, outStart] = [0, 0, 0];
  for (;;) {
    visit(aStart, bStart, outStart);
    outStart += length;
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      const next = (counters[axis] as number) + 1; // axis < inner, here and below
      const [aStep, bStep, extent] = [
        aSteps[axis] as number,
        bSteps[axis] as number,
        extents[axis] as number,
      ];
      aStart += aStep;
      bStart += bStep;
      if (next < extent) {
        counters[axis] = next;
        break;
      }
      counters[axis] = 0;
      aStart -= aStep * extent;
      bStart -= bStep * extent;
    }
    if (axis < 0) return;
  }
};
