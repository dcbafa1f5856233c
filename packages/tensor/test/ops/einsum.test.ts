// einsum against the sum over all indices that its notation stands for.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { einsum, gradientCheck, type Tensor, tensor, zeros } from '../../src/index.ts';
import { indexOf, normal, place, type Shape, seed, sizeOf } from './indexing.ts';

/** Σ over all letters of the product of the elements, in float64. */
const reference = (terms: readonly string[], output: string, tensors: readonly Tensor[]) => {
  const extents = new Map<string, number>();
  for (const [t, term] of terms.entries())
    for (const [axis, letter] of [...term].entries())
      extents.set(
        letter,
        Math.max(extents.get(letter) ?? 1, (tensors[t] as Tensor).shape[axis] as number) *
          ((tensors[t] as Tensor).shape[axis] === 0 ? 0 : 1),
      );
  const letters = [...extents.keys()];
  const whole = letters.map((letter) => extents.get(letter) as number);
  const shape: Shape = [...output].map((letter) => extents.get(letter) as number);
  const data = new Float64Array(sizeOf(shape));
  const at = (index: readonly number[], names: string) =>
    [...names].map((letter) => index[letters.indexOf(letter)] as number);
  for (let i = 0; i < sizeOf(whole); i++) {
    const index = indexOf(whole, i);
    let product = 1;
    for (const [t, term] of terms.entries()) {
      const x = tensors[t] as Tensor;
      product *= x.data[place(x.shape, at(index, term))] as number;
    }
    data[place(shape, at(index, output))] = (data[place(shape, at(index, output))] as number) + product;
  }
  return { shape, data };
};

/** An equation over four letters: terms of up to three of them, one twice now and then, and a result of some. */
const equation = fc
  .tuple(
    fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
    fc.subarray(['d', 'b', 'a', 'c']),
    fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
  )
  .map(([terms, extents, wanted, stretched]) => ({
    terms: terms.map((letters) => letters.join('')),
    output: wanted.filter((letter) => terms.some((term) => term.some((own) => own === letter))).join(''),
    shapes: terms.map((letters, t) => {
      const repeats = new Set(letters).size < letters.length;
      return letters.map((letter, axis) => {
        const extent = extents['abcd'.indexOf(letter)] as number;
        return stretched[t * 3 + axis] === true && !repeats && extent > 0 ? 1 : extent; // extents of 1 broadcast
      });
    }),
  }));

describe('einsum', () => {
  it('is the sum of products that the equation says, with its gradient, for every equation', () =>
    forAll(
      [equation, seed],
      ({ terms, output, shapes }, at) => {
        const tensors = shapes.map((shape, t) => normal(shape, at + t));
        const written = `${terms.join(', ')} -> ${output}`;
        const given = einsum(written, ...tensors);
        const expected = reference(terms, output, tensors);
        expect(given.shape).toEqual(expected.shape);
        expectClose(given, expected, { absolute: 1e-4, relative: 1e-5, name: written }); // up to 81 products of three
        if (tensors.reduce((size, x) => size + x.size, 0) < 30)
          gradientCheck((...inputs) => einsum(written, ...(inputs as Tensor[])), tensors, {
            tolerance: 5e-3,
          });
      },
      { runs: 200 },
    ));
  it('implies the result where there is no arrow, and covers further axes by dots', () => {
    const [a, b] = [normal([2, 3], 1), normal([3, 4], 2)];
    expectClose(einsum('ij,jk', a, b), einsum('ij,jk->ik', a, b));
    expectClose(einsum('ba', a), einsum('ba->ab', a));
    const [x, y] = [normal([5, 2, 3], 3), normal([3, 4], 4)];
    expectClose(einsum('...ij,jk->...ik', x, y), einsum('bij,jk->bik', x, y));
    expectClose(
      einsum('...ij,...jk', normal([5, 1, 2, 3], 5), normal([4, 3, 2], 6)),
      einsum('abij,bjk->abik', normal([5, 1, 2, 3], 5), normal([4, 3, 2], 6)),
    );
    expectClose(einsum('i...->...', x), einsum('ijk->jk', x));
  });
  it.each([
    [
      'ij,jk->ik',
      [
        [2, 3],
        [4, 5],
      ],
      /'j' is 4 in \[4, 5\] but 3 before/,
    ],
    ['ij->ij', [[2, 3], [2]], /for 2 tensors/],
    ['ijk->i', [[2, 3]], /a letter for each of its 2 axes/],
    ['ij->k', [[2, 3]], /letters of the operands/],
    ['ij->ii', [[2, 3]], /each once/],
    ['i1->i', [[2, 3]], /expected letters/],
    ['ii->i', [[2, 3]], /3 in \[2, 3\] but 2 before/],
    ['ii->i', [[2, 1]], /'i' names axes of 2 and 1/],
    ['ij->i->j', [[2, 3]], /at most one '->'/],
    ['...i...->i', [[2, 3]], /two ellipses/],
  ] as const)('%s is refused by name for what it is given', (written, shapes, message) => {
    expect(() => einsum(written, ...shapes.map((shape) => zeros(shape)))).toThrow(message);
  });
  it('serves scalars', () => expect(einsum(',->', tensor(3), tensor(4)).item()).toBe(12));
});
