import { expectClose, forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttentionCall, Layout } from '../../src/backend/backend.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import { expectSameBits, type NamedEngine, resident, startEngines } from './engines.ts';

let engines: readonly NamedEngine[];
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => {
  for (const { engine } of engines) engine[Symbol.dispose]();
});

type Order = 'rows' | 'heads' | 'apart';

/** Three ways for heads to lie: side by side in a row, one after the other, side by side with gaps between the rows. */
const layout = (
  order: Order,
  { rows, heads, depth }: { rows: number; heads: number; depth: number },
): Layout & { floats: number } => {
  switch (order) {
    case 'rows':
      return { row: heads * depth, head: depth, floats: rows * heads * depth };
    case 'heads':
      return { row: depth, head: rows * depth, floats: rows * heads * depth };
    case 'apart':
      return { row: 3 * heads * depth + 1, head: depth, floats: rows * (3 * heads * depth + 1) };
    default:
      return order satisfies never;
  }
};

type Seeing = 'all' | 'causal' | 'window' | 'any';

/** The keys that row i of `queries` sees; 'any' may be nothing, or a part that is not where one expects it. */
const seen = (
  seeing: Seeing,
  i: number,
  { queries, keys, random }: { queries: number; keys: number; random: number },
): [number, number] => {
  switch (seeing) {
    case 'all':
      return [0, keys];
    case 'causal':
      return [0, Math.max(0, Math.min(keys, i + 1 + keys - queries))];
    case 'window':
      return [Math.min(keys, Math.max(0, i - 5)), Math.min(keys, i + 6)];
    case 'any':
      return [
        Math.floor(((random * (i + 3)) % 1) * (keys + 1)),
        Math.floor(((random * 7 * (i + 1)) % 1) * (keys + 1)),
      ];
    default:
      return seeing satisfies never;
  }
};

const orders = fc.constantFrom<Order>('rows', 'heads', 'apart');
const lengths = fc.record({
  queries: fc.oneof(fc.constantFrom(0, 1, 2, 7, 8, 9), fc.integer({ min: 1, max: 70 })),
  keys: fc.oneof(
    fc.constantFrom(0, 1, 3, 4, 5, 255, 256, 257),
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: 240, max: 600 }),
  ),
});

const calls: fc.Arbitrary<
  Omit<AttentionCall, 'out' | 'logSumExp'> & { outFloats: number; sumFloats: number }
> = fc
  .record({
    sequences: fc.array(lengths, { minLength: 0, maxLength: 4 }),
    kvHeads: fc.integer({ min: 1, max: 3 }),
    group: fc.constantFrom(1, 1, 2, 3),
    depth: fc.constantFrom(1, 3, 4, 8, 16, 31, 32, 64),
    valueDepth: fc.constantFrom(1, 2, 5, 8, 16, 33, 64),
    orders: fc.tuple(orders, orders, orders, orders, orders),
    seeing: fc.constantFrom<Seeing>('all', 'causal', 'window', 'any'),
    always: fc.boolean(),
    random: fc.double({ min: 0.01, max: 1, noNaN: true }),
    spread: fc.constantFrom(1, 1, 20),
    seed: fc.integer({ min: 1, max: 1e6 }),
  })
  .map(
    ({
      sequences,
      kvHeads,
      group,
      depth,
      valueDepth,
      orders: [qo, ko, vo, oo, so],
      seeing,
      always,
      random,
      spread,
      seed,
    }) => {
      const heads = kvHeads * group;
      const table: number[] = [];
      const visible: number[] = [];
      let [query, key] = [1, 2]; // rows that belong to no sequence lie before, between and after
      for (const { queries, keys } of sequences) {
        table.push(query, query + queries, key, key + keys, visible.length / 2);
        for (let i = 0; i < queries; i++) visible.push(...seen(seeing, i, { queries, keys, random }));
        query += queries + 1;
        key += keys + 1;
      }
      const q = layout(qo, { rows: query, heads, depth });
      const k = layout(ko, { rows: key, heads: kvHeads, depth });
      const v = layout(vo, { rows: key, heads: kvHeads, depth: valueDepth });
      const out = layout(oo, { rows: query, heads, depth: valueDepth });
      const sums = layout(so, { rows: query, heads, depth: 1 });
      return {
        ...{
          q: noise([q.floats], seed, spread).data,
          k: noise([k.floats], seed + 1).data,
          v: noise([v.floats], seed + 2).data,
        },
        ...{
          qLayout: q,
          kLayout: k,
          vLayout: v,
          outLayout: out,
          logSumExpLayout: sums,
          heads,
          kvHeads,
          depth,
          valueDepth,
        },
        ...{ scale: 1 / Math.sqrt(depth), sequences: Int32Array.from(table) },
        visible: seeing === 'all' && !always ? undefined : Int32Array.from(visible),
        ...{ outFloats: out.floats, sumFloats: sums.floats },
      };
    },
  );

const untouched = 7; // what results hold before: rows of no sequence must keep it

const run = (
  engine: Pick<NamedEngine['engine'], 'attention'>,
  call: Omit<AttentionCall, 'out' | 'logSumExp'>,
  { outFloats, sumFloats }: { outFloats: number; sumFloats: number },
) => {
  const out = new Float32Array(outFloats).fill(untouched);
  const logSumExp = new Float32Array(sumFloats).fill(untouched);
  engine.attention({ ...call, out, logSumExp });
  return { out, logSumExp };
};

describe('attention', () => {
  test('equals the reference for all layouts, lengths, groups, depths and visible intervals, and writes nowhere else', () => {
    forAll(
      [calls],
      (call) => {
        const expected = run(jsBackend, call, call);
        for (const { name, engine } of engines) {
          const got = run(engine, call, call);
          expectClose(got.out, expected.out, { absolute: 2e-5, name });
          expectClose(got.logSumExp, expected.logSumExp, { absolute: 1e-5, relative: 1e-6, name });
        }
      },
      { runs: 80 },
    );
  });

  test('operands in the engine give the same bits as copied ones', () => {
    forAll(
      [calls, fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean())],
      (call, [q, k, v, out]) => {
        for (const { name, engine } of engines) {
          if (engine.memory === undefined || name === 'little memory') continue;
          const copied = run(engine, call, call);
          const mark = engine.memory.mark();
          const target = new Float32Array(call.outFloats).fill(untouched);
          const place = out ? resident(engine, target) : target;
          engine.attention({
            ...call,
            ...{
              q: q ? resident(engine, call.q) : call.q,
              k: k ? resident(engine, call.k) : call.k,
              v: v ? resident(engine, call.v) : call.v,
            },
            ...{ out: place, logSumExp: undefined },
          });
          expectSameBits(place, copied.out, name);
          engine.memory.release(mark);
        }
      },
      { runs: 30 },
    );
  });

  const small = (queries: number, keys: number, scale: number): Omit<AttentionCall, 'out' | 'logSumExp'> => ({
    ...{ q: noise([queries * 8], 1, scale).data, k: noise([keys * 8], 2).data, v: noise([keys * 8], 3).data },
    ...{
      qLayout: { row: 8, head: 8 },
      kLayout: { row: 8, head: 8 },
      vLayout: { row: 8, head: 8 },
      outLayout: { row: 8, head: 8 },
    },
    ...{ logSumExpLayout: { row: 1, head: 1 }, heads: 1, kvHeads: 1, depth: 8, valueDepth: 8, scale: 1 },
    ...{ sequences: Int32Array.of(0, queries, 0, keys, 0), visible: undefined },
  });

  test('scores of ±10⁴ give finite rows, near to those of float64', () => {
    const call = small(20, 300, 3e3);
    const floats = { outFloats: 160, sumFloats: 20 };
    const expected = run(jsBackend, call, floats);
    for (const { name, engine } of engines) {
      const got = run(engine, call, floats);
      // A score of 10⁴ has an error of about 10⁴ · 2⁻²³ in float32, and so has the logarithm of a weight.
      expectClose(got.out, expected.out, { absolute: 5e-3, name });
      expectClose(got.logSumExp, expected.logSumExp, { relative: 1e-5, name });
    }
  });

  test('a key that may not be seen changes nothing, even if it holds NaN or infinities', () => {
    const call = small(12, 300, 1);
    const pairs = Int32Array.from(Array.from({ length: 12 }, (_, i) => [20 + i, 200 + i]).flat());
    const hidden = { ...call, visible: pairs, k: call.k.slice(), v: call.v.slice() };
    for (const key of [0, 19, 211, 299]) {
      hidden.k.fill(Number.NaN, key * 8, key * 8 + 8);
      hidden.v.fill(key === 19 ? Infinity : Number.NaN, key * 8, key * 8 + 8);
    }
    const floats = { outFloats: 96, sumFloats: 12 };
    const expected = run(jsBackend, { ...call, visible: pairs }, floats);
    for (const { name, engine } of engines)
      expectClose(run(engine, hidden, floats).out, expected.out, { absolute: 1e-5, name });
  });

  test('a row that sees no key, or only keys with score −∞, gives zeros and log-sum-exp −∞', () => {
    const call = small(9, 5, 1);
    const cases = [
      { ...call, sequences: Int32Array.of(0, 9, 0, 0, 0) },
      { ...call, visible: Int32Array.from({ length: 18 }, () => 3) },
      { ...call, q: call.q.map(() => 1), k: call.k.map(() => -Infinity) },
    ];
    for (const it of cases)
      for (const { name, engine } of engines) {
        const { out, logSumExp } = run(engine, it, { outFloats: 72, sumFloats: 9 });
        expect(
          [...out].every((value) => value === 0),
          name,
        ).toBe(true);
        expect(
          [...logSumExp].every((value) => value === -Infinity),
          name,
        ).toBe(true);
      }
  });

  test('operands larger than the memory are done in pieces, with the same bits', () => {
    const [tokens, heads, depth] = [700, 6, 32]; // 3 × 538 kB in, as much out, with 2 MiB of memory
    const width = heads * depth;
    const call = {
      ...{
        q: noise([tokens * width], 1).data,
        k: noise([tokens * width], 2).data,
        v: noise([tokens * width], 3).data,
      },
      ...{
        qLayout: { row: width, head: depth },
        kLayout: { row: width, head: depth },
        vLayout: { row: width, head: depth },
      },
      ...{ outLayout: { row: width, head: depth }, logSumExpLayout: { row: heads, head: 1 } },
      ...{ heads, kvHeads: heads, depth, valueDepth: depth, scale: 0.2, visible: undefined },
      sequences: Int32Array.of(0, tokens, 0, tokens, 0),
    };
    const floats = { outFloats: tokens * width, sumFloats: tokens * heads };
    const engine = (name: string) => engines.find((it) => it.name === name)?.engine as NamedEngine['engine'];
    const whole = run(engine('plain'), call, floats);
    const pieces = run(engine('little memory'), call, floats);
    expectSameBits(pieces.out, whole.out);
    expectSameBits(pieces.logSumExp, whole.logSumExp);
  });
});
