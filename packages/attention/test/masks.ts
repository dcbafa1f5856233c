// Random masks for tests: every kind, and expressions of them.
import { tensor } from '@heed/tensor';
import fc from 'fast-check';
import {
  and,
  blocks,
  causal,
  documents,
  firstKeys,
  global,
  keepWhere,
  type Mask,
  not,
  or,
  padding,
  window,
} from '../src/index.ts';

/** Sizes that the masks fit. */
export interface Sizes {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}

const list = <T>(one: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength: length, maxLength: length });

/** Masks of one kind, all that are data. */
export const leafMask = ({ batch, queries, keys }: Sizes): fc.Arbitrary<Mask> => {
  const some = fc.array(fc.nat(keys + 2), { maxLength: 3 });
  return fc.oneof(
    fc.record({ left: fc.nat(keys), right: fc.nat(keys) }).map(window),
    fc.record({ left: fc.nat(5), right: fc.nat(5), dilation: fc.integer({ min: 2, max: 4 }) }).map(window),
    fc.constant(causal()),
    some.map(global),
    list(some, batch).map(global),
    fc.nat(keys + 2).map(firstKeys),
    fc
      .integer({ min: 1, max: Math.max(1, queries, keys) })
      .chain((size) =>
        list(list(fc.nat(1), Math.ceil(keys / size)), Math.ceil(queries / size)).map((table) =>
          blocks({ size, table }),
        ),
      ),
    list(fc.nat(keys), batch).map(padding),
    fc.tuple(list(fc.nat(2), queries), list(fc.nat(2), keys)).map(([q, k]) => documents(q, k)),
    fc
      .tuple(fc.constantFrom(1, batch), list(fc.nat(1), batch * queries * keys))
      .map(([extent, bits]) =>
        keepWhere(
          tensor(Uint8Array.from(bits.slice(0, extent * queries * keys)), [extent, 1, queries, keys]),
        ),
      ),
  );
};

/** Expressions of masks by and, or, not. */
export const maskExpression = (sizes: Sizes): fc.Arbitrary<Mask> => {
  const leaf = leafMask(sizes);
  return fc.letrec<{ mask: Mask }>((tie) => ({
    mask: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.tuple(tie('mask'), tie('mask')).map(([a, b]) => and(a, b)),
      fc.tuple(tie('mask'), tie('mask')).map(([a, b]) => or(a, b)),
      tie('mask').map(not),
    ),
  })).mask;
};
