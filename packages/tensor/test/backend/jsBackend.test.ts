// The plain backend is the definition of every kernel: here it is held against the formulas themselves.
import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erf } from '../../src/backend/js/unary.ts';
import { jsBackend } from '../../src/index.ts';

const seed = fc.integer({ min: 0, max: 1e6 });

describe('unary', () => {
  it('erf agrees with its integral to 1e-12, is odd, and ends at ±1', () => {
    const integral = (x: number): number => {
      const steps = 2000; // Simpson's rule: error below 1e-13 on [0, 6]
      let sum = 0;
      for (let i = 0; i <= steps; i++)
        sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-(((x * i) / steps) ** 2));
      return ((2 / Math.sqrt(Math.PI)) * sum * x) / steps / 3;
    };
    for (let x = 0; x <= 6.5; x += 0.05) {
      expectClose(erf(x), integral(x), { absolute: 1e-12 });
      expect(erf(-x)).toBe(-erf(x));
    }
    expect([erf(Infinity), erf(-Infinity), erf(Number.NaN), erf(0)]).toEqual([1, -1, Number.NaN, 0]);
  });

  it('is right at the ends of the line: nothing finite or infinite becomes NaN where a limit exists', () => {
    const x = Float32Array.of(-Infinity, -1000, -100, 0, 100, 1000, Infinity, Number.NaN);
    const of = (kind: Parameters<typeof jsBackend.unary>[0]): number[] => {
      const out = new Float32Array(x.length);
      jsBackend.unary(kind, x, out);
      return [...out];
    };
    expect(of('relu')).toEqual([0, 0, 0, 0, 100, 1000, Infinity, Number.NaN]);
    for (const kind of ['gelu', 'geluTanh', 'silu'] as const)
      expectClose(of(kind), [0, 0, 0, 0, 100, 1000, Infinity, Number.NaN], {
        absolute: 1e-30,
        relative: 1e-6,
      });
    expectClose(of('sigmoid'), [0, 0, 0, 0.5, 1, 1, 1, Number.NaN], { absolute: 1e-30 });
    expect(of('tanh')).toEqual([-1, -1, -1, 0, 1, 1, 1, Number.NaN]);
    expect(of('exp').slice(3)).toEqual([1, Infinity, Infinity, Infinity, Number.NaN]);
  });
});

describe('matmul', () => {
  it('a stride of 0 reads the same matrix for every batch, other strides may leave gaps', () => {
    const a = Float32Array.of(1, 2, 99, 3, 4, 99);
    const b = Float32Array.of(10, 100);
    const out = new Float32Array(2);
    jsBackend.matmul({
      a,
      b,
      out,
      m: 1,
      n: 1,
      k: 2,
      transposeA: false,
      transposeB: false,
      batches: 2,
      aStride: 3,
      bStride: 0,
      keep: false,
    });
    expect([...out]).toEqual([210, 430]);
  });
});

describe('attention', () => {
  it('over packed sequences, with intervals of visible keys and grouped heads, is the softmax formula of each row', () => {
    forAll(
      [
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 5 })), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.constantFrom(1, 2),
        fc.boolean(),
        seed,
      ],
      (lengths, kvHeads, masked, at) => {
        const [heads, depth, valueDepth, scale] = [2, 3, 2, 0.7];
        const [queries, keys] = [0, 1].map((side) =>
          lengths.reduce((sum, pair) => sum + (pair[side] as number), 0),
        ) as [number, number];
        const q = noise([queries, heads, depth], at).data;
        const k = noise([keys, kvHeads, depth], at + 1).data;
        const v = noise([keys, kvHeads, valueDepth], at + 2).data;
        const out = new Float32Array(queries * heads * valueDepth);
        const logSumExp = new Float32Array(queries * heads);
        const sequences: number[] = [];
        const visible: number[] = [];
        let [query, key] = [0, 0];
        for (const [own, seen] of lengths) {
          sequences.push(query, query + own, key, key + seen, query);
          for (let i = 0; i < own; i++) {
            const first = masked ? (at + i) % (seen + 1) : 0;
            visible.push(first, masked ? Math.min(seen, first + 2) : seen);
          }
          query += own;
          key += seen;
        }
        jsBackend.attention({
          ...{ q, k, v, out, logSumExp, heads, kvHeads, depth, valueDepth, scale },
          qLayout: { row: heads * depth, head: depth },
          kLayout: { row: kvHeads * depth, head: depth },
          vLayout: { row: kvHeads * valueDepth, head: valueDepth },
          outLayout: { row: heads * valueDepth, head: valueDepth },
          logSumExpLayout: { row: 1, head: queries },
          sequences: Int32Array.from(sequences),
          visible: Int32Array.from(visible),
        });
        for (let s = 0; s < lengths.length; s++)
          for (let row = sequences[5 * s] as number; row < (sequences[5 * s + 1] as number); row++)
            for (let head = 0; head < heads; head++) {
              const kvHead = Math.floor((head * kvHeads) / heads);
              const start = sequences[5 * s + 2] as number;
              const seen = Array.from(
                { length: (visible[2 * row + 1] as number) - (visible[2 * row] as number) },
                (_, j) => start + (visible[2 * row] as number) + j,
              );
              const scores = seen.map((j) => {
                let dot = 0;
                for (let d = 0; d < depth; d++)
                  dot +=
                    (q[(row * heads + head) * depth + d] as number) *
                    (k[(j * kvHeads + kvHead) * depth + d] as number);
                return Math.exp(scale * dot);
              });
              const total = scores.reduce((a, b) => a + b, 0);
              const wanted = Array.from({ length: valueDepth }, (_, d) =>
                seen.reduce(
                  (sum, j, i) =>
                    sum +
                    ((scores[i] as number) / total) * (v[(j * kvHeads + kvHead) * valueDepth + d] as number),
                  0,
                ),
              );
              expectClose(
                out.slice((row * heads + head) * valueDepth, (row * heads + head + 1) * valueDepth),
                wanted,
                { absolute: 1e-6, relative: 1e-5 },
              );
              expectClose(logSumExp[head * queries + row] as number, Math.log(total), {
                absolute: 1e-5,
                relative: 1e-5,
              });
            }
      },
    );
  });
});
