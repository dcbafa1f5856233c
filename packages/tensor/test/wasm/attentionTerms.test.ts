// Attention whose scores have terms (a bound, a bias, dropout): the reference against finite differences, every engine against the reference.
import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttentionCall } from '../../src/backend/backend.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import type { BiasTerm, ScoreTerms } from '../../src/backend/scoreTerms.ts';
import { type WasmBackend, wasmBackend, wasmBackendSync } from '../../src/wasm/wasmBackend.ts';
import { type BothPasses, expectAgreement, filled, type Place } from './attentionAgreement.ts';
import { everywhereOn, expectSameBits, type NamedEngine, startEngines } from './engines.ts';

let engines: readonly NamedEngine[];
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => {
  for (const { engine } of engines) engine[Symbol.dispose]();
});

interface Setting {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly kvHeads: number;
  readonly group: number;
  readonly depth: number;
  readonly mask: 'none' | 'causal' | 'any';
  readonly softcap: number | undefined;
  readonly rate: number;
  readonly bias: 'none' | 'dense' | 'byDistance';
  /** Whether the bias differs by batch, head, query; and by key, or how many distances it has. */
  readonly own: readonly [boolean, boolean, boolean, boolean];
  readonly distances: number;
  readonly first: number;
  readonly hides: boolean;
  readonly seed: number;
}

const settings: fc.Arbitrary<Setting> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  queries: fc.oneof(fc.constantFrom(1, 7, 8, 64, 65), fc.integer({ min: 1, max: 90 })),
  keys: fc.oneof(fc.constantFrom(0, 1, 3, 64, 65), fc.integer({ min: 1, max: 150 })),
  kvHeads: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 2 }),
  depth: fc.constantFrom(1, 3, 8, 16),
  mask: fc.constantFrom('none', 'causal', 'any'),
  softcap: fc.constantFrom(undefined, undefined, 1.5, 30),
  rate: fc.constantFrom(0, 0, 0.1, 0.5),
  bias: fc.constantFrom('none', 'dense', 'byDistance', 'byDistance'),
  own: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
  distances: fc.constantFrom(1, 2, 9, 40, 200),
  first: fc.integer({ min: -150, max: 20 }),
  hides: fc.boolean(),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

const same: Place = (x) => x;

const biasOf = (it: Setting, place: Place): BiasTerm | undefined => {
  if (it.bias === 'none') return undefined;
  const byDistance = it.bias === 'byDistance';
  const [byBatch, byHead, byQuery, byKey] = it.own;
  const columns = byDistance ? it.distances : Math.max(1, byKey ? it.keys : 1);
  const row = byQuery ? columns : 0;
  const ofHead = columns * (byQuery ? it.queries : 1);
  const ofBatch = ofHead * (byHead ? it.kvHeads * it.group : 1);
  const array = noise([ofBatch * (byBatch ? it.batch : 1)], it.seed + 5).data;
  if (it.hides) for (let i = 0; i < array.length; i += 3) array[i] = -Infinity;
  return {
    ...{ array: place(array), sequence: byBatch ? ofBatch : 0, head: byHead ? ofHead : 0, row, columns },
    ...{ byDistance, first: byDistance ? it.first : 0 },
  };
};

const termsOf = (it: Setting, place: Place): ScoreTerms => {
  const heads = it.kvHeads * it.group;
  return {
    softcap: it.softcap,
    bias: biasOf(it, place),
    dropout:
      it.rate === 0
        ? undefined
        : {
            ...{ key: [it.seed, 77], rate: it.rate, position: 3 },
            ...{ sequence: heads * it.queries * it.keys, head: it.queries * it.keys, row: it.keys },
          },
  };
};

/** A call with its output computed by the reference. */
const callOf = (it: Setting, place: Place): BothPasses => {
  const { batch, queries, keys, kvHeads, group, depth, seed } = it;
  const heads = kvHeads * group;
  const visible: number[] = [];
  const sequences: number[] = [];
  for (let b = 0; b < batch; b++) {
    sequences.push(b * queries, (b + 1) * queries, b * keys, (b + 1) * keys, b * queries);
    for (let i = 0; i < queries; i++) {
      const draw = ((i * 7919 + seed) * 31) % (keys + 2);
      if (it.mask === 'causal') visible.push(0, Math.max(0, Math.min(keys, i + 1 + keys - queries)));
      else visible.push(draw, Math.min(keys, draw + (seed % 60)));
    }
  }
  const draw = (length: number, from: number): Float32Array => place(noise([length], seed + from).data);
  const layout = (many: number) => ({ row: many * depth, head: depth });
  const terms = termsOf(it, place);
  const call: AttentionCall = {
    q: draw(batch * queries * heads * depth, 0),
    k: draw(batch * keys * kvHeads * depth, 1),
    v: draw(batch * keys * kvHeads * depth, 2),
    out: place(new Float32Array(batch * queries * heads * depth)),
    logSumExp: new Float32Array(batch * queries * heads),
    logSumExpLayout: { row: heads, head: 1 },
    ...{
      qLayout: layout(heads),
      kLayout: layout(kvHeads),
      vLayout: layout(kvHeads),
      outLayout: layout(heads),
    },
    sequences: Int32Array.from(sequences),
    visible: it.mask === 'none' ? undefined : Int32Array.from(visible),
    ...{ heads, kvHeads, depth, valueDepth: depth, scale: 0.7, terms },
  };
  jsBackend.attention(call);
  return {
    ...call,
    gradient: draw(call.out.length, 3),
    qGradient: place(new Float32Array(call.q.length).fill(9)),
    kGradient: place(new Float32Array(call.k.length).fill(9)),
    vGradient: place(new Float32Array(call.v.length).fill(9)),
    biasGradient: terms.bias && place(new Float32Array(terms.bias.array.length).fill(2)),
  };
};

test('the reference is the derivative, of the bias too, and adds to what is there', () => {
  forAll(
    [settings],
    (it) => {
      const call = callOf({ ...it, queries: (it.queries % 5) + 1, keys: it.keys % 8, hides: false }, same);
      jsBackend.attentionGradient(call);
      const value = (changed: Partial<AttentionCall>): number => {
        const out = new Float32Array(call.out.length);
        jsBackend.attention({ ...call, logSumExp: undefined, ...changed, out });
        return out.reduce((sum, y, i) => sum + y * (call.gradient[i] as number), 0);
      };
      const moved = (x: Float32Array, at: number, change: number): Float32Array =>
        x.map((number, i) => (i === at ? number + change : number));
      const agrees = (given: number, plus: number, minus: number): void => {
        const numeric = (plus - minus) / 0.02;
        expect(Math.abs(given - numeric)).toBeLessThan(4e-3 * (1 + Math.abs(numeric)));
      };
      for (let at = 0; at < call.q.length; at += 5)
        agrees(
          call.qGradient[at] as number,
          value({ q: moved(call.q, at, 0.01) }),
          value({ q: moved(call.q, at, -0.01) }),
        );
      const { terms } = call;
      const bias = terms?.bias;
      if (terms === undefined || bias === undefined) return;
      const withBias = (array: Float32Array) => ({ terms: { ...terms, bias: { ...bias, array } } });
      for (let at = 0; at < Math.min(40, bias.array.length); at++)
        agrees(
          (call.biasGradient?.[at] as number) - 2,
          value(withBias(moved(bias.array, at, 0.01))),
          value(withBias(moved(bias.array, at, -0.01))),
        );
    },
    { runs: 40 },
  );
});

describe('engines', () => {
  test('agree with the reference for any bound, bias and dropout', () => {
    forAll(
      [settings],
      (it) => {
        const expected = callOf(it, same);
        jsBackend.attentionGradient(expected);
        everywhereOn(engines.slice(1), (engine, place, name) =>
          expectAgreement(expected, { name, engine }, place),
        );
      },
      { runs: 40 },
    );
  });

  const heavy: Setting = {
    ...{ batch: 2, queries: 130, keys: 140, kvHeads: 2, group: 2, depth: 16, mask: 'causal', softcap: 5 },
    ...{ rate: 0.2, bias: 'byDistance', own: [false, true, false, true], distances: 60, first: -70 },
    ...{ hides: false, seed: 5 },
  };
  const ways: readonly Partial<Setting>[] = [
    {},
    { own: [false, false, false, true] },
    { bias: 'dense', own: [true, true, true, true] },
    { bias: 'dense', own: [false, false, true, true] },
    { bias: 'dense', own: [true, false, false, true] },
  ];
  const resultsBy = (engine: WasmBackend, it: Setting): readonly Float32Array[] => {
    const call = callOf(it, same);
    const out = new Float32Array(call.out.length);
    engine.attention({ ...call, out, logSumExp: undefined, logSumExpLayout: { row: 0, head: 0 } });
    engine.attentionGradient(call);
    return [out, ...filled.map((part) => call[part] as Float32Array)];
  };

  test.each(ways)('have the same bits with one thread and with two, and in pieces: %o', async (way) => {
    using one = wasmBackendSync({ relaxedSimd: 'off' });
    using two = await wasmBackend({ threads: 2, relaxedSimd: 'off' });
    using little = wasmBackendSync({ relaxedSimd: 'off', memoryLimit: 3 * 2 ** 20 });
    const expected = resultsBy(one, { ...heavy, ...way });
    for (const [index, part] of resultsBy(two, { ...heavy, ...way }).entries())
      expectSameBits(part, expected[index] as Float32Array, `two threads, part ${index}`);
    for (const [index, part] of resultsBy(little, { ...heavy, ...way }).entries())
      expectClose(part, expected[index] as Float32Array, {
        relative: 1e-5,
        absolute: 1e-5,
        name: `${index}`,
      });
  });

  test('a bias of many rows adds up as in float64, to a part in a hundred thousand', () => {
    const it = { ...heavy, batch: 3, queries: 300, keys: 300, own: [false, false, false, true] as const };
    const expected = callOf({ ...it, rate: 0 }, same);
    jsBackend.attentionGradient(expected);
    for (const { name, engine } of engines.slice(1, 4)) {
      const own = callOf({ ...it, rate: 0 }, same);
      engine.attentionGradient(own);
      expectClose(own.biasGradient as Float32Array, expected.biasGradient as Float32Array, {
        ...{ relative: 1e-5, absolute: 1e-4, name },
      });
    }
  });
});
