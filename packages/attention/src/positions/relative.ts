// Numbers by distance laid out by key, and back: the "shift" of Transformer-XL and Shaw's relative terms, which depend on the query's
// content and on the distance j − p of key j from the query's position p = i + keys − queries.

import { allocate, defineOp, type Shape, ShapeError, type Tensor } from '@heed/tensor';

interface Layout {
  readonly keys: number;
  readonly first: number;
  readonly distances: number;
}

/** Runs over all [..., query, key] with the index of its place by key and by distance. */
const eachPair = (shape: Shape, layout: Layout, visit: (byKey: number, byDistance: number) => void): void => {
  const { keys, first, distances } = layout;
  const queries = shape.at(-2) as number; // rank ≥ 2, checked
  const groups = shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  for (let row = 0; row < groups * queries; row++) {
    const position = (row % queries) + keys - queries;
    for (let key = 0; key < keys; key++)
      visit(row * keys + key, row * distances + Math.min(distances - 1, Math.max(0, key - position - first)));
  }
};

/** An op with its layout. */
type Lay = (inputs: readonly [Tensor], layout: Layout) => Tensor;

const shiftOp: Lay = defineOp<readonly [Tensor], Layout>({
  name: 'relativeShift',
  forward: ([x], layout) => {
    const shape = [...x.shape.slice(0, -1), layout.keys];
    const out = allocate(shape.reduce((product, extent) => product * extent, 1));
    eachPair(shape, layout, (byKey, byDistance) => {
      out[byKey] = x.data[byDistance] as number; // held inside
    });
    return { shape, data: out };
  },
  backward: (gradient, { options }) => [sumOp([gradient], options)],
});

const sumOp: Lay = defineOp<readonly [Tensor], Layout>({
  name: 'sumByDistance',
  forward: ([x], layout) => {
    const shape = [...x.shape.slice(0, -1), layout.distances];
    const out = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
    eachPair(x.shape, layout, (byKey, byDistance) => {
      out[byDistance] = (out[byDistance] as number) + (x.data[byKey] as number); // held inside
    });
    return { shape, data: out };
  },
  backward: (gradient, { options }) => [shiftOp([gradient], options)],
});

const check = (name: string, x: Tensor, count: number, what: string): void => {
  if (x.rank < 2 || !Number.isInteger(count) || count < 1)
    throw new ShapeError(`${name}: ${x} and ${count} ${what}; expected [..., queries, n] and at least one.`);
};

/**
 * x [..., queries, distances] by distance → [..., queries, keys] by key: result[i, j] = x[i, j − p − first], the distance held within the table.
 * `first` is the distance of column 0, by default 1 − keys: the farthest key behind the last query. Differentiable.
 * Dai 2019 (arXiv:1901.02860), appendix B, without its padding and reshaping.
 *
 * @example
 * relativeShift(tensor([[1, 2, 3], [4, 5, 6]]), { keys: 2, first: -1 }).toArray(); //=> [[2, 3], [4, 5]]
 */
export const relativeShift = (
  x: Tensor,
  { keys, first = 1 - keys }: { readonly keys: number; readonly first?: number },
): Tensor => {
  check('relativeShift', x, keys, 'keys');
  check('relativeShift', x, x.shape.at(-1) ?? 0, 'distances');
  return shiftOp([x], { keys, first, distances: x.shape.at(-1) as number }); // rank ≥ 2
};

/**
 * x [..., queries, keys] by key → [..., queries, distances]: what stands at one distance is added up. The transpose of `relativeShift`.
 * Differentiable.
 *
 * @example
 * sumByDistance(tensor([[1, 2], [3, 4]]), { distances: 3, first: -1 }).toArray(); //=> [[0, 1, 2], [3, 4, 0]]
 */
export const sumByDistance = (
  x: Tensor,
  { distances, first }: { readonly distances: number; readonly first: number },
): Tensor => {
  check('sumByDistance', x, distances, 'distances');
  return sumOp([x], { keys: x.shape.at(-1) as number, first, distances }); // rank ≥ 2
};
