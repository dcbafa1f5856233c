// Index arithmetic by its definition, and random shapes and data, for the tests of ops.
import { noise } from '@heed/testing';
import fc from 'fast-check';
import { type Tensor, tensor } from '../../src/index.ts';

/** Extents. */
export type Shape = readonly number[];
/** Number of elements. */
export const sizeOf = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1);
/** Shapes of so many axes. */
export const shapes = (minRank: number, maxRank: number, min = 0, max = 5) =>
  fc.array(fc.integer({ min, max }), { minLength: minRank, maxLength: maxRank });
/** Seeds of random data. */
export const seed = fc.integer({ min: 0, max: 1e6 });
/** Normal numbers of a shape. */
export const normal = (shape: Shape, at: number): Tensor => tensor(noise(shape, at).data, shape);

/** Place of `index` in a tensor of a shape that is broadcast to the rank of the index. */
export const place = (shape: Shape, index: readonly number[]): number =>
  shape.reduce(
    (at, extent, axis) =>
      at * extent + (extent === 1 ? 0 : (index[index.length - shape.length + axis] as number)),
    0,
  );

/** The index of a position in row-major order. */
export const indexOf = (shape: Shape, position: number): number[] => {
  const index: number[] = [];
  let rest = position;
  for (const extent of [...shape].reverse()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
};

/** Two shapes that broadcast, and the shape that they broadcast to. */
export const broadcastPair = fc
  .tuple(
    shapes(0, 4, 0, 4),
    fc.array(fc.constantFrom('both', 'left', 'right'), { minLength: 4, maxLength: 4 }),
    fc.nat(3),
  )
  .map(([all, kept, cut]) => ({
    shape: all,
    a: all.map((extent, axis) => (axis >= cut && kept[axis] === 'right' ? 1 : extent)),
    b: all.map((extent, axis) => (kept[axis] === 'left' ? 1 : extent)).slice(Math.min(cut, all.length)),
  }));
