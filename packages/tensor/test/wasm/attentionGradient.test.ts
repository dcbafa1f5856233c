// The gradient of attention: the reference against finite differences, every engine against the reference, and no NaN for who sees nothing.
import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttentionCall, Layout } from '../../src/backend/backend.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import type { AttentionGradientCall } from '../../src/backend/trainingKernels.ts';
import { type WasmBackend, wasmBackend, wasmBackendSync } from '../../src/wasm/wasmBackend.ts';
import { expectSameBits, type NamedEngine, resident, startEngines } from './engines.ts';

let engines: readonly NamedEngine[];
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => {
  for (const { engine } of engines) engine[Symbol.dispose]();
});

interface Sizes {
  readonly lengths: readonly (readonly [queries: number, keys: number])[];
  readonly kvHeads: number;
  readonly group: number;
  readonly depth: number;
  readonly valueDepth: number;
  readonly mask: 'none' | 'causal' | 'random';
  readonly byHeads: boolean;
  readonly seed: number;
}

const sizes: fc.Arbitrary<Sizes> = fc.record({
  lengths: fc.array(
    fc.tuple(
      fc.oneof(fc.constantFrom(0, 1, 7, 64, 65), fc.integer({ min: 1, max: 90 })),
      fc.oneof(fc.constantFrom(0, 1, 63, 64, 65), fc.integer({ min: 1, max: 150 })),
    ),
    { minLength: 1, maxLength: 3 },
  ),
  kvHeads: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 3 }),
  depth: fc.constantFrom(1, 3, 8, 16, 20),
  valueDepth: fc.constantFrom(1, 5, 8, 16),
  mask: fc.constantFrom('none', 'causal', 'random'),
  byHeads: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

type Place = (x: Float32Array) => Float32Array;
const same: Place = (x) => x;

/** A call with its output computed; rows of all sequences one behind the other, or heads one behind the other. */
const callOf = (it: Sizes, place: Place): AttentionGradientCall => {
  const { lengths, kvHeads, group, depth, valueDepth, seed } = it;
  const heads = kvHeads * group;
  const queries = lengths.reduce((sum, [q]) => sum + q, 0);
  const keys = lengths.reduce((sum, [, k]) => sum + k, 0);
  const layout = (rows: number, many: number, width: number): Layout =>
    it.byHeads ? { row: width, head: rows * width } : { row: many * width, head: width };
  const sequences: number[] = [];
  const visible: number[] = [];
  let [q, k] = [0, 0];
  for (const [ownQueries, ownKeys] of lengths) {
    sequences.push(q, q + ownQueries, k, k + ownKeys, q);
    for (let i = 0; i < ownQueries; i++) {
      const draw = ((i * 7919 + seed) * 31) % (ownKeys + 2);
      if (it.mask === 'causal') visible.push(0, Math.max(0, Math.min(ownKeys, i + 1 + ownKeys - ownQueries)));
      else visible.push(draw, Math.min(ownKeys, draw + (seed % 40)));
    }
    q += ownQueries;
    k += ownKeys;
  }
  const draw = (length: number, from: number): Float32Array => place(noise([length], seed + from).data);
  const call: AttentionCall = {
    q: draw(queries * heads * depth, 0),
    k: draw(keys * kvHeads * depth, 1),
    v: draw(keys * kvHeads * valueDepth, 2),
    out: place(new Float32Array(queries * heads * valueDepth)),
    logSumExp: undefined,
    logSumExpLayout: { row: 0, head: 0 },
    qLayout: layout(queries, heads, depth),
    kLayout: layout(keys, kvHeads, depth),
    vLayout: layout(keys, kvHeads, valueDepth),
    outLayout: layout(queries, heads, valueDepth),
    sequences: Int32Array.from(sequences),
    visible: it.mask === 'none' ? undefined : Int32Array.from(visible),
    ...{ heads, kvHeads, depth, valueDepth, scale: 0.7 },
  };
  jsBackend.attention(call);
  return {
    ...call,
    gradient: draw(call.out.length, 3),
    qGradient: place(new Float32Array(call.q.length).fill(9)),
    kGradient: place(new Float32Array(call.k.length).fill(9)),
    vGradient: place(new Float32Array(call.v.length).fill(9)),
  };
};

const names = ['qGradient', 'kGradient', 'vGradient'] as const;
const inputs = { qGradient: 'q', kGradient: 'k', vGradient: 'v' } as const;

test('the reference is the derivative: finite differences of Σ gradient · output', () => {
  forAll(
    [sizes],
    (it) => {
      const small = { ...it, lengths: it.lengths.map(([q, k]) => [q % 6, k % 8] as const) };
      const call = callOf(small, same);
      jsBackend.attentionGradient(call);
      const value = (name: 'q' | 'k' | 'v', at: number, change: number): number => {
        const out = new Float32Array(call.out.length);
        const moved = call[name].slice();
        moved[at] = (moved[at] as number) + change;
        jsBackend.attention({
          ...{ ...call, out, logSumExp: undefined, logSumExpLayout: { row: 0, head: 0 } },
          [name]: moved,
        });
        return out.reduce((sum, y, i) => sum + y * (call.gradient[i] as number), 0);
      };
      for (const name of names)
        for (let at = 0; at < call[name].length; at += 5) {
          const numeric = (value(inputs[name], at, 0.01) - value(inputs[name], at, -0.01)) / 0.02;
          expect(Math.abs((call[name][at] as number) - numeric)).toBeLessThan(2e-3 * (1 + Math.abs(numeric)));
        }
    },
    { runs: 25 },
  );
});

describe('attentionGradient', () => {
  const agree = (it: Sizes, engine: WasmBackend, place: Place, name: string): void => {
    const expected = callOf(it, same);
    jsBackend.attentionGradient(expected);
    const own = callOf(it, place);
    engine.attentionGradient(own);
    for (const part of names)
      expectClose(own[part], expected[part], { relative: 1e-5, absolute: 2e-5, name: `${name}, ${part}` });
  };

  test('agrees with the reference for any sequences, grouped heads, layouts and masks of intervals', () => {
    forAll(
      [sizes],
      (it) => {
        for (const { name, engine } of engines) {
          agree(it, engine, (x) => x.slice(), name);
          if (engine.memory === undefined) continue;
          const mark = engine.memory.mark();
          agree(it, engine, (x) => resident(engine, x), `${name}, resident`);
          engine.memory.release(mark);
        }
      },
      { runs: 40 },
    );
  });

  test('leaves what lies between the rows as it is', () => {
    const call = callOf(
      {
        lengths: [[3, 5]],
        kvHeads: 1,
        group: 1,
        depth: 4,
        valueDepth: 4,
        mask: 'none',
        byHeads: false,
        seed: 3,
      },
      same,
    );
    const wider = (x: Float32Array): Float32Array => {
      const rows = new Float32Array((x.length / 4) * 10).fill(5);
      for (let row = 0; row < x.length / 4; row++) rows.set(x.subarray(4 * row, 4 * row + 4), 10 * row);
      return rows;
    };
    const layout = { row: 10, head: 4 };
    for (const { engine } of engines) {
      const spaced = {
        ...call,
        ...{ q: wider(call.q), k: wider(call.k), v: wider(call.v), out: wider(call.out) },
        gradient: wider(call.gradient),
        ...{
          qGradient: wider(call.qGradient),
          kGradient: wider(call.kGradient),
          vGradient: wider(call.vGradient),
        },
        ...{ qLayout: layout, kLayout: layout, vLayout: layout, outLayout: layout },
      };
      engine.attentionGradient(spaced);
      for (const name of names) {
        expect(spaced[name].filter((_, i) => i % 10 >= 4)).toEqual(
          new Float32Array(spaced[name].length * 0.6).fill(5),
        );
        expect(spaced[name].subarray(0, 4)).not.toEqual(new Float32Array(4).fill(9));
      }
    }
  });

  test('stays exact where scores are large, and finite where hidden keys and values are not', () => {
    for (const { name, engine } of engines) {
      const it: Sizes = {
        ...{ lengths: [[9, 70]], kvHeads: 1, group: 1, depth: 8, valueDepth: 8 },
        ...{ mask: 'none', byHeads: false, seed: 11 },
      };
      const large = callOf(it, same);
      for (let i = 0; i < large.q.length; i++) large.q[i] = (large.q[i] as number) * 3000;
      jsBackend.attention({ ...large, logSumExp: undefined, logSumExpLayout: { row: 0, head: 0 } });
      const expected = { ...large, vGradient: new Float32Array(large.v.length) };
      jsBackend.attentionGradient(expected);
      engine.attentionGradient(large);
      expectClose(large.vGradient, expected.vGradient, { relative: 5e-3, absolute: 5e-3, name });

      const masked = callOf({ ...it, lengths: [[3, 6]] }, same);
      const visible = Int32Array.of(0, 4, 0, 4, 0, 4);
      masked.v.fill(Number.NaN, 4 * 8);
      const call = { ...masked, visible };
      engine.attentionGradient(call);
      expect([...call.qGradient, ...call.kGradient, ...call.vGradient].every(Number.isFinite)).toBe(true);
    }
  });

  test('has the same bits with one thread and with two', async () => {
    using one = wasmBackendSync({ relaxedSimd: 'off' });
    using two = await wasmBackend({ threads: 2, relaxedSimd: 'off' });
    const it: Sizes = {
      lengths: [
        [90, 90],
        [130, 130],
      ],
      ...{ kvHeads: 2, group: 2, depth: 16, valueDepth: 16, mask: 'causal', byHeads: false, seed: 5 },
    };
    const [first, second] = [callOf(it, same), callOf(it, same)];
    one.attentionGradient(first);
    two.attentionGradient(second);
    for (const name of names) expectSameBits(second[name], first[name], name);
  });
});
