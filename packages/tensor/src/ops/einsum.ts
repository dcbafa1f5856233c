// einsum: sums of products by Einstein's notation, carried out by permutations and matrix products, from left to right.

import { ShapeError, sameShape, sizeOf } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { mul } from './arithmetic.ts';
import { expand, permute, reshape } from './arrange.ts';
import { einsumPlan } from './einsumPlan.ts';
import { matmul } from './matmul.ts';
import { sum } from './reduce.ts';
import { slice } from './slice.ts';

/** A tensor with a name for each axis. */
interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/** Axes in the order of labels; those that x lacks get extent 1. */
const arranged = ({ x, labels }: Labelled, order: readonly string[]): Tensor => {
  const axes = order.filter((label) => labels.includes(label)).map((label) => labels.indexOf(label));
  const moved = axes.every((axis, i) => axis === i) ? x : permute(x, axes);
  if (axes.length === order.length) return moved;
  return reshape(
    moved,
    order.map((label) => (labels.includes(label) ? (x.shape[labels.indexOf(label)] as number) : 1)), // label of x
  );
};

/** The diagonal where one label names two axes. */
const withoutRepeats = ({ x, labels }: Labelled): Labelled => {
  const repeated = labels.find((label, axis) => labels.indexOf(label) !== axis);
  if (repeated === undefined) return { x, labels };
  const [first, second] = [labels.indexOf(repeated), labels.lastIndexOf(repeated)];
  const others = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const [rows, columns] = [x.shape[first] as number, x.shape[second] as number]; // axes of x, here and below
  if (rows !== columns)
    throw new ShapeError(
      `einsum: '${repeated}' names axes of ${rows} and ${columns} of ${x}; expected equal ones.`,
    );
  const shape = others.map((axis) => x.shape[axis] as number);
  const square = reshape(permute(x, [...others, first, second]), [...shape, rows * rows]);
  return withoutRepeats({
    x: slice(square, -1, 0, undefined, rows + 1),
    labels: [...others.map((axis) => labels[axis] as string), repeated],
  });
};

/** Sums over the labels that are not `kept`. */
const summed = ({ x, labels }: Labelled, kept: ReadonlySet<string>): Labelled => {
  const gone = labels.map((_, axis) => axis).filter((axis) => !kept.has(labels[axis] as string)); // axes of x
  return gone.length === 0
    ? { x, labels }
    : { x: sum(x, gone), labels: labels.filter((label) => kept.has(label)) };
};

/** Extents of labels in two operands together; one of 1 gives way to the other's. */
const commonExtents = (...operands: readonly Labelled[]): Map<string, number> => {
  const extents = new Map<string, number>();
  for (const { x, labels } of operands)
    for (const [axis, label] of labels.entries())
      if ((extents.get(label) ?? 1) === 1) extents.set(label, x.shape[axis] as number); // as many labels as axes
  return extents;
};

/** Axes of extent 1 stretched to what the other operand has. */
const stretched = ({ x, labels }: Labelled, extents: ReadonlyMap<string, number>): Labelled => {
  const shape = labels.map((label) => extents.get(label) as number); // every label has an extent
  return { x: sameShape(shape, x.shape) ? x : expand(x, shape), labels };
};

/** The product of two, summed over what both have and nobody needs any more. */
const contracted = (left: Labelled, right: Labelled, needed: ReadonlySet<string>): Labelled => {
  const [inLeft, inRight] = [new Set(left.labels), new Set(right.labels)];
  const a = summed(left, new Set([...needed, ...inRight]));
  const b = summed(right, new Set([...needed, ...inLeft]));
  const both = a.labels.filter((label) => inRight.has(label));
  const batch = both.filter((label) => needed.has(label));
  const inner = both.filter((label) => !needed.has(label));
  const rows = a.labels.filter((label) => !inRight.has(label));
  const columns = b.labels.filter((label) => !inLeft.has(label));
  const labels = [...batch, ...rows, ...columns];
  if (inner.length === 0 || (rows.length === 0 && columns.length === 0)) {
    const order = [...labels, ...inner];
    const product = mul(arranged(a, order), arranged(b, order));
    return summed({ x: product, labels: order }, new Set(labels));
  }
  const extents = commonExtents(a, b);
  const extent = (names: readonly string[]) => names.map((name) => extents.get(name) as number); // every label has one
  const count = (names: readonly string[]) => sizeOf(extent(names));
  const [whole, other] = [stretched(a, extents), stretched(b, extents)];
  // The right operand as it lies, if it ends with what is summed over; no copy then.
  const transposeB = other.labels.at(-1) === inner.at(-1);
  const product = matmul(
    reshape(arranged(whole, [...batch, ...rows, ...inner]), [count(batch), count(rows), count(inner)]),
    transposeB
      ? reshape(arranged(other, [...batch, ...columns, ...inner]), [
          count(batch),
          count(columns),
          count(inner),
        ])
      : reshape(arranged(other, [...batch, ...inner, ...columns]), [
          count(batch),
          count(inner),
          count(columns),
        ]),
    { transposeB },
  );
  return { x: reshape(product, extent(labels)), labels };
};

/**
 * The sum of products that an equation says: a letter for each axis of each tensor; letters that the result lacks are summed over. '...'
 * stands for further axes, which broadcast; without '->' the result has each letter that stands once, in alphabetical order; a letter
 * twice in one term is the diagonal. From left to right, two at a time.
 *
 * @example
 * einsum('bqhd,bkhd->bhqk', query, key); // scores of attention
 * einsum('ii->', tensor([[1, 2], [3, 4]])).item(); //=> 5
 */
export const einsum = (equation: string, ...tensors: readonly Tensor[]): Tensor => {
  const { operands, output } = einsumPlan(
    equation,
    tensors.map(({ shape }) => shape),
  );
  const terms = operands.map((labels, i) => withoutRepeats({ x: tensors[i] as Tensor, labels })); // one term each
  const [first, ...others] = terms as [Labelled, ...Labelled[]]; // an equation has a term
  let result = first;
  for (const [index, term] of others.entries()) {
    const needed = new Set([...output, ...others.slice(index + 1).flatMap(({ labels }) => labels)]);
    result = contracted(result, term, needed);
  }
  return arranged(summed(result, new Set(output)), output);
};
