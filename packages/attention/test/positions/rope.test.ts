// Rotary positions: properties that the paper promises, other programs' operator cases, and bad input.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  gather,
  gradientCheck,
  integers,
  matmul,
  normal,
  permute,
  random,
  reshape,
  type Tensor,
  tensor,
} from '@heed/tensor';
import { expectClose, forAll, shared, skipReason } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attention,
  dense,
  flash,
  type RopeScaling,
  rope,
  ropeFrequencies,
  rotate,
  rotationTables,
} from '../../src/index.ts';

interface OnnxTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: string;
}
interface OnnxCase {
  readonly name: string;
  readonly op: string;
  readonly attributes: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
}

const file = new URL('../golden/onnx-positions.json.gz', import.meta.url);
const copied = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as OnnxCase[];
const sharedFile = shared('data/onnx-cases/cases.json');
const every = sharedFile === undefined ? [] : (JSON.parse(readFileSync(sharedFile, 'utf8')) as OnnxCase[]);

const numbers = ({ dtype, data }: OnnxTensor): number[] => {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64')).buffer;
  if (dtype === 'float32') return [...new Float32Array(bytes)];
  if (dtype === 'float64') return [...new Float64Array(bytes)];
  if (dtype === 'int64') return [...new BigInt64Array(bytes)].map(Number);
  throw new Error(`dtype ${dtype}`);
};
const floats = (x: OnnxTensor): Tensor => tensor(Float32Array.from(numbers(x)), x.shape);
const expected = (one: OnnxCase) => {
  const [output] = one.outputs as [OnnxTensor];
  return { shape: output.shape, data: numbers(output) };
};

describe.each([
  ['a copy', copied],
  [`all${skipReason('data/onnx-cases')}`, every],
])('ONNX, %s', (_name, cases) => {
  const of = (op: string) => cases.filter((one) => one.op === op);
  it.skipIf(cases.length === 0).each(of('RotaryEmbedding'))('$name', (one) => {
    const [input, cosCache, sinCache, ids] = one.inputs as [OnnxTensor, OnnxTensor, OnnxTensor, OnnxTensor?];
    const { num_heads: heads = 0, interleaved = 0, rotary_embedding_dim: rotary = 0 } = one.attributes;
    const x = floats(input);
    const [batch, length, width] = x.shape as [number, number, number];
    const inHeads =
      x.rank === 4 ? x : permute(reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
    const rows = (cache: OnnxTensor) =>
      ids === undefined
        ? floats(cache)
        : gather(floats(cache), reshape(integers(numbers(ids)), ids.shape as number[]));
    const turned = rotate(
      inHeads,
      { cos: rows(cosCache), sin: rows(sinCache) },
      { pairs: interleaved === 1 ? 'interleaved' : 'halves' },
    );
    expect(rotary === 0 || 2 * (cosCache.shape.at(-1) as number) === rotary).toBe(true);
    const output = x.rank === 4 ? turned : reshape(permute(turned, [0, 2, 1, 3]), x.shape);
    expectClose(output, expected(one), { absolute: 1e-5, relative: 1e-5, name: one.name });
  });
  it.skipIf(cases.length === 0).each(of('FlexAttention'))('$name', (one) => {
    const [q, k, v] = one.inputs.map(floats) as [Tensor, Tensor, Tensor];
    const { scale } = one.attributes;
    for (const kernel of [dense, flash]) {
      const output = attention(q, k, v, { kernel, ...(scale !== undefined && { scale }) });
      expectClose(output, expected(one), { absolute: 1e-5, relative: 1e-5, name: one.name });
    }
  });
});

describe('rope', () => {
  const setting = fc.record({
    half: fc.integer({ min: 1, max: 8 }),
    rest: fc.nat(3),
    pairs: fc.constantFrom('halves', 'interleaved'),
    seed: fc.nat(999),
  });
  it('products of turned queries and keys depend on the distance of their positions only', () => {
    forAll([setting, fc.nat(500), fc.nat(500)], ({ half, rest, pairs, seed }, start, shift) => {
      const depth = 2 * half + rest;
      const [q, k] = [normal([1, 2, 5, depth], random(seed)), normal([1, 2, 6, depth], random(seed + 1))];
      const frequencies = ropeFrequencies(depth, { rotaryDepth: 2 * half });
      const scores = (moved: number) =>
        matmul(
          rope(q, { positions: start + moved, frequencies, pairs }),
          rope(k, { positions: moved, frequencies, pairs }),
          { transposeB: true },
        );
      expectClose(scores(shift), scores(0), { absolute: 2e-3 }); // angles near 1000 carry 6e-5 in float32
    });
  });
  it('keeps lengths, leaves position 0 and the numbers beyond the rotary depth as they are', () => {
    forAll([setting, fc.nat(4000)], ({ half, rest, pairs, seed }, position) => {
      const depth = 2 * half + rest;
      const x = normal([1, 1, 1, depth], random(seed));
      const frequencies = ropeFrequencies(depth, { rotaryDepth: 2 * half });
      const turned = rope(x, { positions: position, frequencies, pairs });
      const length = (y: Tensor) => Math.hypot(...y.data);
      expect(length(turned)).toBeCloseTo(length(x), 4);
      expect([...turned.data.slice(2 * half)]).toEqual([...x.data.slice(2 * half)]);
      expect([...rope(x, { frequencies, pairs }).data]).toEqual([...x.data]);
    });
  });
  it('the two orders of pairs are one rotation of differently ordered numbers', () => {
    forAll([setting], ({ half, seed }) => {
      const x = normal([1, 1, 4, 2 * half], random(seed));
      const order = integers(Array.from({ length: 2 * half }, (_, i) => (i % 2) * half + Math.floor(i / 2)));
      const turned = rope(gather(x, order, 3), { positions: 7, pairs: 'interleaved' });
      expectClose(turned, gather(rope(x, { positions: 7 }), order, 3), { absolute: 1e-6 });
    });
  });
  it('positions may differ by batch: each batch is turned as it would be alone', () => {
    const x = normal([2, 3, 4, 6], random(1));
    const own = [
      [0, 1, 2, 3],
      [9, 9, 0, 40],
    ];
    const both = rope(x, { positions: own });
    for (const [b, positions] of own.entries()) {
      const alone = rope(tensor(x.data.slice(b * 72, (b + 1) * 72), [1, 3, 4, 6]), { positions });
      expect([...both.data.slice(b * 72, (b + 1) * 72)]).toEqual([...alone.data]);
    }
  });
  it.each(['halves', 'interleaved'] as const)('its gradient agrees with finite differences, %s', (pairs) => {
    const frequencies = ropeFrequencies(6, { rotaryDepth: 4, base: 50 });
    gradientCheck(
      (x: Tensor) => rope(x, { positions: 3, frequencies, pairs }),
      [normal([2, 1, 3, 6], random(2))],
    );
  });
  it('refuses what does not fit', () => {
    expect(() => ropeFrequencies(8, { rotaryDepth: 3 })).toThrow(/rotaryDepth 3 of depth 8/);
    expect(() => ropeFrequencies(8, { rotaryDepth: 10 })).toThrow(/rotaryDepth 10/);
    expect(() => ropeFrequencies(8, { base: 0 })).toThrow(/base 0/);
    expect(() => ropeFrequencies(8, { scaling: { type: 'linear', factor: 0 } })).toThrow(
      /linear with factor 0/,
    );
    const x = normal([2, 1, 3, 6], random(2));
    expect(() => rope(x, { positions: [1, 2] })).toThrow(/rotate: x float32\[2, 1, 3, 6\]/);
    expect(() => rope(x, { positions: [[1, 2, 3], [1]] })).toThrow(/as many in each batch/);
    expect(() => rope(x, { positions: Number.NaN })).toThrow(/finite/);
    expect(() => rope(x, { frequencies: ropeFrequencies(8) })).toThrow(/half at most depth \/ 2/);
  });
});

describe('ropeFrequencies', () => {
  it('a factor of 1 changes nothing, whatever the way', () => {
    const plain = ropeFrequencies(16).rates;
    const trained = { factor: 1, trainedLength: 64 };
    const scalings: readonly RopeScaling[] = [
      { type: 'linear', factor: 1 },
      { type: 'ntk', factor: 1 },
      { type: 'dynamic', ...trained },
      { type: 'yarn', ...trained },
      { type: 'llama3', ...trained, lowFactor: 1, highFactor: 4 },
    ];
    for (const scaling of scalings) {
      const { rates, magnitude } = ropeFrequencies(16, { scaling });
      expectClose(rates, plain, { relative: 1e-6, name: scaling.type });
      expect(magnitude).toBe(1);
    }
  });
  it('dynamic scaling leaves the trained length alone and is NTK’s beyond it', () => {
    const at = (length: number) =>
      ropeFrequencies(16, { scaling: { type: 'dynamic', factor: 2, trainedLength: 64, length } }).rates;
    expect([...at(10)]).toEqual([...ropeFrequencies(16).rates]);
    expect([...at(64)]).toEqual([...ropeFrequencies(16).rates]);
    // factor · L / trained − (factor − 1) at L = 128 is 3.
    expect([...at(128)]).toEqual([...ropeFrequencies(16, { scaling: { type: 'ntk', factor: 3 } }).rates]);
  });
  it('slow turns are stretched by the factor and fast ones stay, in every way but the linear one', () => {
    forAll([fc.double({ min: 1.5, max: 32, noNaN: true })], (factor) => {
      const plain = ropeFrequencies(64).rates;
      const common = { factor, trainedLength: 4096 };
      for (const scaling of [
        { type: 'yarn', ...common },
        { type: 'llama3', ...common, lowFactor: 1, highFactor: 4 },
        { type: 'ntk', factor },
      ] as const) {
        const { rates } = ropeFrequencies(64, { scaling });
        expect(rates[0]).toBeCloseTo(plain[0] as number, 6);
        expect((plain[31] as number) / (rates[31] as number) / factor).toBeCloseTo(1, 4);
        for (let i = 1; i < 32; i++) expect(rates[i]).toBeLessThan(rates[i - 1] as number);
      }
    });
  });

  it('tables hold one row a position, multiplied by the magnitude', () => {
    const frequencies = ropeFrequencies(4, { scaling: { type: 'yarn', factor: 4, trainedLength: 64 } });
    const { cos, sin } = rotationTables(frequencies, [0, 5]);
    expect(cos.shape).toEqual([2, 2]);
    expect(cos.data[0]).toBeCloseTo(0.1 * Math.log(4) + 1, 6);
    expect(sin.data[2]).toBeCloseTo((0.1 * Math.log(4) + 1) * Math.sin(5), 6);
  });
});
