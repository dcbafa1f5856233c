// Attention whose rows see any of their keys, a bit a key: the reference against the reference with ranges and against finite differences, every
// engine against the reference, NaN where nobody looks.
import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttentionCall } from '../../src/backend/backend.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import type { ScoreTerms } from '../../src/backend/scoreTerms.ts';
import type { VisibleBits } from '../../src/backend/visibleBits.ts';
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

/** How bits are drawn: none, few, most, all; every third key; whole stretches of 32 keys; by stretches that only some rows see. */
type Seeing = 'none' | 'few' | 'most' | 'all' | 'dilated' | 'stretches' | 'blocks';

interface Setting {
  readonly lengths: readonly (readonly [queries: number, keys: number])[];
  readonly kvHeads: number;
  readonly group: number;
  readonly depth: number;
  readonly valueDepth: number;
  readonly seeing: Seeing;
  /** Rows see all keys of their sequence, or a range of them. */
  readonly ranges: 'absent' | 'all' | 'causal' | 'any';
  readonly byHead: boolean;
  readonly terms: 'none' | 'bound' | 'bias' | 'dropout' | 'all';
  readonly seed: number;
}

const lengths = fc.tuple(
  fc.oneof(fc.constantFrom(0, 1, 7, 8, 64, 65), fc.integer({ min: 1, max: 90 })),
  fc.oneof(
    fc.constantFrom(0, 1, 31, 32, 33, 64, 255, 256, 257),
    fc.integer({ min: 1, max: 150 }),
    fc.integer({ min: 240, max: 560 }),
  ),
);

const settings: fc.Arbitrary<Setting> = fc.record({
  lengths: fc.array(lengths, { minLength: 1, maxLength: 3 }),
  kvHeads: fc.integer({ min: 1, max: 2 }),
  group: fc.integer({ min: 1, max: 3 }),
  depth: fc.constantFrom(1, 3, 8, 16, 20),
  valueDepth: fc.constantFrom(1, 5, 8, 16),
  seeing: fc.constantFrom<Seeing>('none', 'few', 'most', 'all', 'dilated', 'stretches', 'blocks'),
  ranges: fc.constantFrom('absent', 'all', 'causal', 'any'),
  byHead: fc.boolean(),
  terms: fc.constantFrom('none', 'none', 'bound', 'bias', 'dropout', 'all'),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

const same: Place = (x) => x;

/** A number from 0 to 1 for whole numbers: the same whenever it is asked for. */
const hash = (...parts: readonly number[]): number => {
  let state = 17;
  for (const part of parts) state = Math.imul(state ^ (part + 1), 0x9e3779b1) ^ (state >>> 15);
  return (state >>> 0) / 2 ** 32;
};

const seesKey = ({ seeing, seed }: Setting, head: number, row: number, key: number): boolean => {
  switch (seeing) {
    case 'none':
      return false;
    case 'few':
      return hash(seed, head, row, key) < 0.02;
    case 'most':
      return hash(seed, head, row, key) < 0.95;
    case 'all':
      return true;
    case 'dilated':
      return (key - row - head + 1024) % 3 === 0;
    case 'stretches':
      return hash(seed, head, row, key >> 5) < 0.4;
    case 'blocks':
      return hash(seed, head, row >> 6, key >> 6) < 0.3;
    default:
      return seeing satisfies never;
  }
};

const termsOf = (it: Setting, { heads, queries, keys }: Record<'heads' | 'queries' | 'keys', number>) => {
  const { terms, seed } = it;
  if (terms === 'none') return undefined;
  const has = (name: Setting['terms']): boolean => terms === name || terms === 'all';
  const found: ScoreTerms = {
    softcap: has('bound') ? 2 : undefined,
    bias: has('bias')
      ? {
          array: noise([heads * 21], seed + 5).data,
          ...{ sequence: 0, head: 21, row: 0, columns: 21, first: -10, byDistance: true },
        }
      : undefined,
    dropout: has('dropout')
      ? {
          ...{ key: [seed, 77], rate: 0.3, position: 3 },
          ...{ sequence: heads * queries * keys, head: queries * keys, row: keys },
        }
      : undefined,
  };
  return found;
};

/** A call whose words begin where they like: some before the array's first key, each row's at a place of its own. */
const callOf = (it: Setting, place: Place): BothPasses => {
  const { kvHeads, group, depth, valueDepth, seed } = it;
  const heads = kvHeads * group;
  const queries = it.lengths.reduce((sum, [q]) => sum + q, 0);
  const keys = it.lengths.reduce((sum, [, k]) => sum + k, 0);
  const [sequences, visible, starts]: [number[], number[], number[]] = [[], [], []];
  const wordsByHead: number[][] = Array.from({ length: it.byHead ? heads : 1 }, () => []);
  let [q, k] = [0, 0];
  for (const [ownQueries, ownKeys] of it.lengths) {
    sequences.push(q, q + ownQueries, k, k + ownKeys, q);
    for (let row = 0; row < ownQueries; row++) {
      const end =
        it.ranges === 'causal' ? Math.max(0, Math.min(ownKeys, row + 1 + ownKeys - ownQueries)) : ownKeys;
      const drawn = [hash(seed, row, 1), hash(seed, row, 2)].map((x) => Math.floor(x * (ownKeys + 1)));
      const range = it.ranges === 'any' ? (drawn as [number, number]) : ([0, end] as const);
      visible.push(...range);
      const [from, to] = [range[0] >> 5, Math.ceil(range[1] / 32)];
      starts.push((wordsByHead[0] as number[]).length - from);
      for (const [head, words] of wordsByHead.entries())
        for (let at = from; at < to; at++) {
          let word = 0;
          for (let bit = 0; bit < 32; bit++) if (seesKey(it, head, row, 32 * at + bit)) word |= 1 << bit;
          words.push(word);
        }
    }
    q += ownQueries;
    k += ownKeys;
  }
  const visibleBits: VisibleBits = {
    words: Int32Array.from(wordsByHead.flat()),
    starts: Int32Array.from(starts),
    head: it.byHead ? (wordsByHead[0] as number[]).length : 0,
  };
  const draw = (length: number, from: number): Float32Array => place(noise([length], seed + from).data);
  const layout = (many: number, width: number) => ({ row: many * width, head: width });
  const call: AttentionCall = {
    q: draw(queries * heads * depth, 0),
    k: draw(keys * kvHeads * depth, 1),
    v: draw(keys * kvHeads * valueDepth, 2),
    out: place(new Float32Array(queries * heads * valueDepth)),
    logSumExp: new Float32Array(queries * heads),
    logSumExpLayout: { row: heads, head: 1 },
    ...{ qLayout: layout(heads, depth), kLayout: layout(kvHeads, depth) },
    ...{ vLayout: layout(kvHeads, valueDepth), outLayout: layout(heads, valueDepth) },
    sequences: Int32Array.from(sequences),
    visible: it.ranges === 'absent' ? undefined : Int32Array.from(visible),
    ...{ visibleBits, heads, kvHeads, depth, valueDepth, scale: 0.7 },
    terms: termsOf(it, { heads, queries, keys }),
  };
  jsBackend.attention(call);
  const bias = call.terms?.bias;
  return {
    ...call,
    gradient: draw(call.out.length, 3),
    qGradient: place(new Float32Array(call.q.length).fill(9)),
    kGradient: place(new Float32Array(call.k.length).fill(9)),
    vGradient: place(new Float32Array(call.v.length).fill(9)),
    biasGradient: bias && place(new Float32Array(bias.array.length).fill(2)),
  };
};

test('the reference is softmax over the keys that are seen, and its gradient their derivative', () => {
  forAll(
    [settings],
    (it) => {
      const small = { ...it, lengths: it.lengths.map(([q, k]) => [q % 5, k % 40] as const) };
      const call = callOf(small, same);
      // Hidden keys as a bias of −∞, which has its own proof.
      const [heads, columns] = [call.heads, Math.max(1, ...small.lengths.map(([, k]) => k))];
      const rows = small.lengths.reduce((most, [q]) => Math.max(most, q), 1);
      const hides = new Float32Array(small.lengths.length * heads * rows * columns);
      for (const [s, [ownQueries, ownKeys]] of small.lengths.entries())
        for (let head = 0; head < heads; head++)
          for (let row = 0; row < ownQueries; row++)
            for (let key = 0; key < ownKeys; key++)
              if (!seesKey(small, small.byHead ? head : 0, row, key))
                hides[((s * heads + head) * rows + row) * columns + key] = -Infinity;
      const { terms } = call;
      if (terms?.bias === undefined) {
        const bias = {
          ...{ array: hides, sequence: heads * rows * columns, head: rows * columns, row: columns, columns },
          ...{ first: 0, byDistance: false },
        };
        const out = new Float32Array(call.out.length);
        const other = { softcap: terms?.softcap, dropout: terms?.dropout, bias };
        jsBackend.attention({ ...call, visibleBits: undefined, terms: other, out });
        expectClose(call.out, out, { absolute: 1e-6, name: 'output' });
      }
      jsBackend.attentionGradient(call);
      const value = (name: 'q' | 'k' | 'v', at: number, change: number): number => {
        const out = new Float32Array(call.out.length);
        const moved = call[name].slice();
        moved[at] = (moved[at] as number) + change;
        jsBackend.attention({ ...call, logSumExp: undefined, [name]: moved, out });
        return out.reduce((sum, y, i) => sum + y * (call.gradient[i] as number), 0);
      };
      for (const [name, gradient] of [
        ['q', call.qGradient],
        ['k', call.kGradient],
        ['v', call.vGradient],
      ] as const)
        for (let at = 0; at < gradient.length; at += 7) {
          const numeric = (value(name, at, 0.01) - value(name, at, -0.01)) / 0.02;
          expect(Math.abs((gradient[at] as number) - numeric)).toBeLessThan(4e-3 * (1 + Math.abs(numeric)));
        }
    },
    { runs: 40 },
  );
});

describe('engines', () => {
  test('agree with the reference for any bits, ranges, sequences, grouped heads and terms', () => {
    forAll(
      [settings],
      (it) => {
        const expected = callOf(it, same);
        jsBackend.attentionGradient(expected);
        everywhereOn(engines.slice(1), (engine, place, name) =>
          expectAgreement(expected, { name, engine }, place),
        );
      },
      { runs: 60 },
    );
  });

  test('let no hidden key count, whatever is in it', () => {
    forAll(
      [settings],
      (it) => {
        const expected = callOf(it, same);
        // Key rows of a head that no query of its group sees.
        const bad = { k: expected.k.slice(), v: expected.v.slice() };
        let [queries, k] = [0, 0];
        for (const [ownQueries, ownKeys] of it.lengths) {
          for (let kvHead = 0; kvHead < it.kvHeads; kvHead++)
            for (let key = 0; key < ownKeys; key++) {
              let seen = false;
              for (let row = 0; row < ownQueries && !seen; row++) {
                const pair = 2 * (queries + row);
                const [first, end] = [expected.visible?.[pair] ?? 0, expected.visible?.[pair + 1] ?? ownKeys];
                for (let head = kvHead * it.group; head < (kvHead + 1) * it.group; head++)
                  seen ||= key >= first && key < end && seesKey(it, it.byHead ? head : 0, row, key);
              }
              if (seen) continue;
              const row = (k + key) * it.kvHeads + kvHead;
              bad.k.fill(NaN, row * it.depth, (row + 1) * it.depth);
              bad.v.fill(key % 2 === 0 ? NaN : Infinity, row * it.valueDepth, (row + 1) * it.valueDepth);
            }
          queries += ownQueries;
          k += ownKeys;
        }
        for (const { name, engine } of engines) {
          const out = new Float32Array(expected.out.length);
          const logSumExp = new Float32Array(expected.logSumExp?.length ?? 0);
          engine.attention({ ...expected, ...bad, out, logSumExp });
          expectClose(out, expected.out, { absolute: 2e-5, name });
          expectClose(logSumExp, expected.logSumExp as Float32Array, {
            absolute: 1e-5,
            relative: 1e-6,
            name,
          });
        }
      },
      { runs: 40 },
    );
  });

  const heavy: Setting = {
    ...{
      lengths: [
        [130, 330],
        [90, 140],
      ],
      kvHeads: 2,
      group: 2,
      depth: 16,
      valueDepth: 8,
    },
    ...{ seeing: 'stretches', ranges: 'causal', byHead: true, terms: 'none', seed: 5 },
  };

  test('give zeros and −∞, and gradients of zero, to rows that see nothing', () => {
    for (const { name, engine } of engines) {
      const call = callOf({ ...heavy, seeing: 'none', terms: 'all' }, same);
      call.out.fill(9);
      engine.attention({ ...call, logSumExp: call.logSumExp });
      const zeros = (x: Float32Array) => expectSameBits(x, new Float32Array(x.length), name);
      zeros(call.out);
      expect(call.logSumExp?.every((sum) => sum === -Infinity)).toBe(true);
      engine.attentionGradient(call);
      for (const part of [call.qGradient, call.kGradient, call.vGradient]) zeros(part.map(Math.abs));
      expect(call.biasGradient?.every((sum) => sum === 2)).toBe(true);
    }
  });

  const resultsBy = (engine: WasmBackend, it: Setting): readonly Float32Array[] => {
    const call = callOf(it, same);
    const out = new Float32Array(call.out.length);
    engine.attention({ ...call, out, logSumExp: undefined, logSumExpLayout: { row: 0, head: 0 } });
    engine.attentionGradient(call);
    return [out, ...filled.flatMap((part) => call[part] ?? [])];
  };

  test.each<Partial<Setting>>([{}, { terms: 'all', seeing: 'dilated' }, { byHead: false, seeing: 'few' }])(
    'have the same bits with one thread and with two, and in pieces: %o',
    async (way) => {
      using one = wasmBackendSync({ relaxedSimd: 'off' });
      using two = await wasmBackend({ threads: 2, relaxedSimd: 'off' });
      using little = wasmBackendSync({ relaxedSimd: 'off', memoryLimit: 3 * 2 ** 20 });
      const expected = resultsBy(one, { ...heavy, ...way });
      for (const [index, part] of resultsBy(two, { ...heavy, ...way }).entries())
        expectSameBits(part, expected[index] as Float32Array, `two threads, part ${index}`);
      for (const [index, part] of resultsBy(little, { ...heavy, ...way }).entries())
        expectClose(part, expected[index] as Float32Array, {
          ...{ relative: 1e-5, absolute: 1e-5, name: `${index}` },
        });
    },
  );

  test('what nobody sees of a sequence is not read: addresses behind the memory do no harm', () => {
    // Rows of a sequence see 32 keys each; their words hold no more.
    const call = callOf(
      { ...heavy, lengths: [[64, 512]], ranges: 'all', seeing: 'all', byHead: false },
      same,
    );
    const visible = Int32Array.from({ length: 128 }, (_, i) => 32 * ((i >> 1) % 16) + 32 * (i & 1));
    const starts = Int32Array.from({ length: 64 }, (_, row) => row - (row % 16));
    const words = new Int32Array(64).fill(-1);
    const narrow = { ...call, visible, visibleBits: { words, starts, head: 0 } };
    const expected = new Float32Array(call.out.length);
    jsBackend.attention({ ...narrow, visibleBits: undefined, out: expected });
    for (const { name, engine } of engines) {
      const out = new Float32Array(call.out.length);
      engine.attention({ ...narrow, out });
      expectClose(out, expected, { absolute: 1e-5, name });
    }
  });
});
