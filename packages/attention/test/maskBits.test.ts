// Masks by bits: the words of a tile and the parts of the rows say what the mask says element by element, and flash computes by them what dense does.
import { add, backward, mul, normal, random, sum, type Tensor, tensor, variable } from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttentionKernel,
  allows,
  and,
  attentionWithLogSumExp,
  byDistance,
  dense,
  flash,
  flashBackward,
  global,
  keepWhere,
  type Mask,
  or,
  sizesOf,
  tile,
  where,
  window,
} from '../src/index.ts';
import { maskBits } from '../src/maskBits.ts';
import { maskWords } from '../src/maskWords.ts';
import { maskExpression } from './masks.ts';

const heads = 2;
const sizesFor = (queries: number, keys: number) => ({ batch: 2, heads, queries, keys });

/** Masks that differ by head: a random one, hidden here and there by a predicate or shown by a tensor of each head. */
const byHead = (sizes: ReturnType<typeof sizesFor>): fc.Arbitrary<Mask> => {
  const { queries, keys } = sizes;
  const bits = (seed: number): Mask => {
    const source = random(seed);
    const data = Uint8Array.from({ length: heads * queries * keys }, () => (source.uniform() < 0.2 ? 1 : 0));
    return keepWhere(tensor(data, [heads, queries, keys]));
  };
  const predicate = where(({ batch, head, query, key }) => (query * 3 + key * 5 + head + batch) % 4 !== 0);
  return fc
    .tuple(maskExpression(sizes), fc.constantFrom('and', 'or'), fc.nat(99))
    .map(([mask, way, seed]) => (way === 'and' ? and(mask, predicate) : or(mask, bits(seed))));
};

it('rows of a thousand tiles are read in steps: what is seen at their ends and in between', () => {
  const [queries, keys] = [3, 64 * 1024 + 5];
  const wanted = [0, 63, 64, 511, 512 * 64, 64 * 1024 - 1, 64 * 1024 + 4];
  const mask = or(global(wanted), window({ left: 1, right: 0 }));
  const sizes = { batch: 1, heads: 1, queries, keys };
  const [part, ...more] = maskBits(mask, sizes, 1e9);
  expect(more).toEqual([]);
  const { words, starts } = part?.visibleBits ?? { words: [], starts: [] };
  const seen = Array.from({ length: keys }, (_, key) => key).filter(
    (key) => (((words[(starts[0] as number) + (key >> 5)] as number) >>> (key & 31)) & 1) === 1,
  );
  expect(seen).toEqual(
    [...wanted, keys - 4, keys - 3].sort((a, b) => a - b).filter((x, i, all) => x !== all[i - 1]),
  );
});

describe.each([
  [70, 75],
  [9, 130],
  [130, 9],
])('bits of %i queries by %i keys', (queries, keys) => {
  const sizes = sizesFor(queries, keys);
  const anyMask = fc.oneof(maskExpression(sizes), byHead(sizes));

  it('the words of a tile say what each element does', () => {
    forAll(
      [anyMask, fc.nat(1), fc.nat(heads - 1), fc.nat(queries - 1), fc.nat(keys - 1), fc.nat(63)],
      (mask, batch, head, queryStart, keyStart, more) => {
        const queryEnd = Math.min(queries, queryStart + 1 + (more % 9));
        const keyEnd = Math.min(keys, keyStart + 1 + more);
        const words = maskWords(mask, { batch, head, queryStart, queryEnd, keyStart, keyEnd }, sizes);
        expect(words.length).toBe(2 * (queryEnd - queryStart));
        for (let query = queryStart; query < queryEnd; query++)
          for (let key = keyStart; key < keyEnd; key++) {
            const word = words[2 * (query - queryStart) + ((key - keyStart) >> 5)] as number; // two a row
            const seen = ((word >>> ((key - keyStart) & 31)) & 1) === 1;
            if (seen !== allows(mask, { batch, head, query, key }, sizes))
              throw new Error(`key ${key} of query ${query}: ${seen}`);
          }
      },
    );
  });
  it('parts of any size are all rows in order, and say of each key what the mask does', () => {
    forAll(
      [anyMask, fc.constantFrom(0, 300, 1e9)],
      (mask, most) => {
        let next = 0;
        for (const { rows, visible, visibleBits, stride } of maskBits(mask, sizes, most)) {
          expect(rows[0]).toBe(next);
          next = rows[1];
          expect(most < 1e9 || rows[1] === queries).toBe(true);
          for (let batch = 0; batch < 2; batch++)
            for (let head = 0; head < heads; head++)
              for (let query = rows[0]; query < rows[1]; query++)
                for (let key = 0; key < keys; key++) {
                  const row = batch * stride + query - rows[0];
                  const inside = key >= (visible?.[2 * row] ?? 0) && key < (visible?.[2 * row + 1] ?? keys);
                  const { words, starts, head: step } = visibleBits ?? { words: [], starts: [], head: 0 };
                  const word = words[(starts[row] as number) + head * step + (key >> 5)] ?? 0;
                  const seen = inside && ((word >>> (key & 31)) & 1) === 1;
                  if (seen !== allows(mask, { batch, head, query, key }, sizes))
                    throw new Error(`key ${key} of query ${query}, head ${head}, batch ${batch}: ${seen}`);
                }
        }
        expect(next).toBe(queries);
      },
      { runs: 60 },
    );
  });
  it('no element of a tile that is empty or full is read', () => {
    const asked: number[] = [];
    const spy = where(({ query, key }) => {
      asked.push(query * keys + key);
      return true;
    });
    const mask = and(window({ left: 3, right: 2 }), spy);
    for (const _ of maskBits(mask, sizes, 1e9));
    const place = (index: number) => {
      const [queryStart, keyStart] = [
        64 * Math.floor(index / keys / 64),
        64 * Math.floor((index % keys) / 64),
      ];
      return {
        ...{ batch: 0, queryStart, keyStart },
        ...{ queryEnd: Math.min(queries, queryStart + 64), keyEnd: Math.min(keys, keyStart + 64) },
      };
    };
    for (const index of asked) expect(tile(mask, place(index), sizes)).toBe(1);
  });

  const [batch, depth] = [2, 3];
  const draw = (rows: number, seed: number) => normal([batch, heads, rows, depth], random(seed));

  it('flash by bits is dense, with its gradients, with a bias, a bound, dropout and sinks', () => {
    forAll(
      [byHead(sizes), fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()],
      (mask, biased, bounded, dropped, sunk) => {
        const resultsOf = (kernel: AttentionKernel): readonly Tensor[] => {
          const [q, k, v] = [variable(draw(queries, 1)), variable(draw(keys, 2)), variable(draw(keys, 3))];
          const table = variable(normal([heads, 21], random(4)));
          const sinks = variable(normal([heads], random(5)));
          const { output, logSumExp } = attentionWithLogSumExp(q, k, v, {
            ...{ mask, kernel },
            ...(biased ? { bias: byDistance(table) } : {}),
            ...(bounded ? { softcap: 2 } : {}),
            ...(dropped ? { dropout: { rate: 0.3, source: random(6) } } : {}),
            ...(sunk ? { sinks } : {}),
          });
          const whole = logSumExp.data.every(Number.isFinite);
          const shares = normal(logSumExp.shape, random(8));
          const upstream = sum(mul(output, normal(output.shape, random(7))));
          const loss = whole ? add(upstream, sum(mul(logSumExp, shares))) : upstream;
          const gradients = backward(loss);
          const found = [q, k, v, ...(biased ? [table] : []), ...(sunk ? [sinks] : [])];
          return [output, logSumExp, ...found.map((x) => gradients.get(x) as Tensor)];
        };
        const expected = resultsOf(dense);
        for (const [index, given] of resultsOf(flash).entries())
          expectClose(given.data, (expected[index] as Tensor).data, {
            ...{ relative: 1e-4, absolute: 1e-4, name: `result ${index}` },
          });
      },
      { runs: 25 },
    );
  });
  it('flashBackward gives the gradients for any mask from the output alone', () => {
    forAll(
      [anyMask],
      (mask) => {
        const [q, k, v] = [variable(draw(queries, 1)), variable(draw(keys, 2)), variable(draw(keys, 3))];
        const request = {
          ...{ query: q, key: k, value: v, mask, scale: 0.6, softcap: undefined, bias: undefined },
          ...{ dropout: undefined, sinks: undefined },
        };
        expect(sizesOf(request).heads).toBe(heads);
        const { output } = dense.run(request);
        const gradient = normal(output.shape, random(7));
        const expected = backward(output, gradient);
        const given = flashBackward(request, { output, gradient }, false);
        for (const [index, x] of [q, k, v].entries())
          expectClose((given[index] as Tensor).data, (expected.get(x) as Tensor).data, {
            ...{ relative: 1e-4, absolute: 1e-4, name: `${index}` },
          });
      },
      { runs: 30 },
    );
  });
});
