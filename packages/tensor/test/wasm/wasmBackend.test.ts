import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expectClose, noise } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import type { MatmulCall } from '../../src/backend/backend.ts';
import { codeWeight } from '../../src/backend/js/int8.ts';
import { jsBackend } from '../../src/backend/js/jsBackend.ts';
import { DisposedError } from '../../src/wasm/engineError.ts';
import { hasRelaxedSimd, joinsVectors } from '../../src/wasm/features.ts';
import { type WasmBackend, wasmBackend, wasmBackendSync, wasmSupported } from '../../src/wasm/wasmBackend.ts';
import { tryWide } from '../../src/wasm/wideTrial.ts';
import { expectSameBits } from './engines.ts';

const product = (m: number, n: number, k: number): MatmulCall => ({
  ...{ a: noise([m * k], 1).data, b: noise([k * n], 2).data, out: new Float32Array(m * n), m, n, k },
  ...{ transposeA: false, transposeB: false, batches: 1, aStride: 0, bStride: 0, keep: false },
});

describe('starting', () => {
  test('is possible here, with and without a promise', async () => {
    expect(wasmSupported()).toBe(true);
    using now = wasmBackendSync();
    using later = await wasmBackend({ threads: 1 });
    expect(now.describe().threads).toBe(1);
    expect(later.describe()).toMatchObject({ name: 'wasm', threads: 1 });
  });

  test('refuses thread counts and limits that make no sense, by value', async () => {
    for (const threads of [0, -1, 1.5, Number.NaN, 1000])
      await expect(wasmBackend({ threads })).rejects.toThrow(`threads is ${threads}`);
    for (const memoryLimit of [0, 1000, Number.NaN, 2 ** 33])
      expect(() => wasmBackendSync({ memoryLimit })).toThrow(/memoryLimit is .*1 MiB to 4 GiB/);
  });

  test('says what it uses and why: relaxed SIMD can be declined', () => {
    using plain = wasmBackendSync({ relaxedSimd: 'off' });
    expect(plain.describe().simd).toBe('plain');
    expect(plain.describe().notes.join(' ')).toMatch(/relaxedSimd is off/);
  });

  test('touches no flag of V8 unless asked', async () => {
    const before = hasRelaxedSimd();
    using engine = await wasmBackend({ threads: 1, wide: 'off' });
    expect(hasRelaxedSimd()).toBe(before);
    expect(engine.describe().simd).toBe(before ? 'relaxed' : 'plain');
  });

  test('uses fused multiply-add where it may switch it on', async () => {
    using engine = await wasmBackend({ threads: 1, v8Flags: true });
    expect(['relaxed', 'wide']).toContain(engine.describe().simd);
    expect(hasRelaxedSimd()).toBe(true);
    const call = product(9, 17, 33);
    const expected = new Float32Array(call.out.length);
    jsBackend.matmul({ ...call, out: expected });
    engine.matmul(call);
    expectClose(call.out, expected, { absolute: 1e-5 });
  });

  test('has wide tiles only where they were tried or asked for, and says so', () => {
    using auto = wasmBackendSync({ relaxedSimd: 'off' });
    using off = wasmBackendSync({ relaxedSimd: 'off', wide: 'off' });
    using on = wasmBackendSync({ relaxedSimd: 'off', wide: 'on' });
    expect([off, on].map((engine) => engine.describe().simd)).toEqual(['plain', 'wide']);
    expect(off.describe().notes.join(' ')).toMatch(/wide is off/);
    expect(on.describe().notes.join(' ')).toMatch(/wide is on; not tried/);
    const reason = joinsVectors() ? /in a trial wide ones were/ : /revectorize is not known to be on/;
    expect(auto.describe().notes.join(' ')).toMatch(reason);
  });

  test('wide tiles give the same bits as narrow ones', () => {
    using narrow = wasmBackendSync({ relaxedSimd: 'off', wide: 'off' });
    using wide = wasmBackendSync({ relaxedSimd: 'off', wide: 'on' });
    for (const [m, n, k] of [
      [1, 50, 700],
      [2, 33, 600],
      [70, 77, 513],
    ] as const) {
      const call = product(m, n, k);
      const out = new Float32Array(m * n);
      narrow.matmul({ ...call, out });
      wide.matmul(call);
      expectSameBits(call.out, out);
    }
  });

  test('the trial of wide tiles finds that both give the same bits, and some ratio of their speeds', () => {
    const { agrees, gain } = tryWide(false);
    expect(agrees).toBe(true);
    expect(gain).toBeGreaterThan(0.1);
    expect(gain).toBeLessThan(10);
  });

  test('without shared memory there is one thread, no memory for tensors, and a note', async () => {
    using engine = await wasmBackend({ threads: 2, sharedMemory: false });
    expect(engine.describe().threads).toBe(1);
    expect(engine.memory).toBeUndefined();
    expect(engine.describe().notes.join(' ')).toMatch(/not shared/);
  });
});

describe('threads', () => {
  const x = noise([400 * 700], 5).data;
  const batches = { a: noise([9 * 3600], 3).data, b: noise([9 * 6300], 4).data };
  const [large, flat] = [product(301, 257, 300), { ...product(3, 3000, 200), transposeB: true }];
  const tokens = {
    q: noise([600 * 128], 6).data,
    k: noise([600 * 128], 7).data,
    v: noise([600 * 128], 8).data,
  };

  /** Every kernel on sizes that are worth sharing. */
  const results = (engine: WasmBackend): Float32Array[] => {
    const batched = {
      ...product(40, 70, 90),
      ...batches,
      batches: 9,
      aStride: 3600,
      bStride: 6300,
      out: new Float32Array(9 * 2800),
    };
    const products = [large, flat, batched].map((call) => {
      const out = new Float32Array(call.out.length);
      engine.matmul({ ...call, out });
      return out;
    });
    const [unary, softmax, norm] = [x.slice(), x.slice(), x.slice()];
    engine.unary('gelu', x, unary);
    engine.softmax({ x, out: softmax, rows: 400, columns: 700, log: false });
    engine.layerNorm({
      x,
      residual: undefined,
      scale: undefined,
      shift: undefined,
      out: norm,
      rows: 400,
      width: 700,
      epsilon: 1e-5,
      mean: undefined,
      inverseDeviation: undefined,
    });
    const rows = { row: 128, head: 32 };
    const attention = new Float32Array(600 * 128);
    engine.attention({
      ...{ ...tokens, out: attention, logSumExp: undefined },
      ...{
        qLayout: rows,
        kLayout: rows,
        vLayout: rows,
        outLayout: rows,
        logSumExpLayout: { row: 4, head: 1 },
        heads: 4,
        kvHeads: 4,
      },
      ...{
        depth: 32,
        valueDepth: 32,
        scale: 0.2,
        sequences: Int32Array.of(0, 100, 0, 100, 0, 100, 600, 100, 600, 100),
      },
      visible: Int32Array.from(Array.from({ length: 600 }, (_, i) => [0, i < 100 ? i + 1 : i - 99]).flat()),
    });
    const integers = new Float32Array(400 * 300);
    engine.linearInt8({
      ...{ ...codeWeight(flat.b.subarray(0, 300 * 700), [300, 700]), x, bias: undefined, out: integers },
      ...{ rows: 400, inputs: 700, outputs: 300, activation: 'gelu', coding: 'fine' },
    });
    return [...products, unary, softmax, norm, attention, integers];
  };

  test('one, two and three threads give the same bits, time and again', async () => {
    using one = await wasmBackend({ threads: 1 });
    const expected = results(one);
    for (const threads of [2, 3]) {
      using engine = await wasmBackend({ threads });
      expect(engine.describe().threads).toBe(threads);
      for (let round = 0; round < 4; round++)
        results(engine).forEach((got, i) =>
          expectSameBits(got, expected[i] as Float32Array, `kernel ${i}, ${threads} threads`),
        );
    }
  }, 30_000); // spinning threads are slow where others use the processors

  test('a process ends by itself while workers sleep', () => {
    const file = path.resolve(import.meta.dirname, 'endsByItself.ts');
    const vitest = import.meta.resolve('vitest/node');
    const script = `const { createViteServer } = await import(${JSON.stringify(vitest)});
      const server = await createViteServer({ configFile: false, logLevel: 'silent', server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true } });
      await server.ssrLoadModule(${JSON.stringify(file)});
      await server.close();`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 30_000,
      encoding: 'utf8',
    });
    expect(printed).toContain('computed with 2 threads');
  }, 40_000);
});

describe('disposing', () => {
  test('twice is harmless, and every kernel then refuses by name', async () => {
    const engine = await wasmBackend({ threads: 2 });
    engine[Symbol.dispose]();
    engine[Symbol.dispose]();
    expect(() => engine.matmul(product(1, 1, 1))).toThrow(DisposedError);
    expect(() => engine.unary('relu', new Float32Array(1), new Float32Array(1))).toThrow(/disposed/);
  });
});

describe('memory limit', () => {
  test('a product larger than the limit is computed in pieces, with the same bits', () => {
    using small = wasmBackendSync({ memoryLimit: 2 ** 20 });
    using large = wasmBackendSync();
    for (const keep of [false, true])
      for (const [m, n, k] of [
        [700, 300, 500],
        [2, 900, 700],
        [900, 2, 1100],
      ] as const) {
        const call = { ...product(m, n, k), keep };
        const out = new Float32Array(m * n);
        small.matmul({ ...call, out });
        large.matmul(call);
        expectSameBits(out, call.out);
      }
  });

  test('tensors that do not fit are refused with the limit and what to do', () => {
    using engine = wasmBackendSync({ memoryLimit: 2 ** 21 });
    expect(() => engine.memory?.floats(2 ** 20)).toThrow(/memoryLimit of 2\.0 MiB/);
  });
});
